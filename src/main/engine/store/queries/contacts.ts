import { marks, type ReadableDb } from '../statements.ts'
import type { AttachmentRow } from './messages.ts'
import type { ThreadListRow } from './thread-lists.ts'

export type ContactCardRow = {
  id: string
  address: string
  name: string
  job_title: string
  phone: string
  notes: string
  company_id: string | null
  owner_id: string | null
  first_seen_at: number
  last_seen_at: number
  message_count: number
  company_name: string | null
  company_domain: string | null
}

export const contactCard = (db: ReadableDb, id: string): ContactCardRow | undefined =>
  db.get<ContactCardRow>(
    `SELECT c.*, p.name AS company_name, p.domain AS company_domain
     FROM contacts c LEFT JOIN companies p ON p.id = c.company_id WHERE c.id = ?`,
    [id],
  )

/** A company with that name, whatever its case. */
export const companyNamed = (db: ReadableDb, name: string): { id: string; name: string } | undefined =>
  db.get(`SELECT id, name FROM companies WHERE name = ? COLLATE NOCASE ORDER BY domain IS NULL, id LIMIT 1`, [
    name,
  ])

/** Names of companies by id. */
export const companyNames = (db: ReadableDb, ids: readonly string[]): Map<string, string> =>
  new Map(
    db
      .all<{ id: string; name: string }>(
        'SELECT id, name FROM companies WHERE id IN (SELECT value FROM json_each(?))',
        [JSON.stringify(ids)],
      )
      .map((row) => [row.id, row.name]),
  )

type FoundContact = { id: string; name: string; address: string; last_seen_at: number }

/** Matches that are looked at for the most recent ones among them: never the whole table. */
const LOOKED_AT = 500

export const contactSearchSql = `SELECT c.id, c.name, c.address, c.last_seen_at FROM contacts_fts f
  CROSS JOIN contacts c ON c.rowid = f.rowid WHERE contacts_fts MATCH ? ORDER BY f.rowid DESC LIMIT ?`

/** Contacts by the beginnings of words in name or address, most recently seen first; without words the newest ones. */
export function searchContacts(db: ReadableDb, words: readonly string[], limit: number): FoundContact[] {
  const found =
    words.length === 0
      ? db.all<FoundContact>(
          'SELECT id, name, address, last_seen_at FROM contacts ORDER BY rowid DESC LIMIT ?',
          [limit],
        )
      : db.all<FoundContact>(contactSearchSql, [
          words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' '),
          LOOKED_AT,
        ])
  return found.sort((a, b) => b.last_seen_at - a.last_seen_at).slice(0, limit)
}

/** For the inboxes that the user can see, and logged personal mail, which everyone sees on its records; or nothing for all. */
const within = (column: string, inboxes: number | null): string =>
  inboxes === null ? '' : `AND (${column} IS NULL OR ${column} IN (${marks(inboxes)}))`

export const contactThreadsSql = (inboxes: number | null): string =>
  `SELECT id, inbox_id, channel_id, subject, snippet, sender_name, sender_address, contact_id, status, assignee_id,
     team_id, sort_at, message_count, unread_count, attachment_count
   FROM threads INDEXED BY threads_by_contact WHERE contact_id = ? ${within('inbox_id', inboxes)}
   ORDER BY sort_at DESC, id DESC LIMIT ?`

export const contactThreads = (
  db: ReadableDb,
  contactId: string,
  inboxIds: readonly string[] | null,
  limit: number,
): ThreadListRow[] =>
  db.all<ThreadListRow>(contactThreadsSql(inboxIds?.length ?? null), [contactId, ...(inboxIds ?? []), limit])

export type ContactMessageRow = {
  rowid: number
  id: string
  thread_id: string
  channel_id: string
  message_id: string
  direction: 'in' | 'out'
  subject: string
  snippet: string
  sort_at: number
}

const MESSAGE =
  'm.rowid, m.id, m.thread_id, m.channel_id, m.message_id, m.direction, m.subject, m.snippet, m.sort_at'

/** Mail from the contact. */
export const mailFromSql = (inboxes: number | null, withFiles: boolean): string =>
  `SELECT ${MESSAGE} FROM messages m INDEXED BY messages_by_contact CROSS JOIN threads t ON t.id = m.thread_id
   WHERE m.contact_id = ? AND m.rowid < ? ${withFiles ? 'AND m.attachment_count > 0' : ''}
   ${within('t.inbox_id', inboxes)} ORDER BY m.rowid DESC LIMIT ?`

