import { z } from 'zod'
import { base } from './base.ts'
import { TicketPriority } from './admin.ts'
import { Cursor, Mailbox, Timestamp } from './common.ts'
import { CommentId, InboxId, MessageId, TagId, TeamId, ThreadId, UserId } from './ids.ts'
import { ThreadEventView, ThreadStatus } from './threads.ts'

/** What was done to a conversation, from the log of what people and rules did, and how it was at any moment (I6). */

/** A moment in a conversation: after the change with that number, or after what had come by then. */
export const HistoryMoment = z.object({ seq: z.number().int().nonnegative(), at: Timestamp })
export type HistoryMoment = z.infer<typeof HistoryMoment>

export const HistoryEntry = z.object({
  key: z.string(),
  kind: z.enum([
    ...ThreadEventView.shape.kind.options,
    'merged_here',
    'taken_apart_here',
    'split',
    'split_off',
    'put_back',
    'tagged',
    'untagged',
    'prioritised',
    'commented',
    'comment_removed',
    'mail_in',
    'mail_out',
  ]),
  at: Timestamp,
  /** Null when the engine did it, and for mail. */
  actorId: UserId.nullable(),
  assigneeId: UserId.nullable(),
  teamId: TeamId.nullable(),
  inboxId: InboxId.nullable(),
  tagId: TagId.nullable(),
  until: Timestamp.nullable(),
  priority: TicketPriority.nullable(),
  /** Who wrote the mail. */
  from: Mailbox.nullable(),
  /** A subject, or the beginning of what was written. */
  text: z.string(),
  moment: HistoryMoment,
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** A conversation as it was. */
export const HistoryState = z.object({
  status: ThreadStatus,
  assigneeId: UserId.nullable(),
  teamId: TeamId.nullable(),
  inboxId: InboxId.nullable(),
  snoozedUntil: Timestamp.nullable(),
  snoozedUntilReply: z.boolean(),
  priority: TicketPriority.nullable(),
  tagIds: z.array(TagId),
  /** Oldest first, the newest 200 of them. */
  messages: z.array(
    z.object({
      id: MessageId,
      direction: z.enum(['in', 'out']),
      from: Mailbox,
      snippet: z.string(),
      at: Timestamp,
    }),
  ),
  messageCount: z.number().int(),
  comments: z.array(z.object({ id: CommentId, authorId: UserId, text: z.string(), at: Timestamp })),
})
export type HistoryState = z.infer<typeof HistoryState>

/** Every change carries the hash of the one before: where one does not fit, the log was altered outside Anteroom. */
export const HistoryCheck = z.object({
  checked: z.number().int(),
  /** The first that does not fit. */
  broken: z.object({ seq: z.number().int(), at: Timestamp }).nullable(),
})
export type HistoryCheck = z.infer<typeof HistoryCheck>

export const history = {
  /** Newest first. */
  list: base
    .input(
      z.object({
        id: ThreadId,
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ entries: z.array(HistoryEntry), nextCursor: Cursor.nullable() })),
  at: base.input(z.object({ id: ThreadId, moment: HistoryMoment })).output(HistoryState),
  check: base.input(z.object({})).output(HistoryCheck),
}
