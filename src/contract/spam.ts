import { z } from 'zod'
import { base } from './base.ts'
import { Cursor, ThreadIds, Timestamp, Undoable } from './common.ts'
import { BlockedSenderId, ThreadId, UserId } from './ids.ts'

/** A sender whose new mail is spam. */
export const BlockedSenderView = z.object({
  id: BlockedSenderId,
  /** An address, or a domain with all those under it. */
  pattern: z.string(),
  kind: z.enum(['address', 'domain']),
  byId: UserId.nullable(),
  at: Timestamp,
  /** The conversation that was marked as spam and taught it, where the user can see it. */
  threadId: ThreadId.nullable(),
})
export type BlockedSenderView = z.infer<typeof BlockedSenderView>

/** How far the messages of a conversation have come on the server. */
export const JunkState = z.enum([
  /** They are moved when the server can be reached. */
  'waiting',
  /** They lie in the Junk folder. */
  'moved',
  /** The mailbox has no Junk folder. */
  'no_junk',
  /** The server refused it. */
  'failed',
  /** There is nothing to move: no server has a copy in INBOX. */
  'nothing',
])
export type JunkState = z.infer<typeof JunkState>

/** Why a conversation is spam, and where its messages are. */
export const SpamView = z.object({
  at: Timestamp,
  /** Who said so; null where the sender was blocked. */
  byId: UserId.nullable(),
  /** The block that it came in under. */
  block: BlockedSenderView.extend({
    /** It is on the list still. */
    active: z.boolean(),
  }).nullable(),
  server: z.object({
    state: JunkState,
    /** What the server said, word for word, plain text (fault 20). */
    serverText: z.string().nullable(),
  }),
  rev: z.number().int(),
})
export type SpamView = z.infer<typeof SpamView>

export const spam = {
  /**
   * Marks conversations as spam: they are in no list but that of spam, their messages go to Junk on the server, and their
   * senders (or their domains, or nobody) are blocked. Of those marked already, whom that blocked is changed.
   */
  mark: base
    .input(z.object({ ids: ThreadIds, block: z.enum(['sender', 'domain', 'nobody']).default('sender') }))
    .output(
      Undoable.extend({
        blocked: z.array(z.string()),
        /** Domains that could be blocked instead. */
        domains: z.array(z.string()),
        /** Addresses whose mailbox has no Junk folder. */
        withoutJunk: z.array(z.string()),
      }),
    ),
  /** Takes all of that back: open again, back in INBOX, and whom they had blocked is not blocked any more. */
  unmark: base.input(z.object({ ids: ThreadIds })).output(
    Undoable.extend({
      unblocked: z.array(z.string()),
      /** What still blocks the senders of some of them. */
      stillBlocked: z.array(z.string()),
    }),
  ),
  /** Null for what is no spam. */
  ofThread: base.input(z.object({ id: ThreadId })).output(SpamView.nullable()),
  blocked: base
    .input(z.object({ cursor: Cursor.optional(), limit: z.number().int().min(1).max(200).default(100) }))
    .output(
      z.object({
        senders: z.array(BlockedSenderView),
        nextCursor: Cursor.nullable(),
        /** Why this user may not change the list; null when they may. */
        refusal: z.string().nullable(),
        rev: z.number().int(),
      }),
    ),
  block: base
    .input(z.object({ pattern: z.string().trim().min(1).max(1000) }))
    .output(Undoable.extend({ pattern: z.string() })),
  unblock: base.input(z.object({ ids: z.array(BlockedSenderId).min(1).max(1000) })).output(Undoable),
}
