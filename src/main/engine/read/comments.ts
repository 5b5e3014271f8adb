import type { z } from 'zod'
import type { CommentFileView, CommentView } from '../../../contract/comments.ts'
import type { ReadableDb } from '../store/statements.ts'
import {
  filesOfComments,
  mentionsOf,
  type CommentFileRow,
  type CommentRow,
  type CommentUploadRow,
} from '../store/tables/comments.ts'

export type CommentShape = z.input<typeof CommentView>

/** For whom comments are read, and the authorised paths of their files. */
export type CommentReader = { userId: string; url(fileId: string, name: string): string }

export const commentFileShape = (
  row: CommentFileRow | CommentUploadRow,
  reader: CommentReader,
): z.input<typeof CommentFileView> => ({
  id: row.id,
  name: row.name,
  mimeType: row.mime_type,
  size: row.size,
  url: reader.url(row.id, row.name),
})

/** Comments as their conversation shows them. */
export function commentShapes(
  db: ReadableDb,
  rows: readonly CommentRow[],
  reader: CommentReader,
): CommentShape[] {
  const ids = rows.map((row) => row.id)
  const mentions = mentionsOf(db, ids)
  const files = filesOfComments(db, ids)
  return rows.map((row) => {
    const mentioned = mentions.get(row.id) ?? []
    return {
      id: row.id,
      threadId: row.thread_id,
      authorId: row.author_id,
      text: row.text,
      mentionIds: mentioned.map((one) => one.user_id),
      files: (files.get(row.id) ?? []).map((file) => commentFileShape(file, reader)),
      unread:
        row.author_id !== reader.userId &&
        mentioned.some((one) => one.user_id === reader.userId && one.is_read === 0),
      at: row.at,
      editedAt: row.edited_at,
    }
  })
}
