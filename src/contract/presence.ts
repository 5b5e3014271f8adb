import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { base } from './base.ts'
import { ThreadId, UserId } from './ids.ts'

/** What somebody does in a conversation: each includes the one before. */
export const PresenceDoing = z.enum(['viewing', 'commenting', 'answering'])
export type PresenceDoing = z.infer<typeof PresenceDoing>

/** A colleague in a conversation, whatever number of windows they have it in. */
export const PresenceView = z.object({
  userId: UserId,
  threadId: ThreadId,
  doing: PresenceDoing,
  /** They pressed a key there a moment ago. */
  typing: z.boolean(),
})
export type PresenceView = z.infer<typeof PresenceView>

/** Who is where (D5). It is kept in memory alone: no commit, no rev, no history. */
export const presence = {
  /**
   * Where the user of this window is now, in place of what it said before; said again at every word of `stream`, else the
   * window counts as gone.
   */
  here: base
    .input(
      z.object({
        places: z
          .array(z.object({ threadId: ThreadId, doing: PresenceDoing, typing: z.boolean().default(false) }))
          .max(20),
      }),
    )
    .output(z.object({})),
  /**
   * The colleagues in conversations that the user can see: at once, after every change, and every few seconds as a sign of
   * life. When the last stream of a connection ends, its window is gone.
   */
  stream: base.input(z.object({})).output(eventIterator(z.object({ people: z.array(PresenceView) }))),
}
