import { z } from 'zod'
import { TicketPriority } from './admin.ts'
import { base } from './base.ts'
import { CommentText, CommentView } from './comments.ts'
import { Cursor, EmptyReason, Mailbox, ThreadIds, Timestamp, Undoable } from './common.ts'
import {
  ChannelId,
  CommentFileId,
  CommentId,
  ContactId,
  DraftId,
  InboxId,
  MessageId,
  OutboxId,
  TagId,
  TeamId,
  ThreadId,
  ThreadViewId,
  TicketId,
  UserId,
} from './ids.ts'
import { DeliveryView, MessageView } from './messages.ts'
import { organising } from './organising.ts'

/** A view is a value: one of the named ones, or one inbox. It is also what the address bar shows. */
export const ViewKey = z.union([
  z.enum([
    'unassigned',
    'mine',
    'open',
    'snoozed',
    'closed',
    'sent',
    'drafts',
    'mentions',
    'spam',
    'outbox',
    'following',
  ]),
  z.templateLiteral(['inbox-', InboxId]),
  z.templateLiteral(['tag-', TagId]),
  z.templateLiteral(['view-', ThreadViewId]),
])
export type ViewKey = z.infer<typeof ViewKey>

/**
 * `logged`: personal mail that is on the timelines of records. It lies in no inbox, and nobody closes it (G8). `spam`: in
 * no list but the view of spam.
 */
export const ThreadStatus = z.enum(['open', 'closed', 'logged', 'spam'])
export type ThreadStatus = z.infer<typeof ThreadStatus>

/** What people mark a conversation with. */
const Marks = {
  tagIds: z.array(TagId).default([]),
  /** Its ticket's, where it has one; medium is not worth a mark. */
  priority: TicketPriority.default('medium'),
  /** Whether the current user follows it. */
  following: z.boolean().default(false),
}

/** A row of the list. In Sent a row is a sent message, in Drafts a draft, in Outbox an outbox item. */
export const ThreadRowView = z.object({
  /** Unique within the list. */
  key: z.string(),
  threadId: ThreadId.nullable(),
  draftId: DraftId.nullable(),
  outboxId: OutboxId.nullable(),
  inboxId: InboxId.nullable(),
  sender: Mailbox,
  /** Filled where the recipients matter more than the sender: Sent, Drafts, Outbox. */
  recipients: z.array(Mailbox),
  subject: z.string(),
  snippet: z.string(),
  at: Timestamp,
  unread: z.boolean(),
  hasAttachment: z.boolean(),
  assigneeId: UserId.nullable(),
  teamId: TeamId.nullable(),
  status: ThreadStatus.nullable(),
  /** When a snoozed conversation comes back. It also does when the contact answers. */
  snoozedUntil: Timestamp.nullable().default(null),
  /** It waits for nothing but an answer. */
  snoozedUntilReply: z.boolean().default(false),
  ...Marks,
  messageCount: z.number().int(),
  delivery: DeliveryView.nullable(),
})
export type ThreadRowView = z.infer<typeof ThreadRowView>

export const ThreadFilter = z.object({
  unread: z.boolean().optional(),
  hasAttachment: z.boolean().optional(),
  /** `null` asks for unassigned ones. */
  assigneeId: UserId.nullable().optional(),
  /** `null` asks for those of no team. */
  teamId: TeamId.nullable().optional(),
  tagId: TagId.optional(),
  priority: TicketPriority.optional(),
})
export type ThreadFilter = z.infer<typeof ThreadFilter>

/** Something that happened to the thread, read from the ops log. */
export const ThreadEventView = z.object({
  key: z.string(),
  kind: z.enum([
    'assigned',
    'unassigned',
    'team_assigned',
    'team_unassigned',
    'closed',
    'reopened',
    'moved',
    'snoozed',
    'snoozed_until_reply',
    'woken',
    'spam',
    'not_spam',
    'merged',
    'taken_apart',
  ]),
  /** Null when the engine did it, as when a new message reopens. */
  actorId: UserId.nullable(),
  assigneeId: UserId.nullable(),
  teamId: TeamId.nullable(),
  /** Where it was moved to. */
  inboxId: InboxId.nullable().default(null),
  /** Until when it was snoozed. */
  until: Timestamp.nullable().default(null),
  /** The subject of what was merged into the conversation; null where it was itself merged into another. */
  about: z.string().nullable().default(null),
  at: Timestamp,
})
export type ThreadEventView = z.infer<typeof ThreadEventView>

/** An answer that waits in the outbox, shown in its thread. */
export const PendingView = z.object({
  id: OutboxId,
  authorId: UserId.nullable(),
  from: Mailbox,
  to: z.array(Mailbox),
  subject: z.string(),
  snippet: z.string(),
  at: Timestamp,
  delivery: DeliveryView,
})
export type PendingView = z.infer<typeof PendingView>

