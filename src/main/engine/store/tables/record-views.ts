import type { RecordType } from '../../../../contract/records.ts'
import type { ReadableDb } from '../statements.ts'

export type RecordViewRow = {
  id: string
  record_type: RecordType
  name: string
  /** Null: everybody's. */
  owner_id: string | null
  /** ListSettings of the contract as JSON. */
  settings: string
  created_at: number
  removed_at: number | null
}

/** A user's own views of a type and those of everybody, in the order in which they were made. */
export const recordViewsOf = (db: ReadableDb, type: RecordType, userId: string): RecordViewRow[] =>
  db.all<RecordViewRow>(
    `SELECT * FROM record_views INDEXED BY record_views_by_type
     WHERE record_type = ? AND removed_at IS NULL AND (owner_id IS NULL OR owner_id = ?) ORDER BY created_at, id`,
    [type, userId],
  )

export const recordViewById = (db: ReadableDb, id: string): RecordViewRow | undefined =>
  db.get<RecordViewRow>('SELECT * FROM record_views WHERE id = ?', [id])
