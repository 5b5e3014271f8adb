import type { MergeableTable } from '../record-ids.ts'
import type { ReadableDb } from '../statements.ts'

/** The record that a row belongs to now, which may be itself. */
export const recordOfRow = (
  db: ReadableDb,
  table: MergeableTable,
  id: string,
): { id: string; listed: number; merged_into: string | null } | undefined =>
  db.get(
    `SELECT k.id, k.listed, k.merged_into FROM ${table} r CROSS JOIN ${table} k ON k.id = r.record_id WHERE r.id = ?`,
    [id],
  )

/** The ids of the rows of a record. */
const ROWS = (table: MergeableTable): string =>
  `SELECT id FROM ${table} INDEXED BY ${table}_by_record WHERE record_id = ?1`

/** How much of each kind a record brings along. */
export type Belongings = { addresses: string[]; messages: number; entries: number; associations: number }

/** Notes, calls and tasks on any row of a record. */
const ENTRIES = (table: MergeableTable): string =>
  (['notes', 'calls', 'tasks'] as const)
    .map(
      (entries) => `(SELECT count(*) FROM (${ROWS(table)}) r
        CROSS JOIN ${entries} e INDEXED BY ${entries}_by_record ON e.record_id = r.id WHERE e.removed_at IS NULL)`,
    )
    .join(' + ')

const ASSOCIATIONS = (table: MergeableTable): string =>
  (['a', 'b'] as const)
    .map(
      (end) => `(SELECT count(*) FROM (${ROWS(table)}) r
        CROSS JOIN associations l INDEXED BY associations_${end} ON l.${end}_id = r.id AND l.${end}_type = ?2
        WHERE l.removed_at IS NULL)`,
    )
    .join(' + ')

export const belongingsSql = (table: MergeableTable): string =>
  `SELECT ${ENTRIES(table)} AS entries, ${ASSOCIATIONS(table)} AS associations,
     ${
       table === 'contacts'
         ? '(SELECT record_message_count FROM contacts WHERE id = ?1)'
         : `(SELECT coalesce(sum(c.record_message_count), 0) FROM (${ROWS(table)}) r
             CROSS JOIN contacts c INDEXED BY contacts_by_company ON c.company_id = r.id WHERE c.listed = 1)`
     } AS messages`

/** What comes over when a record is merged: addresses (of a company its domains), mail, entries, associations. */
export function belongingsOf(
  db: ReadableDb,
  table: MergeableTable,
  type: 'contact' | 'company',
  id: string,
): Belongings {
  const counts = db.get<Omit<Belongings, 'addresses'>>(belongingsSql(table), [id, type])!
  const address = table === 'contacts' ? 'address' : 'domain'
  const addresses = db
    .all<{ address: string }>(
      `SELECT DISTINCT ${address} AS address FROM ${table} INDEXED BY ${table}_by_record
       WHERE record_id = ?1 AND ${address} IS NOT NULL
       ${table === 'contacts' ? 'AND address_removed_at IS NULL' : ''} ORDER BY id <> ?1, ${address}`,
      [id],
    )
    .map((row) => row.address)
  return { ...counts, addresses }
}
