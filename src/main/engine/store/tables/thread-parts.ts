import type { ReadableDb } from '../statements.ts'

/** A thread that is not shown by itself: what makes its row again (store/grouping). */
export type ThreadPartRow = {
  id: string
  inbox_id: string | null
  user_id: string | null
  channel_id: string
  root_message_id: string
}

export const threadPartById = (db: ReadableDb, id: string): ThreadPartRow | undefined =>
  db.get<ThreadPartRow>('SELECT * FROM thread_parts WHERE id = ?', [id])
