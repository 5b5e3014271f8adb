import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import { derive } from '../derive.ts'
import { applyHeld, type OpEntity } from '../ops.ts'
import { refreshContactName, refreshRecordTotals } from '../record-totals.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

/** One row: a contact, one that was merged into another, or an additional address of one. */
export type ContactRow = {
  id: string
  /** Null for somebody who has no address, or none of their own. */
  address: string | null
  name: string
  first_name: string
  last_name: string
  /** What the mail said. */
  seen_name: string
  job_title: string
  notes: string
  company_id: string | null
  owner_id: string | null
  lifecycle_stage: string
  consent: string
  /** 0 for one that mail made. */
  created_at: number
  removed_at: number | null
  primary_address: string | null
  address_removed_at: number | null
  merged_into: string | null
  merged_at: number | null
  is_alias: number
  /** The record that it belongs to: its own id, unless it was merged. */
  record_id: string
  /** 1 where lists and searches show it. */
  listed: number
  /** The record's primary address, or empty. */
  email: string
  /** 0 for never. The record's own are with those of everything that was merged into it. */
  first_seen_at: number
  last_seen_at: number
  message_count: number
  record_first_seen_at: number
  record_last_seen_at: number
  record_message_count: number
  bounced_at: number | null
  bounce_reason: string
}

/** The id of the contact with an address: the same on every machine. */
export const contactIdOf = (address: string): string => uuidV5(NAMESPACE.contact, address.toLowerCase())

/** The id of the company with a domain: the same on every machine. */
export const companyIdOf = (domain: string): string => uuidV5(NAMESPACE.company, domain.toLowerCase())

export const contactById = (db: ReadableDb, id: string): ContactRow | undefined =>
  db.get<ContactRow>('SELECT * FROM contacts WHERE id = ?', [id])

/** The record that a contact belongs to now, which may be itself. */
export const contactRecord = (db: ReadableDb, id: string): ContactRow | undefined =>
  db.get<ContactRow>('SELECT * FROM contacts WHERE id = (SELECT record_id FROM contacts WHERE id = ?)', [id])

/** The rows of a record, itself first, then what was merged into it in the order of its making. */
export const contactRows = (db: ReadableDb, recordId: string): ContactRow[] =>
  db.all<ContactRow>(
    `SELECT * FROM contacts INDEXED BY contacts_by_record WHERE record_id = ?1
     ORDER BY id <> ?1, coalesce(merged_at, 0), id`,
    [recordId],
  )

/** A row that mail made: what people decided about it before it was here is taken from the ops (fault 50). */
function arrived(db: WritableDb, entity: Extract<OpEntity, 'contact' | 'company'>, id: string): void {
  applyHeld(db, entity, id)
  derive(db, entity, id, null)
}

/** A row, with the totals of its record. */
type Known = Pick<
  ContactRow,
  | 'seen_name'
  | 'message_count'
  | 'company_id'
  | 'record_id'
  | 'record_first_seen_at'
  | 'record_last_seen_at'
  | 'listed'
>

const SEEN = `SELECT seen_name, message_count, company_id, record_id, record_first_seen_at, record_last_seen_at, listed
  FROM contacts WHERE id = ?`

/** Two look-ups where there are two rows, which is seldom: a statement over one row costs a fraction of a join. */
function knownContact(db: ReadableDb, id: string): Known | undefined {
  const row = db.get<Known>(SEEN, [id])
  if (!row || row.record_id === id) return row
  const record = db.get<Known>(SEEN, [row.record_id])
  if (!record) return row
  const { record_first_seen_at, record_last_seen_at, listed } = record
  return { ...row, record_first_seen_at, record_last_seen_at, listed }
}

/**
 * Notes that mail went between us and an address: makes the contact if missing, fills an empty name, and counts.
 * What a person wrote into a field is never overwritten by mail.
 * @param sighting.companyOf  asked where mail is the first to say something about the contact
 * @returns the id of the address's own row, of the record that it belongs to, and whether the row is new
 */
