import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Mailbox } from '@contract/common.ts'
import { rpc } from '@/rpc/client.ts'
import { addressKey } from './recipients.ts'

/** ms of quiet before the engine is asked. */
const PAUSE = 60

/** People to offer for what is being typed; an answer to older text is dropped. */
export function useSuggestions(taken: () => readonly Mailbox[]) {
  const people = shallowRef<readonly Mailbox[]>([])
  /** Which one Enter takes; -1 for none. */
  const active = ref(-1)
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function close(): void {
    asked += 1
    clearTimeout(timer)
    people.value = []
    active.value = -1
  }

  function ask(text: string, preselect: boolean): void {
    const query = text.trim().replace(/^["<]+/, '')
    if (query === '') return close()
    const own = (asked += 1)
    clearTimeout(timer)
    timer = setTimeout(async () => {
      // Suggestions are a help: without them the field works on, and the connection bar says what is wrong.
      const found = await rpc.contacts.search({ query: query.slice(0, 200), limit: 8 }).catch(() => [])
      if (own !== asked) return
      const there = new Set(taken().map(({ address }) => addressKey(address)))
      people.value = found
        .filter(({ address }) => !there.has(addressKey(address)))
        .map(({ name, address }) => ({ name, address }))
      active.value = preselect && people.value.length > 0 ? 0 : -1
    }, PAUSE)
  }

  /** Moves the choice, round at both ends. */
  function move(by: 1 | -1): void {
    const count = people.value.length
    if (count === 0) return
    active.value = active.value < 0 ? (by > 0 ? 0 : count - 1) : (active.value + by + count) % count
  }

  onScopeDispose(close)
  return { people, active, ask, move, close }
}
