import type { BlobHash } from '../blobs.ts'
import { marks, type ReadableDb } from '../statements.ts'

/** A contact that mail can go to: how often it was in mail, and when lastly (ms). */
export type KnownAddress = { name: string; address: string; count: number; at: number }

export const latestContactsSql = `SELECT name, email AS address, record_message_count AS count, record_last_seen_at AS at
  FROM contacts INDEXED BY contacts_by_last_seen WHERE listed = 1 AND email <> ''
  ORDER BY record_last_seen_at DESC, id DESC LIMIT ?`

/** Those last in touch with. */
export const latestContacts = (db: ReadableDb, limit: number): KnownAddress[] =>
  db.all<KnownAddress>(latestContactsSql, [limit])

export const contactsMatchingSql = `SELECT k.name, c.address, c.message_count AS count, c.last_seen_at AS at
  FROM contacts_fts f CROSS JOIN contacts c ON c.rowid = f.rowid CROSS JOIN contacts k ON k.id = c.record_id
  WHERE contacts_fts MATCH ? AND c.address IS NOT NULL AND c.address_removed_at IS NULL AND k.listed = 1
  ORDER BY f.rowid DESC LIMIT ?`

/** Every address that matches, the newest acquaintances first; one that was merged into a contact is that contact's. */
export const contactsMatching = (db: ReadableDb, match: string, limit: number): KnownAddress[] =>
  db.all<KnownAddress>(contactsMatchingSql, [match, limit])

export const companiesMatchingSql = `SELECT DISTINCT k.id, k.name FROM companies_fts f
  CROSS JOIN companies c ON c.rowid = f.rowid CROSS JOIN companies k ON k.id = c.record_id
  WHERE companies_fts MATCH ? AND k.listed = 1 LIMIT ?`

export const companiesMatching = (
  db: ReadableDb,
  match: string,
  limit: number,
): { id: string; name: string }[] => db.all(companiesMatchingSql, [match, limit])

export const companyPeopleSql = `SELECT k.name, k.email AS address FROM companies c INDEXED BY companies_by_record
  CROSS JOIN contacts k INDEXED BY contacts_by_company ON k.company_id = c.id
  WHERE c.record_id = ? AND k.listed = 1 AND k.email <> '' LIMIT ?`

/** The contacts of a company that can be written to, by name. */
export const companyPeople = (
  db: ReadableDb,
  companyId: string,
  limit: number,
): { name: string; address: string }[] =>
  db
    .all<{ name: string; address: string }>(companyPeopleSql, [companyId, limit])
    .sort((a, b) => a.name.localeCompare(b.name))

export type LastMailRow = { raw_hash: BlobHash; from_name: string; sort_at: number }

/** What was forwarded carries the date of who forwarded it, what is automatic that of a server. */
export const lastMailSql = (inboxes: number | null): string =>
  `SELECT m.raw_hash, m.from_name, m.sort_at FROM messages m INDEXED BY messages_by_contact
     CROSS JOIN threads t ON t.id = m.thread_id
   WHERE m.contact_id = ? AND m.direction = 'in' AND m.automatic IS NULL
     ${inboxes === null ? '' : `AND (t.inbox_id IS NULL OR t.inbox_id IN (${marks(inboxes)}))`}
     AND NOT EXISTS (SELECT 1 FROM forwards f WHERE f.id = m.id)
   ORDER BY m.rowid DESC LIMIT 1`

/** The last mail that somebody wrote, of all rows of that contact. @param inboxIds  null for every inbox */
export function rawOfLastMail(
  db: ReadableDb,
  contactIds: readonly string[],
  inboxIds: readonly string[] | null,
): LastMailRow | undefined {
  return contactIds
    .flatMap((id) => db.all<LastMailRow>(lastMailSql(inboxIds?.length ?? null), [id, ...(inboxIds ?? [])]))
    .sort((a, b) => b.sort_at - a.sort_at)[0]
}
