import { marks, type ReadableDb } from '../statements.ts'
import type {
  AttachmentRow as StoredAttachment,
  MessageRow as StoredMessage,
  RecipientKind,
} from '../tables/messages.ts'

/** What is read of a message; the text and the index lie elsewhere. */
export type MessageRow = Omit<StoredMessage, 'content_hash'>

const COLUMNS = `rowid, id, channel_id, thread_id, message_id, direction, from_name, from_address, contact_id, subject,
  snippet, sort_at, seen, answered, size, raw_hash, html_hash, has_remote_content, attachment_count, parsed,
  automatic, thread_reason, part_id, origin_id, split_root`

/** Messages of a thread older than `before` (a rowid), newest first. */
export const messagesBeforeSql = `SELECT ${COLUMNS} FROM messages INDEXED BY messages_by_thread
  WHERE thread_id = ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`
export const messagesBefore = (
  db: ReadableDb,
  threadId: string,
  before: number,
  limit: number,
): MessageRow[] => db.all<MessageRow>(messagesBeforeSql, [threadId, before, limit])

export const messageById = (db: ReadableDb, id: string): MessageRow | undefined =>
  db.get<MessageRow>(`SELECT ${COLUMNS} FROM messages WHERE id = ?`, [id])

export const messageByRowid = (db: ReadableDb, rowid: number): MessageRow | undefined =>
  db.get<MessageRow>(`SELECT ${COLUMNS} FROM messages WHERE rowid = ?`, [rowid])

export type MailboxRow = {
  message_rowid: number
  kind: RecipientKind
  name: string
  address: string
}

/** Recipients (and Reply-To) of messages in their order, at most `limit` a message and kind (fault 56). */
export const recipientsOf = (db: ReadableDb, rowids: readonly number[], limit = 500): MailboxRow[] =>
  rowids.length === 0
    ? []
    : db.all<MailboxRow>(
        `SELECT message_rowid, kind, name, address FROM message_recipients
         WHERE message_rowid IN (${marks(rowids.length)}) AND position < ?
         ORDER BY message_rowid, kind, position`,
        [...rowids, limit],
      )

/** `missing`: the bytes were found damaged and forgotten (fault 41). */
export type AttachmentRow = StoredAttachment & { missing: number }

const ATTACHMENT_COLUMNS = `a.id, a.message_rowid, a.position, a.name, a.mime_type, a.size, a.inline, a.content_id, a.hash, a.held_back,
  a.hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM blobs WHERE blobs.hash = a.hash) AS missing`

export const attachmentsOf = (db: ReadableDb, rowids: readonly number[]): AttachmentRow[] =>
  rowids.length === 0
    ? []
    : db.all<AttachmentRow>(
        `SELECT ${ATTACHMENT_COLUMNS} FROM attachments a WHERE a.message_rowid IN (${marks(rowids.length)})
         ORDER BY a.message_rowid, a.position`,
        [...rowids],
      )

/** An attachment with the thread that it belongs to. */
export const attachmentById = (
  db: ReadableDb,
  id: string,
): (AttachmentRow & { thread_id: string; message_id: string }) | undefined =>
  db.get(
    `SELECT ${ATTACHMENT_COLUMNS}, m.thread_id, m.id AS message_id FROM attachments a
     JOIN messages m ON m.rowid = a.message_rowid WHERE a.id = ?`,
    [id],
  )

export const warningsOf = (
  db: ReadableDb,
  rowids: readonly number[],
): { message_rowid: number; kind: string; detail: string }[] =>
  rowids.length === 0
    ? []
    : db.all(
        `SELECT message_rowid, kind, detail FROM message_warnings WHERE message_rowid IN (${marks(rowids.length)})
         ORDER BY message_rowid, position`,
        [...rowids],
      )

export const textsOf = (
  db: ReadableDb,
  rowids: readonly number[],
): { message_rowid: number; text: string }[] =>
  rowids.length === 0
    ? []
    : db.all(
        `SELECT message_rowid, text FROM message_texts WHERE message_rowid IN (${marks(rowids.length)})`,
        [...rowids],
      )

/** Which of these keys (message ids, sender addresses) may load what lies elsewhere (D9). */
export const allowedRemoteContent = (
  db: ReadableDb,
  keys: readonly { scope: 'message' | 'sender'; key: string }[],
): Set<string> =>
  new Set(
    keys.length === 0
      ? []
      : db
          .all<{ scope: string; key: string }>(
            `SELECT scope, key FROM remote_content_permissions WHERE key IN (${marks(keys.length)})`,
            keys.map(({ key }) => key),
          )
          .map(({ scope, key }) => `${scope}:${key}`),
  )

export type RawMailRow = Pick<MessageRow, 'rowid' | 'id' | 'from_address' | 'received_at' | 'raw_hash'>

export const rawMailSql = `SELECT rowid, id, from_address, received_at, raw_hash FROM messages INDEXED BY messages_by_thread
  WHERE thread_id = ? AND rowid > ? ORDER BY rowid LIMIT ?`

/** Where the bytes of a conversation's messages lie, the oldest first, after a rowid. */
export const rawMailOf = (db: ReadableDb, threadId: string, after: number, limit: number): RawMailRow[] =>
  db.all<RawMailRow>(rawMailSql, [threadId, after, limit])
