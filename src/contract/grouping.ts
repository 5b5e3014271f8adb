import { z } from 'zod'
import { base } from './base.ts'
import { Mailbox, ThreadIds, Timestamp, Undoable } from './common.ts'
import { MessageId, ThreadId, UserId } from './ids.ts'
import { ThreadStatus } from './threads.ts'

/** Conversations that people join or part (D8). */

/** A conversation that is shown as part of another. */
export const MergedPartView = z.object({
  id: ThreadId,
  subject: z.string(),
  sender: Mailbox,
  messageCount: z.number().int(),
  /** When it was merged, and who did it: null for the engine, or where the log does not say. */
  at: Timestamp.nullable(),
  actorId: UserId.nullable(),
  /** Why this user may not take it apart, or null (A3). */
  refusal: z.string().nullable(),
})
export type MergedPartView = z.infer<typeof MergedPartView>

/** What a conversation was split off from, or what was split off from it. */
export const SplitView = z.object({
  threadId: ThreadId,
  subject: z.string(),
  at: Timestamp.nullable(),
  actorId: UserId.nullable(),
})
export type SplitView = z.infer<typeof SplitView>

export const PartsView = z.object({
  merged: z.array(MergedPartView),
  /** Where it came from, when it was split off; putting it back brings it there. */
  splitFrom: SplitView.nullable(),
  /** What was split off from it and is a conversation of its own. */
  splitOff: z.array(SplitView),
})
export type PartsView = z.infer<typeof PartsView>

export const SplitCandidate = z.object({
  id: MessageId,
  from: Mailbox,
  snippet: z.string(),
  at: Timestamp,
  /** It is the message that was pointed at, or answers it. */
  suggested: z.boolean(),
})
export type SplitCandidate = z.infer<typeof SplitCandidate>

/** One of several conversations that are about to be merged. */
export const MergeCandidate = z.object({
  id: ThreadId,
  subject: z.string(),
  sender: Mailbox,
  messageCount: z.number().int(),
  status: ThreadStatus,
  at: Timestamp,
  /** Why this user may not merge it, or null (A3). */
  refusal: z.string().nullable(),
})
export type MergeCandidate = z.infer<typeof MergeCandidate>

const Grouped = Undoable.extend({ threadId: ThreadId })

export const grouping = {
  mergeCandidates: base.input(z.object({ ids: ThreadIds })).output(z.array(MergeCandidate)),
  /**
   * From now on the others are shown as part of `into`, with all later mail of any of them. Each keeps what was decided
   * about it for when it is taken apart. One that waits for an answer opens the one that stays.
   */
  merge: base.input(z.object({ ids: z.array(ThreadId).min(2).max(1000), into: ThreadId })).output(Grouped),
  /** Takes one that was merged out again; it is as if it had never been merged. */
  takeApart: base.input(z.object({ id: ThreadId })).output(Grouped),
  /** The messages of the conversation of one, at most 1,000, oldest first. */
  splitCandidates: base
    .input(z.object({ messageId: MessageId }))
    .output(z.object({ threadId: ThreadId, subject: z.string(), messages: z.array(SplitCandidate) })),
  /**
   * Makes a conversation of some messages of one. What answers them later comes there, and what answers another one does
   * not. At least one message has to stay.
   */
  split: base.input(z.object({ messageIds: z.array(MessageId).min(1).max(1000) })).output(Grouped),
  /** Puts what was split off back into where it came from. */
  putBack: base.input(z.object({ id: ThreadId })).output(Grouped),
  parts: base.input(z.object({ id: ThreadId })).output(PartsView),
}
