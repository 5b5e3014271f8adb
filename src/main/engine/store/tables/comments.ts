import { groupBy } from '../../lib/group-by.ts'
import { marks, type ReadableDb, type WritableDb } from '../statements.ts'

export type CommentRow = {
  id: string
  thread_id: string
  author_id: string
  text: string
  at: number
  edited_at: number | null
  removed_at: number | null
}

export const commentById = (db: ReadableDb, id: string): CommentRow | undefined =>
  db.get<CommentRow>('SELECT * FROM comments WHERE id = ?', [id])

export const commentsBeforeSql = `SELECT * FROM comments INDEXED BY comments_by_thread
  WHERE thread_id = ? AND (at, id) < (?, ?) AND removed_at IS NULL ORDER BY at DESC, id DESC LIMIT ?`

/** Comments of a thread, newest first, older than the position given. */
export const commentsBefore = (
  db: ReadableDb,
  threadId: string,
  before: { at: number; id: string },
  limit: number,
): CommentRow[] => db.all<CommentRow>(commentsBeforeSql, [threadId, before.at, before.id, limit])

/** Who is mentioned, by comment, and who of them has not seen it. */
export function mentionsOf(
  db: ReadableDb,
  commentIds: readonly string[],
): Map<string, { comment_id: string; user_id: string; is_read: number }[]> {
  if (commentIds.length === 0) return new Map()
  const rows = db.all<{ comment_id: string; user_id: string; is_read: number }>(
    `SELECT comment_id, user_id, is_read FROM comment_mentions WHERE comment_id IN (${marks(commentIds.length)})`,
    [...commentIds],
  )
  return groupBy(rows, (row) => row.comment_id)
}

/** The bytes that go with a comment; the hash is that of the blob, in hex. */
export type CommentFileRow = {
  id: string
  comment_id: string
  name: string
  mime_type: string
  size: number
  hash: string
  removed_at: number | null
}

/** A file that waits in a draft. */
export type CommentUploadRow = Omit<CommentFileRow, 'comment_id' | 'removed_at'> & {
  user_id: string
  thread_id: string
}

export const commentFileById = (db: ReadableDb, id: string): CommentFileRow | undefined =>
  db.get<CommentFileRow>('SELECT * FROM comment_files WHERE id = ?', [id])

/** The files of some comments, by comment, in the order in which they were attached. */
export function filesOfComments(
  db: ReadableDb,
  commentIds: readonly string[],
): Map<string, CommentFileRow[]> {
  if (commentIds.length === 0) return new Map()
  const rows = db.all<CommentFileRow>(
    `SELECT * FROM comment_files INDEXED BY comment_files_of
     WHERE comment_id IN (${marks(commentIds.length)}) AND removed_at IS NULL ORDER BY comment_id, id`,
    [...commentIds],
  )
  return groupBy(rows, (row) => row.comment_id)
}

export const commentUploadById = (db: ReadableDb, id: string): CommentUploadRow | undefined =>
  db.get<CommentUploadRow>('SELECT * FROM comment_uploads WHERE id = ?', [id])

export const commentUploadsOf = (db: ReadableDb, userId: string, threadId: string): CommentUploadRow[] =>
  db.all<CommentUploadRow>(
    'SELECT * FROM comment_uploads INDEXED BY comment_uploads_of WHERE user_id = ? AND thread_id = ? ORDER BY id',
    [userId, threadId],
  )

export const insertCommentUpload = (db: WritableDb, row: CommentUploadRow): void =>
  void db.run(
    `INSERT INTO comment_uploads (id, user_id, thread_id, name, mime_type, size, hash)
     VALUES (@id, @user_id, @thread_id, @name, @mime_type, @size, @hash)`,
    row,
  )

export const deleteCommentUpload = (db: WritableDb, id: string): void =>
  void db.run('DELETE FROM comment_uploads WHERE id = ?', [id])

/** What somebody has begun to say in a conversation. */
export const commentDraftOf = (db: ReadableDb, userId: string, threadId: string): string =>
  db.get<{ text: string }>('SELECT text FROM comment_drafts WHERE user_id = ? AND thread_id = ?', [
    userId,
    threadId,
  ])?.text ?? ''

/** Keeps it, or forgets it where it is empty. */
export function saveCommentDraft(
  db: WritableDb,
  draft: { userId: string; threadId: string; text: string; now: number },
): void {
  const { userId, threadId, text, now } = draft
  if (text.trim() === '') {
    db.run('DELETE FROM comment_drafts WHERE user_id = ? AND thread_id = ?', [userId, threadId])
    return
  }
  db.run(
    `INSERT INTO comment_drafts (user_id, thread_id, text, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id, thread_id) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at`,
    [userId, threadId, text, now],
  )
}

export const unreadMentionsInSql = `SELECT m.comment_id FROM comment_mentions m INDEXED BY comment_mentions_unread
  CROSS JOIN comments c ON c.id = m.comment_id
  WHERE m.user_id = ? AND m.is_read = 0 AND c.thread_id = ?`

/** The comments of a conversation that mention somebody who has not seen them. */
export const unreadMentionsIn = (db: ReadableDb, userId: string, threadId: string): string[] =>
  db.all<{ comment_id: string }>(unreadMentionsInSql, [userId, threadId]).map((row) => row.comment_id)
