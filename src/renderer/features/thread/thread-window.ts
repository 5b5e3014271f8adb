import type { CommentView } from '@contract/comments.ts'
import type { MessageView } from '@contract/messages.ts'
import type { ThreadItemView, ThreadView } from '@contract/threads.ts'

/**
 * What is known of a thread's items: the newest window, which the engine sends again with every change, and
 * the older ones that were asked for page by page (fault 54).
 */
export type ThreadWindow = {
  /** Oldest first. */
  items: readonly ThreadItemView[]
  /** For the page before the first item; null at the beginning of the thread. */
  olderCursor: string | null
}

/** Unique within a thread. */
export const itemKey = (item: ThreadItemView): string => {
  switch (item.type) {
    case 'message':
      return `message-${item.message.id}`
    case 'comment':
      return `comment-${item.comment.id}`
    case 'event':
      return `event-${item.event.key}`
    case 'pending':
      return `pending-${item.pending.id}`
  }
}

/**
 * Takes in the newest window. Older items stay as long as the windows overlap; where so much came in that
 * they no longer do, the thread begins anew, rather than with a gap that nobody sees. A body that was there
 * stays: the engine leaves it out once the message was read.
 */
export const takeNewest = (
  known: ThreadWindow | null,
  thread: Pick<ThreadView, 'items' | 'olderCursor'>,
): ThreadWindow => {
  if (!known) return { items: thread.items, olderCursor: thread.olderCursor }
  const before = new Map(known.items.map((item) => [itemKey(item), item]))
  const lasting = thread.items.filter((item) => item.type !== 'pending')
  const [first] = lasting
  const items = thread.items.map((item) => keepBody(item, before.get(itemKey(item))))
  if (thread.olderCursor === null) return { items, olderCursor: null }
  const from = first ? known.items.findIndex((item) => itemKey(item) === itemKey(first)) : -1
  if (from === -1) return { items, olderCursor: thread.olderCursor }
  const inWindow = new Set(thread.items.map(itemKey))
  const older = known.items
    .slice(0, from)
    .filter((item) => item.type !== 'pending' && !inWindow.has(itemKey(item)))
  return {
    items: [...older, ...items],
    olderCursor: older.length > 0 ? known.olderCursor : thread.olderCursor,
  }
}

const keepBody = (item: ThreadItemView, before: ThreadItemView | undefined): ThreadItemView =>
  item.type === 'message' && item.message.body === null && before?.type === 'message' && before.message.body
    ? { ...item, message: { ...item.message, body: before.message.body } }
    : item

/** Puts a page of older items in front. */
export const takeOlder = (
  known: ThreadWindow,
  page: { items: readonly ThreadItemView[]; olderCursor: string | null },
): ThreadWindow => {
  const there = new Set(known.items.map(itemKey))
  return {
    items: [...page.items.filter((item) => !there.has(itemKey(item))), ...known.items],
    olderCursor: page.olderCursor,
  }
}

/** Puts a message that was asked for on its own in the place of the one that is shown. */
export const takeMessage = (known: ThreadWindow, message: MessageView): ThreadWindow => ({
  ...known,
  items: known.items.map((item) =>
    item.type === 'message' && item.message.id === message.id ? keepBody({ ...item, message }, item) : item,
  ),
})

/** The same with a comment; null takes the one with that id away. */
export const takeComment = (known: ThreadWindow, id: string, comment: CommentView | null): ThreadWindow => ({
  ...known,
  items: known.items.flatMap((item) => {
    if (item.type !== 'comment' || item.comment.id !== id) return [item]
    return comment ? [{ ...item, comment }] : []
  }),
})

/** The messages among the items, oldest first. */
export const messagesOf = (items: readonly ThreadItemView[]): MessageView[] =>
  items.flatMap((item) => (item.type === 'message' ? [item.message] : []))

/** Which messages open unfolded when a thread is first seen: what is new, and the last. */
export const openAtFirst = (items: readonly ThreadItemView[]): Set<string> => {
  const messages = messagesOf(items)
  const open = messages.filter(
    (message) => message.direction === 'in' && !message.seen && message.body !== null,
  )
  const last = messages.at(-1)
  return new Set([...open, ...(last ? [last] : [])].map((message) => message.id))
}
