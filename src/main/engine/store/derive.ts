import { refreshAuthor } from './authors.ts'
import { followGrouping } from './grouping/follow.ts'
import { refreshRecordIds, type MergeableTable } from './record-ids.ts'
import { refreshContactName, refreshOldPhone, refreshRecordTotals } from './record-totals.ts'
import type { WritableDb } from './statements.ts'
import { followSpam } from './tables/junk-moves.ts'

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
  if (entity === 'thread' && fields?.includes('status')) followSpam(db, id)
  followGrouping(db, entity, id, fields)
  if (entity !== 'contact' && entity !== 'company') return
  const table = entity === 'contact' ? 'contacts' : 'companies'
  const changed = fields ?? fieldsSaid(db, table, id)
  const sets = (names: readonly string[]): boolean => names.some((name) => changed.includes(name))
  // A new row may be what others were merged into before it was here.
  const records = new Set(fields === null || sets(MERGES) ? refreshRecordIds(db, table, id) : [])
  if (sets(TOTALS)) {
    const row = db.get<{ record_id: string }>(`SELECT record_id FROM ${table} WHERE id = ?`, [id])
    if (row) records.add(row.record_id)
  }
  for (const record of records) refreshRecordTotals(db, table, record)
  if (entity !== 'contact') return
  if (sets(NAMES)) refreshContactName(db, id)
  if (sets(['phone'])) refreshOldPhone(db, id)
}

/** What a new row has of all this: nearly always nothing, so that thousands are made quickly. */
function fieldsSaid(db: WritableDb, table: MergeableTable, id: string): string[] {
  const row =
    db.get<Record<string, string | number | null>>(`SELECT * FROM ${table} WHERE id = ?`, [id]) ?? {}
  return [...NAMES, ...TOTALS, 'phone'].filter(
    (name) => row[name] !== null && row[name] !== '' && row[name] !== 0,
  )
}
