import type { ReadableDb } from '../statements.ts'

export type ThreadViewRow = {
  id: string
  name: string
  /** Null: everybody's. */
  owner_id: string | null
  /** ThreadViewSettings of the contract as JSON. */
  settings: string
  /** Lower comes first. */
  position: number
  created_at: number
  removed_at: number | null
}

/** A user's own views and those of everybody, in their order. */
export const threadViewsOf = (db: ReadableDb, userId: string): ThreadViewRow[] =>
  db.all<ThreadViewRow>(
    `SELECT * FROM thread_views WHERE removed_at IS NULL AND (owner_id IS NULL OR owner_id = ?)
     ORDER BY position, created_at, id`,
    [userId],
  )

/** Also one that was removed, and somebody else's. */
export const threadViewById = (db: ReadableDb, id: string): ThreadViewRow | undefined =>
  db.get<ThreadViewRow>('SELECT * FROM thread_views WHERE id = ?', [id])
