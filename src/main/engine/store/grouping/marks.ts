import type { WritableDb } from '../statements.ts'
import { shownIn } from './structure.ts'

/** The sets of a thread, and the tables that lists walk. */
const MARKS = [
  { set: 'tags', table: 'thread_tags', mark: 'tag_id' },
  { set: 'followers', table: 'thread_followers', mark: 'user_id' },
] as const

/**
 * Puts right the tags and followers of a conversation: its own and those of all that is shown as part of it. Of each the
 * last word counts, whichever of them it was said about; what was taken apart again has its own.
 */
export function refreshMarks(db: WritableDb, conversation: string): void {
  if (!db.get('SELECT 1 FROM threads WHERE id = ?', [conversation])) return
  const ids = JSON.stringify([conversation, ...shownIn(db, conversation)])
  for (const { set, table, mark } of MARKS) {
    // SQLite takes the other columns of a group from the row that has its max().
    const said = `SELECT substr(f.field, ${set.length + 2}) AS member, f.value AS said, max(f.hlc) FROM json_each(?2) j
      CROSS JOIN field_clocks f ON f.entity = 'thread' AND f.entity_id = j.value
        AND f.field > '${set}:' AND f.field < '${set};'
      GROUP BY f.field`
    db.run(
      `DELETE FROM ${table} WHERE thread_id = ?1 AND ${mark} NOT IN (SELECT member FROM (${said}) WHERE said = 1)`,
      [conversation, ids],
    )
    db.run(
      `INSERT OR IGNORE INTO ${table} (thread_id, ${mark}) SELECT ?1, member FROM (${said}) WHERE said = 1`,
      [conversation, ids],
    )
  }
}