/** Mail to the contact's address. One who is in To and in Cc comes twice. */
export const mailToSql = (inboxes: number | null, withFiles: boolean): string =>
  `SELECT ${MESSAGE} FROM message_recipients r INDEXED BY message_recipients_address
     CROSS JOIN messages m ON m.rowid = r.message_rowid CROSS JOIN threads t ON t.id = m.thread_id
   WHERE r.address = ? AND r.message_rowid < ? AND r.kind <> 'reply_to' AND m.direction = 'out'
   ${withFiles ? 'AND m.attachment_count > 0' : ''} ${within('t.inbox_id', inboxes)}
   ORDER BY r.message_rowid DESC LIMIT ?`

/** Mail from and to a contact before a rowid, newest first. */
export function contactMail(
  db: ReadableDb,
  contact: { id: string; address: string },
  options: { before: number; inboxIds: readonly string[] | null; limit: number; withFiles?: boolean },
): ContactMessageRow[] {
  const { before, inboxIds, limit, withFiles = false } = options
  const inboxes = inboxIds?.length ?? null
  const rest = [before, ...(inboxIds ?? []), limit]
  const rows = [
    ...db.all<ContactMessageRow>(mailFromSql(inboxes, withFiles), [contact.id, ...rest]),
    // Twice the limit, because somebody can be in To and in Cc of each.
    ...db.all<ContactMessageRow>(mailToSql(inboxes, withFiles), [
      contact.address,
      before,
      ...(inboxIds ?? []),
      limit * 2,
    ]),
  ]
  const once = new Map(rows.map((row) => [row.rowid, row]))
  return [...once.values()].sort((a, b) => b.rowid - a.rowid).slice(0, limit)
}

export type ContactAttachmentRow = AttachmentRow & { thread_id: string; sort_at: number }

/** Conversations of one contact whose comments and history are looked at. */
const THREADS_LOOKED_AT = 2000

const contactThreadIds = (inboxes: number | null): string =>
  `(SELECT id, subject FROM threads INDEXED BY threads_by_contact WHERE contact_id = ?
    ${within('inbox_id', inboxes)} ORDER BY sort_at DESC, id DESC LIMIT ${THREADS_LOOKED_AT})`

export type ContactCommentRow = {
  id: string
  thread_id: string
  author_id: string
  text: string
  at: number
  thread_subject: string
}

/** Comments on the contact's conversations, newest first. */
export const contactComments = (
  db: ReadableDb,
  contactId: string,
  options: { before: { at: number; id: string }; inboxIds: readonly string[] | null; limit: number },
): ContactCommentRow[] =>
  db.all<ContactCommentRow>(
    `SELECT c.id, c.thread_id, c.author_id, c.text, c.at, t.subject AS thread_subject
     FROM ${contactThreadIds(options.inboxIds?.length ?? null)} t
     CROSS JOIN comments c INDEXED BY comments_by_thread ON c.thread_id = t.id
     WHERE (c.at, c.id) < (?, ?) ORDER BY c.at DESC, c.id DESC LIMIT ?`,
    [contactId, ...(options.inboxIds ?? []), options.before.at, options.before.id, options.limit],
  )

export type ContactHistoryRow = {
  seq: number
  id: string
  actor_id: string | null
  entity_id: string
  change: string
  at: number
  thread_subject: string
}

/** What was done to the contact's conversations, newest first. */
export const contactThreadHistory = (
  db: ReadableDb,
  contactId: string,
  options: { before: number; inboxIds: readonly string[] | null; limit: number },
): ContactHistoryRow[] =>
  db.all<ContactHistoryRow>(
    `SELECT o.seq, o.id, o.actor_id, o.entity_id, o.change, o.at, t.subject AS thread_subject
     FROM ${contactThreadIds(options.inboxIds?.length ?? null)} t
     CROSS JOIN ops o INDEXED BY ops_by_entity ON o.entity = 'thread' AND o.entity_id = t.id
     WHERE o.kind = 'set' AND o.seq < ? ORDER BY o.seq DESC LIMIT ?`,
    [contactId, ...(options.inboxIds ?? []), options.before, options.limit],
  )
