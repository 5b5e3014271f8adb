import { ORPCError } from '@orpc/client'
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
  takeComment,
  takeMessage,
  takeNewest,
  takeOlder,
  type ThreadWindow,
} from './thread-window.ts'

/** Items that come with each step back in a long thread. */
const PAGE = 200
/** Messages that one change makes worth asking for again. */
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

  // A change of the thread brings its newest window again; what else changed in a message on screen (its
  // permission for pictures, or anything in one further up) is asked for by itself.
  onEngineChange((change) => {
    const idsOf = (entity: string) => change.changes.find((each) => each.entity === entity)?.ids
    const ids = idsOf('messages')
    if (!ids || !known.value || !of) return
    const again = idsOf('threads')?.includes(of)
      ? new Set(messagesOf(thread.value?.items ?? []).map(({ id }) => id))
      : null
    const stale = messagesOf(known.value.items).filter(
      (message) => ids.includes(message.id) && !again?.has(message.id),
    )
    for (const { id } of stale.slice(-MAX_REFRESH)) {
      void attempt(async () => replace(await rpc.messages.get({ id })))
    }
  })

  // The same for comments above the newest window: changed, or taken away.
  onEngineChange((change) => {
    const ids = change.changes.find(({ entity }) => entity === 'comments')?.ids
    if (!ids || !known.value) return
    const inWindow = new Set((thread.value?.items ?? []).map(itemKey))
    const stale = known.value.items.flatMap((item) =>
      item.type === 'comment' && ids.includes(item.comment.id) && !inWindow.has(itemKey(item))
        ? [item.comment.id]
        : [],
    )
    for (const id of stale.slice(-MAX_REFRESH)) {
      void attempt(async () => {
        const comment = await rpc.comments.get({ id }).catch((error: unknown) => {
          if (error instanceof ORPCError && error.code === 'NOT_FOUND') return null
          throw error
        })
        if (known.value) known.value = takeComment(known.value, id, comment)
      })
    }
  })

  /** Loads the page before the first item. */
  const loadOlder = async () => {
    const cursor = known.value?.olderCursor
    const id = threadId.value
    if (!cursor || loadingOlder.value) return
    loadingOlder.value = true
    const page = await attempt(() => rpc.threads.items({ id, cursor, limit: PAGE }))
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
