import { marks, type ReadableDb } from '../../statements.ts'

/** What belongs to records by a column of its own. */

const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id)

/** Contacts of a company by name. @param companyIds all rows of the company */
export const contactsOfCompany = (db: ReadableDb, companyIds: readonly string[], limit: number): string[] =>
  ids(
    companyIds.flatMap((companyId) =>
      db.all<{ id: string }>(
        `SELECT id FROM contacts INDEXED BY contacts_by_company WHERE company_id = ? AND listed = 1
         ORDER BY name COLLATE NOCASE, id LIMIT ?`,
        [companyId, limit],
      ),
    ),
  ).slice(0, limit)

/** Deals of a company by their close date. */
export const dealsOfCompany = (db: ReadableDb, companyIds: readonly string[], limit: number): string[] =>
  ids(
    companyIds.flatMap((companyId) =>
      db.all<{ id: string }>(
        `SELECT id FROM deals INDEXED BY deals_by_company WHERE company_id = ? AND removed_at IS NULL
         ORDER BY close_date DESC, id LIMIT ?`,
        [companyId, limit],
      ),
    ),
  ).slice(0, limit)

/** Tickets of a contact, newest first. @param contactIds all rows of the contact */
export const ticketsOfContact = (db: ReadableDb, contactIds: readonly string[], limit: number): string[] =>
  ids(
    db.all<{ id: string }>(
      `SELECT id FROM tickets WHERE contact_id IN (${marks(contactIds.length)}) AND removed_at IS NULL
       ORDER BY created_at DESC, id LIMIT ?`,
      [...contactIds, limit],
    ),
  )
