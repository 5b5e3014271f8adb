import type { ReadableDb, WritableDb } from './statements.ts'

/**
 * Which record a row of contacts or companies belongs to. `merged_into` (ops) says in which row it lives now; the
 * derived `record_id` is the end of that chain, so that everything of a record is found by one look-up.
 */

export type MergeableTable = 'contacts' | 'companies'

/** An additional address that was taken away is nobody's: it is a record of its own, which was removed. */
const STANDS = '(r.is_alias = 0 OR r.removed_at IS NULL)'

/**
 * The surviving record of a row: the end of the chain of `merged_into`, as far as its rows are here. Two machines that
 * merge two records into each other at once make a circle; then the smallest id of it survives, on both.
 */
export function recordIdOf(db: ReadableDb, table: MergeableTable, id: string): string {
  const chain: string[] = [id]
  for (;;) {
    // Nearly every row is its own record: one look-up says so, and a join costs several times as much.
    const into = db.get<{ merged_into: string | null }>(
      `SELECT r.merged_into FROM ${table} r WHERE r.id = ? AND ${STANDS}`,
      [chain.at(-1)!],
    )?.merged_into
    const next = into && db.get<{ id: string }>(`SELECT id FROM ${table} WHERE id = ?`, [into])?.id
    if (!next) return chain.at(-1)!
    const circle = chain.indexOf(next)
    if (circle >= 0) return chain.slice(circle).reduce((a, b) => (a < b ? a : b))
    chain.push(next)
  }
}

/** Every row whose chain leads to one: those are what a change of its own `merged_into` moves. */
const LEADING = (table: MergeableTable): string => `WITH RECURSIVE leading (id) AS (
  SELECT ?1 UNION SELECT r.id FROM leading CROSS JOIN ${table} r INDEXED BY ${table}_merged
    ON r.merged_into = leading.id AND ${STANDS})`

/**
 * Puts `record_id` right after a row was made or its `merged_into` changed, in the same transaction, for it and for all
 * that was merged into it. What the rows were and in which order the changes came leaves no trace.
 * @returns the records that gained or lost rows by it; none when nothing changed
 */
export function refreshRecordIds(db: WritableDb, table: MergeableTable, id: string): string[] {
  // An op may be about a row that is not here yet: those that lead to it end where they did.
  if (!db.get(`SELECT 1 FROM ${table} WHERE id = ?`, [id])) return []
  const recordId = recordIdOf(db, table, id)
  const moved = db.all<{ id: string; record_id: string }>(
    `${LEADING(table)} SELECT r.id, r.record_id FROM leading CROSS JOIN ${table} r ON r.id = leading.id
     WHERE r.record_id <> ?2`,
    [id, recordId],
  )
  for (const row of moved) db.run(`UPDATE ${table} SET record_id = ? WHERE id = ?`, [recordId, row.id])
  return moved.length === 0 ? [] : [...new Set([recordId, ...moved.map((row) => row.record_id)])]
}
