import { refreshRecordIds } from './record-ids.ts'
import type { WritableDb } from './statements.ts'

/**
 * What follows from an op beyond the columns that it sets, in the same transaction and whichever way the op came: just
 * made, from another machine, or held until its row was here.
 * @param fields  the columns that were set; null when the row is new
 */
export function derive(db: WritableDb, entity: string, id: string, fields: readonly string[] | null): void {
  if (entity !== 'contact' && entity !== 'company') return
  const table = entity === 'contact' ? 'contacts' : 'companies'
  if (fields === null || fields.includes('merged_into')) refreshRecordIds(db, table, id)
}
