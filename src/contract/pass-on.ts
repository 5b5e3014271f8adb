import { z } from 'zod'
import { base } from './base.ts'
import { CommentText } from './comments.ts'
import { ThreadIds, Undoable } from './common.ts'
import { DraftAttachmentView } from './composing.ts'
import { DraftId, InboxId, TeamId, ThreadId } from './ids.ts'

/** A team that a conversation could be handed to. */
export const HandOverView = z.object({
  teamId: TeamId,
  /** The inboxes that the conversations would lie in then: where they are already, or one that the team works in. */
  inboxIds: z.array(InboxId),
  /** Whether any of them leaves its inbox. */
  moves: z.boolean(),
  /** Why it cannot be handed over, in words; null when it can. */
  refusal: z.string().nullable(),
})
export type HandOverView = z.infer<typeof HandOverView>

/** Handing conversations on, and taking mail out of the program (D8). */
export const passOn = {
  /** What of the original a forward takes along, and what was left out: `drafts.detach` and `drafts.reattach` change it. */
  files: base
    .input(z.object({ draftId: DraftId }))
    .output(z.array(DraftAttachmentView.extend({ taken: z.boolean() }))),
  /** The workspace's teams, by name, with where each would have these conversations. */
  teams: base.input(z.object({ ids: ThreadIds })).output(z.array(HandOverView)),
  /**
   * Gives conversations to a team in one step: into an inbox that it works in, where it does not work in theirs; to the
   * team, and to nobody who is not of it; open, and with a comment that says so.
   */
  handOver: base
    .input(z.object({ ids: ThreadIds, teamId: TeamId, comment: CommentText.min(1) }))
    .output(Undoable),
  /** The authorised path of a conversation's mail as one mbox file (RFC 4155), written while it is fetched. */
  mailboxUrl: base.input(z.object({ id: ThreadId })).output(z.object({ url: z.string() })),
}
