import type { ReadableDb } from '../statements.ts'
import { inSight, mailFrom, mailTo, newestOnce, type MailRow } from './mail-of-people.ts'
import type { ThreadListRow } from './thread-lists.ts'

export type ContactCardRow = {
  id: string
  email: string
  name: string
  job_title: string
  phone: string
  notes: string
  company_id: string | null
  owner_id: string | null
  record_first_seen_at: number
  record_last_seen_at: number
  record_message_count: number
  company_name: string | null
  company_domain: string | null
}

/** The record that a row of contacts belongs to, with the company that its company belongs to. */
export const contactCard = (db: ReadableDb, id: string): ContactCardRow | undefined =>
  db.get<ContactCardRow>(
    `SELECT k.id, k.email, k.name, k.job_title, k.notes, k.owner_id, k.record_first_seen_at, k.record_last_seen_at,
       k.record_message_count, p.id AS company_id, p.name AS company_name, p.domain AS company_domain,
       coalesce((SELECT number FROM contact_phones WHERE contact_id = k.id AND removed_at IS NULL
         ORDER BY position, id LIMIT 1), '') AS phone
     FROM contacts c JOIN contacts k ON k.id = c.record_id
     LEFT JOIN companies o ON o.id = k.company_id LEFT JOIN companies p ON p.id = o.record_id AND p.listed = 1
     WHERE c.id = ?`,
    [id],
  )

/** One of the rows that make up a contact. */
export type PersonRow = { id: string; address: string | null }

/** Every row of the contact that a row belongs to: its mail, conversations and files are those of all of them. */
export const rowsOfContact = (db: ReadableDb, id: string): PersonRow[] =>
  db.all<PersonRow>(
    'SELECT r.id, r.address FROM contacts c CROSS JOIN contacts r ON r.record_id = c.record_id WHERE c.id = ?',
    [id],
  )

/** The record of a company with that name, whatever its case. */
export const companyNamed = (db: ReadableDb, name: string): { id: string; name: string } | undefined =>
  db.get(
    `SELECT k.id, k.name FROM companies c INDEXED BY companies_by_any_name CROSS JOIN companies k ON k.id = c.record_id
     WHERE c.name = ? COLLATE NOCASE AND k.listed = 1 ORDER BY c.domain IS NULL, k.id LIMIT 1`,
    [name],
  )

type FoundContact = { id: string; name: string; address: string; last_seen_at: number }

/** Matches that are looked at for the most recent ones among them: never the whole table. */
const LOOKED_AT = 500

/** Every address that mail can go to: one that was merged into a contact is found as that contact's. */
export const contactSearchSql = `SELECT k.id, k.name, c.address, c.last_seen_at FROM contacts_fts f
  CROSS JOIN contacts c ON c.rowid = f.rowid CROSS JOIN contacts k ON k.id = c.record_id
  WHERE contacts_fts MATCH ? AND c.address IS NOT NULL AND c.address_removed_at IS NULL AND k.listed = 1
  ORDER BY f.rowid DESC LIMIT ?`

export const newestContactsSql = `SELECT id, name, email AS address, record_last_seen_at AS last_seen_at
  FROM contacts INDEXED BY contacts_by_last_seen WHERE listed = 1 AND email <> ''
  ORDER BY record_last_seen_at DESC, id DESC LIMIT ?`

/** Contacts by the beginnings of words in name or address, most recently seen first; without words the newest ones. */
export function searchContacts(db: ReadableDb, words: readonly string[], limit: number): FoundContact[] {
  if (words.length === 0) return db.all<FoundContact>(newestContactsSql, [limit])
  const found = db.all<FoundContact>(contactSearchSql, [
    words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' '),
    LOOKED_AT,
  ])
  return found.sort((a, b) => b.last_seen_at - a.last_seen_at).slice(0, limit)
}

export const contactThreadsSql = (inboxes: number | null): string =>
  `SELECT id, inbox_id, channel_id, subject, snippet, sender_name, sender_address, contact_id, status, assignee_id,
     team_id, sort_at, message_count, unread_count, attachment_count
   FROM threads t INDEXED BY threads_by_contact WHERE contact_id = ? ${inSight(inboxes)}
   ORDER BY sort_at DESC, id DESC LIMIT ?`

/** The newest conversations of a contact, of all of its rows. */
export const contactThreads = (
  db: ReadableDb,
  people: readonly PersonRow[],
  inboxIds: readonly string[] | null,
  limit: number,
): ThreadListRow[] =>
  people
    .flatMap(({ id }) =>
      db.all<ThreadListRow>(contactThreadsSql(inboxIds?.length ?? null), [id, ...(inboxIds ?? []), limit]),
    )
    .sort((a, b) => b.sort_at - a.sort_at || (a.id < b.id ? 1 : -1))
    .slice(0, limit)

/** The newest mail with files from and to a contact, newest first. */
export function contactMailWithFiles(
  db: ReadableDb,
  people: readonly PersonRow[],
  inboxIds: readonly string[] | null,
  limit: number,
): MailRow[] {
  const what = { inboxes: inboxIds?.length ?? null, withFiles: true }
  const rest = [Number.MAX_SAFE_INTEGER, ...(inboxIds ?? []), limit]
  const rows = people.flatMap(({ id, address }) => [
    ...db.all<MailRow>(mailFrom(what), [id, ...rest]),
    ...(address === null ? [] : db.all<MailRow>(mailTo(what), [address, ...rest])),
  ])
  return newestOnce(rows, limit)
}