export const ThreadItemView = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), at: Timestamp, message: MessageView }),
  z.object({ type: z.literal('comment'), at: Timestamp, comment: CommentView }),
  z.object({ type: z.literal('event'), at: Timestamp, event: ThreadEventView }),
  z.object({ type: z.literal('pending'), at: Timestamp, pending: PendingView }),
])
export type ThreadItemView = z.infer<typeof ThreadItemView>

/** What was decided about a new thread where its inbox assigns by itself (H6), and why, in words. */
export const RoutingView = z.object({ assigneeId: UserId.nullable(), reason: z.string(), at: Timestamp })
export type RoutingView = z.infer<typeof RoutingView>

export const ThreadView = z.object({
  id: ThreadId,
  /** Null for logged personal mail. */
  inboxId: InboxId.nullable(),
  channelId: ChannelId,
  subject: z.string(),
  status: ThreadStatus,
  snoozedUntil: Timestamp.nullable().default(null),
  snoozedUntilReply: z.boolean().default(false),
  assigneeId: UserId.nullable(),
  teamId: TeamId.nullable(),
  ...Marks,
  routing: RoutingView.nullable(),
  ticketId: TicketId.nullable(),
  contactId: ContactId.nullable(),
  messageCount: z.number().int(),
  unread: z.boolean(),
  /** Why this user may not act here, or null (A3). */
  refusal: z.string().nullable(),
  /** The inbox whose access settings decide about that; null with `refusal`. */
  refusalInboxId: InboxId.nullable(),
  /** Oldest first: the newest window of the thread. */
  items: z.array(ThreadItemView),
  /** Passed to `threads.items` for the window before this one; null at the beginning. */
  olderCursor: Cursor.nullable(),
  rev: z.number().int(),
})
export type ThreadView = z.infer<typeof ThreadView>

export const ViewCount = z.object({
  view: ViewKey,
  /** At most 1,000. */
  count: z.number().int(),
  /** True when there are more than `count`: shown as "1,000+". */
  capped: z.boolean(),
  unread: z.number().int(),
})
export type ViewCount = z.infer<typeof ViewCount>

export const threads = {
  list: base
    .input(
      z.object({
        view: ViewKey,
        filter: ThreadFilter.default({}),
        sort: z.enum(['newest', 'oldest']).default('newest'),
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(
      z.object({
        rows: z.array(ThreadRowView),
        nextCursor: Cursor.nullable(),
        /** Only when `rows` is empty. */
        emptyReason: EmptyReason.nullable(),
        rev: z.number().int(),
      }),
    ),
  counts: base.input(z.object({})).output(z.object({ counts: z.array(ViewCount), rev: z.number().int() })),
  get: base.input(z.object({ id: ThreadId })).output(ThreadView),
  items: base
    .input(z.object({ id: ThreadId, cursor: Cursor, limit: z.number().int().min(1).max(200).default(50) }))
    .output(z.object({ items: z.array(ThreadItemView), olderCursor: Cursor.nullable() })),
  /** To a user, to a team, or to both; null takes it from them, what is left out stays. */
  assign: base
    .input(
      z.object({
        ids: ThreadIds,
        assigneeId: UserId.nullable().optional(),
        teamId: TeamId.nullable().optional(),
      }),
    )
    .output(Undoable),
  /** Closes the conversation and its ticket, or (`keep`) only the conversation (D7). */
  close: base
    .input(z.object({ ids: ThreadIds, ticket: z.enum(['close', 'keep']).default('close') }))
    .output(Undoable),
  /** The next conversation that nobody has taken and that the user may act on, after `afterId` as listed (D5). */
  nextUnassigned: base
    .input(z.object({ inboxId: InboxId.optional(), afterId: ThreadId.optional() }))
    .output(z.object({ threadId: ThreadId.nullable() })),
  reopen: base.input(z.object({ ids: ThreadIds })).output(Undoable),
  /** To another inbox where the user may act; later mail of the conversation comes there too, and its ticket (D8). */
  move: base.input(z.object({ ids: ThreadIds, inboxId: InboxId })).output(Undoable),
  /**
   * Out of the lists of open conversations until a time (ms) or until the contact answers; null brings them back now.
   * An answer always brings them back, and so does the time by itself. Closed ones are opened by it.
   */
  snooze: base
    .input(z.object({ ids: ThreadIds, until: z.union([Timestamp, z.literal('reply')]).nullable() }))
    .output(Undoable),
  markRead: base.input(z.object({ ids: ThreadIds, read: z.boolean() })).output(Undoable),
  comment: base
    .input(
      z.object({
        id: ThreadId,
        text: CommentText,
        mentionIds: z.array(UserId).max(100).default([]),
        /** Those of the draft that go with it (`comments.draft`). */
        fileIds: z.array(CommentFileId).max(50).default([]),
      }),
    )
    .output(Undoable.extend({ id: CommentId })),
  ...organising,
  /** Threads and messages that hold a message (used after a search or a deep link). */
  ofMessage: base.input(z.object({ id: MessageId })).output(z.object({ threadId: ThreadId })),
}
