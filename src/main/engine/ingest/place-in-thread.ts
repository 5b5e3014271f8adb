import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import type { ParsedMessage } from '../mime/types.ts'
import type { WritableDb } from '../store/statements.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { ensureThread } from '../store/tables/threads.ts'

export type Placed = {
  /** The id that it is known by here: its own, or a stable one made for it. */
  messageId: string
  threadId: string
  /** Threads that turned out to be part of this one, and are folded into it. */
  mergedThreadIds: string[]
  reason: string
}

export function placeInThread(
  db: WritableDb,
  channel: ChannelRow,
  message: ParsedMessage,
  contentHash: string,
): Placed {
  const messageId = message.messageId ?? `${contentHash}@anteroom.invalid`
  const root = message.references[0] ?? message.inReplyTo[0] ?? messageId
  const threadId = uuidV5(NAMESPACE.thread, `${channel.address.toLowerCase()}\n${root}`)
  ensureThread(db, {
    id: threadId,
    inbox_id: channel.inbox_id,
    channel_id: channel.id,
    root_message_id: root,
  })
  return {
    messageId,
    threadId,
    mergedThreadIds: [],
    reason: root === messageId ? 'Begins a new thread.' : `Answers ${root}.`,
  }
}
