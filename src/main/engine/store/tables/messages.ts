import type { Mailbox } from '../../../../contract/common.ts'
import type { MessageView } from '../../../../contract/messages.ts'
import type { BlobHash } from '../blobs.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

export type MessageRow = {
  rowid: number
  id: string
  channel_id: string
  thread_id: string
  message_id: string
  /** Message-IDs, one a line. */
  in_reply_to: string
  reference_ids: string
  received_at: number
  content_hash: string
  direction: 'in' | 'out'
  from_name: string
  from_address: string
  contact_id: string | null
  subject: string
  snippet: string
  sort_at: number
  seen: number
  answered: number
  size: number
  raw_hash: BlobHash
  html_hash: BlobHash | null
  has_remote_content: number
  attachment_count: number
  parsed: number
  automatic: MessageView['automatic']
  thread_reason: string
  /** How it came into its thread where somebody merged or split (store/grouping); null nearly always. */
  part_id: string | null
  origin_id: string | null
  split_root: string | null
}

/** Rowids a millisecond has room for. 2^53 / 1024 ms is the year 2248. */
const PER_MS = 1024

/**
 * A free rowid for a message of that time. Rowids are in date order although sync runs newest first, so that
 * "newest first" is a walk along the primary key, and FTS5 finds its rows in order.
 */
export function freeRowid(db: WritableDb, sortAt: number): number {
  const first = Math.max(1, sortAt) * PER_MS
  const taken = db.get<{ rowid: number | null }>(
    'SELECT max(rowid) AS rowid FROM messages WHERE rowid BETWEEN ? AND ?',
    [first, first + PER_MS - 1],
  )!.rowid
  if (taken === null) return first
  if (taken < first + PER_MS - 1) return taken + 1
  // More than a thousand messages in one millisecond: into the next one that has room.
  return freeRowid(db, sortAt + 1)
}

export const messagesWithId = (
  db: ReadableDb,
  channelId: string,
  messageId: string,
): Pick<
  MessageRow,
  'rowid' | 'id' | 'thread_id' | 'content_hash' | 'from_address' | 'direction' | 'seen' | 'answered'
>[] =>
  db.all(
    `SELECT rowid, id, thread_id, content_hash, from_address, direction, seen, answered FROM messages
     WHERE channel_id = ? AND message_id = ? ORDER BY rowid`,
    [channelId, messageId],
  )

export function insertMessage(db: WritableDb, row: MessageRow): void {
  db.run(
    `INSERT INTO messages (rowid, id, channel_id, thread_id, message_id, in_reply_to, reference_ids, received_at, content_hash,
       direction, from_name, from_address, contact_id, subject, snippet, sort_at, seen, answered, size, raw_hash, html_hash, has_remote_content, attachment_count,
       parsed, automatic, thread_reason, part_id, origin_id, split_root)
     VALUES (@rowid, @id, @channel_id, @thread_id, @message_id, @in_reply_to, @reference_ids, @received_at, @content_hash,
       @direction, @from_name, @from_address, @contact_id, @subject, @snippet, @sort_at, @seen, @answered, @size, @raw_hash, @html_hash, @has_remote_content,
       @attachment_count, @parsed, @automatic, @thread_reason, @part_id, @origin_id, @split_root)`,
    row,
  )
}

export type RecipientKind = 'to' | 'cc' | 'bcc' | 'reply_to'

export function insertRecipients(
  db: WritableDb,
  rowid: number,
  kind: RecipientKind,
  list: readonly Mailbox[],
): void {
  list.forEach((mailbox, position) => {
    db.run(
      'INSERT INTO message_recipients (message_rowid, kind, position, name, address) VALUES (?, ?, ?, ?, ?)',
      [rowid, kind, position, mailbox.name, mailbox.address.toLowerCase()],
    )
  })
}

export function insertText(db: WritableDb, rowid: number, text: string): void {
  db.run('INSERT INTO message_texts (message_rowid, text) VALUES (?, ?)', [rowid, text])
}

export function insertWarnings(
  db: WritableDb,
  rowid: number,
  warnings: readonly { kind: string; detail: string }[],
): void {
  warnings.forEach((warning, position) => {
    db.run('INSERT INTO message_warnings (message_rowid, position, kind, detail) VALUES (?, ?, ?, ?)', [
      rowid,
      position,
      warning.kind,
      warning.detail,
    ])
  })
}

export type AttachmentRow = {
  id: string
  message_rowid: number
  position: number
  name: string
  mime_type: string
  size: number
  inline: number
  content_id: string | null
  hash: BlobHash | null
  /** The scanner that still holds the file back, whose placeholder this is (E2). */
  held_back: string | null
}

export function insertAttachment(db: WritableDb, row: AttachmentRow): void {
  db.run(
    `INSERT INTO attachments (id, message_rowid, position, name, mime_type, size, inline, content_id, hash, held_back)
     VALUES (@id, @message_rowid, @position, @name, @mime_type, @size, @inline, @content_id, @hash, @held_back)`,
    row,
  )
}

export type IndexedFields = { subject: string; people: string; body: string; files: string }

/**
 * Puts a message into the search index. Rows of one batch come in ascending order, after everything else: FTS5 writes
 * out what it holds when a rowid falls, and when SQLite opens a savepoint for a statement that has a trigger.
 */
export function indexMessage(db: WritableDb, rowid: number, fields: IndexedFields): void {
  db.run('INSERT INTO messages_fts (rowid, subject, people, body, files) VALUES (?, ?, ?, ?, ?)', [
    rowid,
    fields.subject,
    fields.people,
    fields.body,
    fields.files,
  ])
}

/** Takes a message and all that hangs on it out again, for a second try at understanding it. */
export function deleteMessage(db: WritableDb, rowid: number): void {
  db.run('DELETE FROM messages_fts WHERE rowid = ?', [rowid])
  db.run('DELETE FROM messages WHERE rowid = ?', [rowid])
}

/** A message that turned out to be ours: the copy in Sent came after the one in INBOX. */
export const markOutgoing = (db: WritableDb, rowid: number): boolean =>
  db.run(`UPDATE messages SET direction = 'out', seen = 1 WHERE rowid = ? AND direction <> 'out'`, [rowid])
    .changes > 0

export type ThreadingRow = Pick<
  MessageRow,
  | 'rowid'
  | 'id'
  | 'message_id'
  | 'in_reply_to'
  | 'reference_ids'
  | 'received_at'
  | 'subject'
  | 'from_address'
  | 'thread_id'
>

const THREADING_COLUMNS =
  // Of a forward whoever sent it counts, not whom it was attributed to.
  `rowid, id, message_id, in_reply_to, reference_ids, received_at, subject, thread_id,
   coalesce((SELECT forwarder_address FROM forwards f WHERE f.id = messages.id), from_address) AS from_address`

/** What threading needs of a message to decide again. */
export const threadingOfMessage = (db: ReadableDb, rowid: number): ThreadingRow | undefined =>
  db.get<ThreadingRow>(`SELECT ${THREADING_COLUMNS} FROM messages WHERE rowid = ?`, [rowid])

export const threadingOfThread = (db: ReadableDb, threadId: string): ThreadingRow[] =>
  db.all<ThreadingRow>(
    `SELECT ${THREADING_COLUMNS} FROM messages INDEXED BY messages_by_thread WHERE thread_id = ? AND part_id IS NULL
     ORDER BY rowid`,
    [threadId],
  )

export function moveMessage(db: WritableDb, rowid: number, threadId: string, reason: string): void {
  db.run('UPDATE messages SET thread_id = ?, thread_reason = ? WHERE rowid = ?', [threadId, reason, rowid])
}
