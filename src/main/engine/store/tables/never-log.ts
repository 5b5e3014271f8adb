import type { ReadableDb } from '../statements.ts'

/** An entry of the Never Log list. */
export type NeverLogRow = {
  id: string
  pattern: string
  /** Null: of the whole workspace. */
  user_id: string | null
  added_by: string
  at: number
  removed_at: number | null
}

/** The workspace's entries and those of one user, by pattern. */
export const neverLogOf = (db: ReadableDb, userId: string): NeverLogRow[] =>
  db.all<NeverLogRow>(
    'SELECT * FROM never_log WHERE removed_at IS NULL AND (user_id IS NULL OR user_id = ?) ORDER BY pattern, id',
    [userId],
  )

/** An entry, removed ones too. */
export const neverLogById = (db: ReadableDb, id: string): NeverLogRow | undefined =>
  db.get<NeverLogRow>('SELECT * FROM never_log WHERE id = ?', [id])
