import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Mailbox } from '@contract/common.ts'
import type { RecipientView } from '@contract/composing.ts'
import { rpc } from '@/rpc/client.ts'
import { addressKey } from './recipients.ts'

/** ms of quiet before the engine is asked. */
const PAUSE = 40

/** People and groups to offer for what is being typed; an answer to older text is dropped. */
export function useSuggestions(taken: () => readonly Mailbox[]) {
  const found = shallowRef<readonly RecipientView[]>([])
  /** Which one Enter takes; -1 for none. */
  const active = ref(-1)
  let asked = 0
  /** The answer to the newest text, while it is on its way. */
  let answer: Promise<void> | null = null

  function close(): void {
    asked += 1
    answer = null
    found.value = []
    active.value = -1
  }

  /** @param text  empty for those that are written to most */
  function ask(text: string, preselect: boolean): void {
    const query = text.trim().replace(/^["<]+/, '')
    const own = (asked += 1)
    const look = async (): Promise<void> => {
      if (query !== '') await new Promise((resolve) => setTimeout(resolve, PAUSE))
      if (own !== asked) return
      // Suggestions are a help: without them the field works on, and the connection bar says what is wrong.
      const all = await rpc.drafts.recipients({ query: query.slice(0, 200), limit: 8 }).catch(() => [])
      if (own !== asked) return
      const there = new Set(taken().map(({ address }) => addressKey(address)))
      found.value = all.filter((one) => one.kind !== 'person' || !there.has(addressKey(one.address)))
      active.value = preselect && found.value.length > 0 ? 0 : -1
      answer = null
    }
    answer = look()
  }

  /** Who is chosen among those offered for what is typed now; what was offered for less of it is nobody's choice. */
  const chosen = (): RecipientView | undefined => (answer ? undefined : found.value[active.value])

  /** Waits for those offered for what is typed now; null where they are there already. */
  const awaited = (): Promise<void> | null => answer

  /** Moves the choice, round at both ends. */
  function move(by: 1 | -1): void {
    const count = found.value.length
    if (count === 0) return
    active.value = active.value < 0 ? (by > 0 ? 0 : count - 1) : (active.value + by + count) % count
  }

  onScopeDispose(close)
  return { found, active, ask, chosen, awaited, move, close }
}

/** Everybody that a suggestion stands for. */
export const mailboxesOf = async (one: RecipientView): Promise<Mailbox[]> =>
  one.kind === 'person'
    ? [{ name: one.name, address: one.address }]
    : await rpc.drafts.groupMembers({ kind: one.kind, id: one.id })
