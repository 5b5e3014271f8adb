import type { ReadableDb } from '../statements.ts'

export type FollowedCommentRow = {
  id: string
  thread_id: string
  author_id: string
  inbox_id: string | null
  subject: string
  text: string
  mentions_me: number
  at: number
}

/** Of these comments those of others in threads that a user follows. */
export const followedComments = (
  db: ReadableDb,
  userId: string,
  commentIds: readonly string[],
): FollowedCommentRow[] =>
  db.all<FollowedCommentRow>(
    `SELECT c.id, c.thread_id, c.author_id, t.inbox_id, t.subject, c.text, c.at,
       EXISTS (SELECT 1 FROM comment_mentions m WHERE m.comment_id = c.id AND m.user_id = ?2) AS mentions_me
     FROM json_each(?1) j CROSS JOIN comments c ON c.id = j.value CROSS JOIN threads t ON t.id = c.thread_id
     WHERE c.author_id <> ?2 AND c.removed_at IS NULL
       AND EXISTS (SELECT 1 FROM thread_followers f WHERE f.thread_id = c.thread_id AND f.user_id = ?2)
     ORDER BY c.at, c.id`,
    [JSON.stringify(commentIds), userId],
  )
