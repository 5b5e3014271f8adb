import type { ReadableDb } from '../statements.ts'

/** Records that a row of a file may be about, where no address or domain says so. At most two: one is a match. */

/** Contacts with a phone number, as it is stored. */
export const contactsWithPhone = (db: ReadableDb, number: string): string[] =>
  ids(
    db.all(
      `SELECT DISTINCT k.id FROM contact_phones p INDEXED BY contact_phones_by_number
         CROSS JOIN contacts c ON c.id = p.contact_id CROSS JOIN contacts k ON k.id = c.record_id
       WHERE p.number = ? AND p.removed_at IS NULL AND k.listed = 1 LIMIT 2`,
      [number],
    ),
  )

/** Contacts of a name that have no address. */
export const contactsNamed = (db: ReadableDb, name: string): string[] =>
  ids(
    db.all(
      `SELECT id FROM contacts INDEXED BY contacts_by_name
       WHERE listed = 1 AND name = ? COLLATE NOCASE AND email = '' LIMIT 2`,
      [name],
    ),
  )

/** Deals of a name with a company, or with none. */
export const dealsNamed = (db: ReadableDb, name: string, companyId: string | null): string[] =>
  ids(
    db.all(
      `SELECT id FROM deals INDEXED BY deals_by_name
       WHERE removed_at IS NULL AND name = ? COLLATE NOCASE AND company_id IS ? LIMIT 2`,
      [name, companyId],
    ),
  )

const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id)
