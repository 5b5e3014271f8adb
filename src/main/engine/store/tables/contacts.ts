import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

export type ContactRow = {
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
}

/** The id of the contact with an address: the same on every machine. */
export const contactIdOf = (address: string): string => uuidV5(NAMESPACE.contact, address.toLowerCase())

export const contactById = (db: ReadableDb, id: string): ContactRow | undefined =>
  db.get<ContactRow>('SELECT * FROM contacts WHERE id = ?', [id])

/**
 * Notes that mail went between us and an address: makes the contact if missing, fills an empty name, and counts.
 * What a person wrote into a field is never overwritten by mail.
 * @param sighting.companyOf  asked for a new contact only
 * @returns the contact's id, and whether the row is new
 */
export function seeContact(
  db: WritableDb,
  sighting: { address: string; name: string; at: number; companyOf(): string | null; messages: number },
): { id: string; isNew: boolean } {
  const address = sighting.address.toLowerCase()
  const id = contactIdOf(address)
  const known = db.get<{ name: string }>('SELECT name FROM contacts WHERE id = ?', [id])
  if (known) {
    db.run(
      `UPDATE contacts SET first_seen_at = min(first_seen_at, ?2), last_seen_at = max(last_seen_at, ?2),
         message_count = message_count + ?3 WHERE id = ?1`,
      [id, sighting.at, sighting.messages],
    )
    // Apart and seldom: a statement that names an indexed column costs as much as a whole message, whatever it changes.
    if (known.name === '' && sighting.name !== '')
      db.run('UPDATE contacts SET name = ? WHERE id = ?', [sighting.name, id])
    return { id, isNew: false }
  }
  db.run(
    `INSERT INTO contacts (id, address, name, company_id, first_seen_at, last_seen_at, message_count)
     VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)`,
    [id, address, sighting.name, sighting.companyOf(), sighting.at, sighting.messages],
  )
  return { id, isNew: true }
}

/** The company of a domain, made if missing. */
export function companyOfDomain(db: WritableDb, domain: string, name: string, at: number): string {
  const id = uuidV5(NAMESPACE.company, domain)
  db.run('INSERT OR IGNORE INTO companies (id, name, domain, created_at) VALUES (?, ?, ?, ?)', [
    id,
    name,
    domain,
    at,
  ])
  return id
}
