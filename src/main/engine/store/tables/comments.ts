import { marks, type ReadableDb } from '../statements.ts'

export type CommentRow = { id: string; thread_id: string; author_id: string; text: string; at: number }

export const commentsBeforeSql = `SELECT id, thread_id, author_id, text, at FROM comments INDEXED BY comments_by_thread
  WHERE thread_id = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`

/** Comments of a thread, newest first, older than the position given. */
export const commentsBefore = (
  db: ReadableDb,
  threadId: string,
  before: { at: number; id: string },
  limit: number,
): CommentRow[] => db.all<CommentRow>(commentsBeforeSql, [threadId, before.at, before.id, limit])

/** Who is mentioned, by comment. */
export function mentionsOf(db: ReadableDb, commentIds: readonly string[]): Map<string, string[]> {
  const byComment = new Map<string, string[]>()
  if (commentIds.length === 0) return byComment
  const rows = db.all<{ comment_id: string; user_id: string }>(
    `SELECT comment_id, user_id FROM comment_mentions WHERE comment_id IN (${marks(commentIds.length)})`,
    [...commentIds],
  )
  for (const { comment_id, user_id } of rows) {
    byComment.set(comment_id, [...(byComment.get(comment_id) ?? []), user_id])
  }
  return byComment
}
