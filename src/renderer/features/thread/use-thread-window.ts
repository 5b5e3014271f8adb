import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { ThreadId } from '@contract/ids.ts'
import type { MessageView } from '@contract/messages.ts'
import { rpc } from '@/rpc/client.ts'
import { onEngineChange } from '@/stores/changes.ts'
import { useThread } from '@/stores/queries.ts'
import { attempt } from '@/stores/report.ts'
import {
  itemKey,
  messagesOf,
  openAtFirst,
  takeMessage,
  takeNewest,
  takeOlder,
  type ThreadWindow,
} from './thread-window.ts'

/** Older messages that one change makes worth asking for again. */
const MAX_REFRESH = 20

/**
 * The open thread: what the engine says of it, its items so far, and which messages are unfolded.
 * `threadId` may change; everything then begins anew.
 */
export function useThreadWindow(threadId: Ref<ThreadId>) {
  const { data: thread, error, refetch } = useThread(threadId)
  const known = shallowRef<ThreadWindow | null>(null)
  const open = ref(new Set<string>())
  const loadingOlder = ref(false)
  /** Messages and comments that came in after the thread was opened, and were not looked at yet. */
  const arrived = ref<string[]>([])
  let of: string | null = null

  watch(
    [thread, threadId],
    ([next, id]) => {
      if (of !== id) {
        of = id
        known.value = null
        open.value = new Set()
        arrived.value = []
      }
      // The answer of the thread before may still be there.
      if (next?.id !== id) return
      const before = known.value
      known.value = takeNewest(before, next)
      if (!before) {
        open.value = openAtFirst(next.items)
        return
      }
      const there = new Set(before.items.map(itemKey))
      // By what is known, not by time: a mail can come in late, with an older date.
      const came = next.items.filter(
        (item) => (item.type === 'message' || item.type === 'comment') && !there.has(itemKey(item)),
      )
      for (const message of messagesOf(came)) open.value.add(message.id)
      arrived.value = [...arrived.value, ...came.map(itemKey)]
    },
    { immediate: true },
  )

  const replace = (message: MessageView) => {
    if (known.value && message.threadId === of) known.value = takeMessage(known.value, message)
  }

  // The engine's window holds the newest items only; what is older and on screen is asked for by itself.
  onEngineChange((change) => {
    const ids = change.changes.find(({ entity }) => entity === 'messages')?.ids
    if (!ids || !known.value) return
    const newest = new Set(messagesOf(thread.value?.items ?? []).map((message) => message.id))
    const older = messagesOf(known.value.items).filter(
      (message) => ids.includes(message.id) && !newest.has(message.id),
    )
    for (const { id } of older.slice(0, MAX_REFRESH)) {
      void attempt(async () => replace(await rpc.messages.get({ id })))
    }
  })

  /** Loads the page before the first item. */
  const loadOlder = async () => {
    const cursor = known.value?.olderCursor
    const id = threadId.value
    if (!cursor || loadingOlder.value) return
    loadingOlder.value = true
    const page = await attempt(() => rpc.threads.items({ id, cursor }))
    loadingOlder.value = false
    if (page && known.value && of === id) known.value = takeOlder(known.value, page)
  }

  return {
    thread: computed(() => (thread.value?.id === threadId.value ? thread.value : undefined)),
    error,
    refetch,
    items: computed(() => known.value?.items ?? []),
    hasOlder: computed(() => known.value !== null && known.value.olderCursor !== null),
    loadingOlder,
    loadOlder,
    open,
    arrived,
    toggle(id: string, to = !open.value.has(id)) {
      if (to) open.value.add(id)
      else open.value.delete(id)
    },
  }
}