export function seeContact(
  db: WritableDb,
  sighting: { address: string; name: string; at: number; companyOf(): string | null; messages: number },
): { id: string; recordId: string; isNew: boolean } {
  const address = sighting.address.toLowerCase()
  const id = contactIdOf(address)
  const known = knownContact(db, id)
  if (known) {
    seeAgain(db, id, known, sighting)
    return { id, recordId: known.record_id, isNew: false }
  }
  db.run(
    `INSERT INTO contacts (id, address, email, name, seen_name, company_id, first_seen_at, last_seen_at, message_count,
       record_id, record_first_seen_at, record_last_seen_at, record_message_count)
     VALUES (?1, ?2, ?2, ?3, ?3, ?4, ?5, ?5, ?6, ?1, ?5, ?5, ?6)`,
    [id, address, sighting.name, sighting.companyOf(), sighting.at, sighting.messages],
  )
  arrived(db, 'contact', id)
  const { record_id } = db.get<{ record_id: string }>('SELECT record_id FROM contacts WHERE id = ?', [id])!
  return { id, recordId: record_id, isNew: true }
}

/**
 * What is indexed is written apart and seldom: a statement that names an indexed column costs as much as a whole message,
 * whatever it changes.
 */
function seeAgain(
  db: WritableDb,
  id: string,
  known: Known,
  sighting: { name: string; at: number; companyOf(): string | null; messages: number },
): void {
  const { at, messages } = sighting
  const counted = `first_seen_at = iif(first_seen_at = 0, ?2, min(first_seen_at, ?2)),
    last_seen_at = max(last_seen_at, ?2), message_count = message_count + ?3`
  const ofRecord = `record_first_seen_at = iif(record_first_seen_at = 0, ?2, min(record_first_seen_at, ?2)),
    record_message_count = record_message_count + ?3`
  if (known.record_id === id)
    db.run(`UPDATE contacts SET ${counted}, ${ofRecord} WHERE id = ?1`, [id, at, messages])
  else {
    db.run(`UPDATE contacts SET ${counted} WHERE id = ?1`, [id, at, messages])
    db.run(
      `UPDATE contacts SET record_first_seen_at = first_seen_at, record_last_seen_at = last_seen_at,
         record_message_count = message_count WHERE id = ?`,
      [id],
    )
    db.run(`UPDATE contacts SET ${ofRecord} WHERE id = ?1`, [known.record_id, at, messages])
  }
  if (at > known.record_last_seen_at)
    db.run('UPDATE contacts SET record_last_seen_at = ? WHERE id = ?', [at, known.record_id])
  // Made by hand before there was mail: as if the mail had been first.
  if (known.message_count === 0) {
    const company = sighting.companyOf()
    if (known.company_id === null && !isWritten(db, id, 'company_id'))
      db.run('UPDATE contacts SET company_id = ? WHERE id = ?', [company, id])
  }
  // Somebody who was removed and is in touch all the same is shown again.
  if (known.listed === 0) refreshRecordTotals(db, 'contacts', known.record_id)
  if (known.seen_name === '' && sighting.name !== '') {
    db.run('UPDATE contacts SET seen_name = ? WHERE id = ?', [sighting.name, id])
    refreshContactName(db, id)
  }
}

/** Whether an op ever said what is in a field. */
const isWritten = (db: ReadableDb, id: string, field: string): boolean =>
  db.get(`SELECT 1 FROM field_clocks WHERE entity = 'contact' AND entity_id = ? AND field = ?`, [
    id,
    field,
  ]) !== undefined

/** The company of a domain, made if missing. @returns the id of the domain's own row */
export function companyOfDomain(db: WritableDb, domain: string, name: string, at: number): string {
  const id = companyIdOf(domain)
  const made = db.run(
    'INSERT OR IGNORE INTO companies (id, name, domain, created_at, record_id) VALUES (?1, ?2, ?3, ?4, ?1)',
    [id, name, domain, at],
  )
  if (made.changes > 0) arrived(db, 'company', id)
  return id
}
