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
