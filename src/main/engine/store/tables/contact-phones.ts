import type { ReadableDb } from '../statements.ts'

export type ContactPhoneRow = {
  id: string
  contact_id: string
  /** E.164, or as it was written where it is no number. */
  number: string
  label: string
  position: number
  removed_at: number | null
}

/** The phones of a record and of all that was merged into it, in their order, its own before others; each number once. */
export function phonesOf(db: ReadableDb, recordId: string): ContactPhoneRow[] {
  const rows = db.all<ContactPhoneRow>(
    `SELECT p.* FROM contacts c INDEXED BY contacts_by_record
       CROSS JOIN contact_phones p INDEXED BY contact_phones_by_contact ON p.contact_id = c.id
     WHERE c.record_id = ?1 AND p.removed_at IS NULL ORDER BY p.position, c.id <> ?1, p.id`,
    [recordId],
  )
  return [...new Map(rows.toReversed().map((row) => [row.number, row])).values()].reverse()
}

/** Every phone that a contact's row ever had, those taken away too. */
export const allPhonesOf = (db: ReadableDb, contactId: string): ContactPhoneRow[] =>
  db.all<ContactPhoneRow>(
    'SELECT * FROM contact_phones INDEXED BY contact_phones_by_contact WHERE contact_id = ? ORDER BY position, id',
    [contactId],
  )

/** The first phone of each of some records. */
export const firstPhones = (db: ReadableDb, recordIds: readonly string[]): Map<string, string> =>
  new Map(
    db
      .all<{ record_id: string; number: string }>(
        `SELECT c.record_id, p.number FROM json_each(?) o
           CROSS JOIN contacts c INDEXED BY contacts_by_record ON c.record_id = o.value
           CROSS JOIN contact_phones p INDEXED BY contact_phones_by_contact ON p.contact_id = c.id
         WHERE p.removed_at IS NULL ORDER BY p.position DESC, c.id = c.record_id, p.id DESC`,
        [JSON.stringify(recordIds)],
      )
      // The last one of each stays, which is the first by position.
      .map((row) => [row.record_id, row.number]),
  )
