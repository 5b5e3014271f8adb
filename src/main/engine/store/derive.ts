import { refreshAuthor } from './authors.ts'
import { refreshRecordIds } from './record-ids.ts'
import { refreshContactName, refreshOldPhone, refreshRecordTotals } from './record-totals.ts'
import type { WritableDb } from './statements.ts'

const MERGES = ['merged_into', 'removed_at', 'is_alias']
const NAMES = ['name', 'first_name', 'last_name']
/** What decides whether lists show a record, and its primary address. */
const TOTALS = ['removed_at', 'primary_address', 'address_removed_at', 'is_alias']

/**
 * What follows from an op beyond the columns that it sets, in the same transaction and whichever way the op came: just
 * made, from another machine, or held until its row was here.
 * @param fields  the columns that were set; null when the row is new
 */
export function derive(db: WritableDb, entity: string, id: string, fields: readonly string[] | null): void {
  if (entity === 'forward') refreshAuthor(db, id)
  if (entity !== 'contact' && entity !== 'company') return
  const table = entity === 'contact' ? 'contacts' : 'companies'
  const sets = (names: readonly string[]): boolean =>
    fields === null || names.some((name) => fields.includes(name))
  const records = new Set(sets(MERGES) ? refreshRecordIds(db, table, id) : [])
  if (sets(TOTALS)) {
    const row = db.get<{ record_id: string }>(`SELECT record_id FROM ${table} WHERE id = ?`, [id])
    if (row) records.add(row.record_id)
  }
  for (const record of records) refreshRecordTotals(db, table, record)
  if (entity !== 'contact') return
  if (sets(NAMES)) refreshContactName(db, id)
  if (sets(['phone'])) refreshOldPhone(db, id)
}
