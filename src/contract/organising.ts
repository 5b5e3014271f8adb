import { z } from 'zod'
import { TicketPriority } from './admin.ts'
import { base } from './base.ts'
import { ThreadIds, Timestamp, Undoable } from './common.ts'
import { CommentId, InboxId, TagId, TeamId, ThreadId, ThreadViewId, UserId } from './ids.ts'

/** The colours that a tag can have: names, so that each theme draws them as it can be read. */
export const TagColor = z.enum(['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink'])
export type TagColor = z.infer<typeof TagColor>

export const TagView = z.object({ id: TagId, name: z.string(), color: TagColor })
export type TagView = z.infer<typeof TagView>

const TagName = z.string().trim().min(1).max(60)

export const tags = {
  /** By name. */
  list: base.input(z.object({})).output(z.array(TagView)),
  /** How many conversations have each tag, at most 1,000: for the page where they are managed. */
  uses: base
    .input(z.object({}))
    .output(z.array(z.object({ id: TagId, count: z.number().int(), capped: z.boolean() }))),
  /** How many of these conversations have each tag; tags that none has are left out. */
  ofThreads: base
    .input(z.object({ ids: z.array(ThreadId).min(1).max(100_000) }))
    .output(z.array(z.object({ id: TagId, count: z.number().int() }))),
  /**
   * A new tag, and where it was asked for on conversations: it is put on them, and taken back with it. CONFLICT with
   * `data.id` when there is one of that name.
   */
  create: base
    .input(
      z.object({ name: TagName, color: TagColor.optional(), on: z.array(ThreadId).max(1000).default([]) }),
    )
    .output(Undoable.extend({ id: TagId })),
  /** CONFLICT with `data.id` when another one has that name. */
  update: base
    .input(z.object({ id: TagId, name: TagName.optional(), color: TagColor.optional() }))
    .output(Undoable),
  /** Off every conversation. */
  remove: base.input(z.object({ id: TagId })).output(Undoable),
}

/** One thing that a view asks of a conversation; `not` turns it around. */
export const ThreadCondition = z
  .discriminatedUnion('on', [
    z.object({ on: z.literal('inbox'), inboxId: InboxId }),
    /** `me`: whoever looks at it. */
    z.object({ on: z.literal('assignee'), assignee: z.union([z.enum(['me', 'nobody']), UserId]) }),
    z.object({ on: z.literal('team'), team: z.union([z.literal('none'), TeamId]) }),
    z.object({ on: z.literal('tag'), tagId: TagId }),
    z.object({ on: z.literal('priority'), priority: TicketPriority }),
    z.object({ on: z.literal('unread') }),
    z.object({ on: z.literal('attachment') }),
    z.object({ on: z.literal('following') }),
    /** Who wrote last, or whom we wrote to where nobody did. */
    z.object({ on: z.literal('sender'), address: z.string().trim().min(1).max(320) }),
    z.object({ on: z.literal('domain'), domain: z.string().trim().min(1).max(255) }),
    /** Each of them in the subject, in the sender or in the beginning of the newest message. */
    z.object({ on: z.literal('words'), words: z.string().trim().min(1).max(200) }),
    /** By the newest message, in days before now. */
    z.object({ on: z.literal('older'), days: z.number().int().min(1).max(10_000) }),
    z.object({ on: z.literal('newer'), days: z.number().int().min(1).max(10_000) }),
  ])
  .and(z.object({ not: z.boolean().default(false) }))
export type ThreadCondition = z.infer<typeof ThreadCondition>

/** What a view shows, as data. */
export const ThreadViewSettings = z.object({
  /** `any`: open, snoozed and closed; never spam. */
  status: z.enum(['open', 'snoozed', 'closed', 'any']),
  match: z.enum(['all', 'any']),
  conditions: z.array(ThreadCondition).max(20),
})
export type ThreadViewSettings = z.infer<typeof ThreadViewSettings>

export const ThreadViewView = z.object({
  id: ThreadViewId,
  name: z.string(),
  /** Null: everybody's. */
  ownerId: UserId.nullable(),
  settings: ThreadViewSettings,
})
export type ThreadViewView = z.infer<typeof ThreadViewView>

const ThreadViewInit = z.object({
  name: z.string().trim().min(1).max(100),
  shared: z.boolean(),
  settings: ThreadViewSettings,
})

export const threadViews = {
  /** One's own and those of everybody, in their order. */
  list: base.input(z.object({})).output(z.array(ThreadViewView)),
  /** Changes to `id`, or a new one at the end. */
  save: base
    .input(
      z.union([
        ThreadViewInit.partial().extend({ id: ThreadViewId }),
        ThreadViewInit.extend({ id: z.undefined().optional() }),
      ]),
    )
    .output(Undoable.extend({ id: ThreadViewId })),
  /** Before another one; null: to the end. */
  move: base.input(z.object({ id: ThreadViewId, before: ThreadViewId.nullable() })).output(Undoable),
  remove: base.input(z.object({ id: ThreadViewId })).output(Undoable),
}

/** A comment of somebody else in a conversation that the user follows. */
export const FollowedComment = z.object({
  id: CommentId,
  threadId: ThreadId,
  authorId: UserId,
  subject: z.string(),
  text: z.string(),
  mentionsMe: z.boolean(),
  at: Timestamp,
})
export type FollowedComment = z.infer<typeof FollowedComment>

/** What orders conversations; part of `threads`. */
export const organising = {
  tag: base
    .input(
      z.object({
        ids: ThreadIds,
        add: z.array(TagId).max(50).default([]),
        remove: z.array(TagId).max(50).default([]),
      }),
    )
    .output(Undoable),
  /** A conversation with a ticket has that ticket's priority: this sets it there. */
  setPriority: base.input(z.object({ ids: ThreadIds, priority: TicketPriority })).output(Undoable),
  /** Whether the user is told of what happens there. */
  follow: base.input(z.object({ ids: ThreadIds, on: z.boolean() })).output(Undoable),
  /** Of these comments those that the user is to be told of. */
  followedComments: base
    .input(z.object({ ids: z.array(CommentId).max(500) }))
    .output(z.array(FollowedComment)),
}
