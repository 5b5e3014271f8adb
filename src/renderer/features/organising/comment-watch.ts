import type { CommentId } from '@contract/ids.ts'
import type { FollowedComment } from '@contract/organising.ts'

/** Most ids in one call (the contract's limit): more of them are a sync, not somebody who writes. */
const MOST = 500

/**
 * Tells once of every new comment in followed conversations. What was written before `since` (ms) is old, also when it is
 * changed now; what mentions the user is told of as a mention.
 */
export function createCommentWatch(options: {
  since: number
  followed: (ids: CommentId[]) => Promise<readonly FollowedComment[]>
  notify: (comment: FollowedComment) => void
}) {
  const told = new Set<string>()
  async function look(changed: readonly string[]): Promise<void> {
    const ids = changed.filter((id) => !told.has(id)).slice(0, MOST)
    if (ids.length === 0) return
    try {
      for (const comment of await options.followed(ids as CommentId[])) {
        if (told.has(comment.id) || comment.at < options.since || comment.mentionsMe) continue
        told.add(comment.id)
        options.notify(comment)
      }
    } catch {
      // No connection: the bar says so, and what was missed is in the conversation.
    }
  }
  return { look }
}
