import type { WritableDb } from '../statements.ts'
import { shownIn } from './structure.ts'

/** The sets of a thread, and the tables that lists walk. */
const MARKS = [
  { set: 'tags', table: 'thread_tags', mark: 'tag_id' },
  { set: 'followers', table: 'thread_followers', mark: 'user_id' },
] as const

type Word = { node: string; member: string; said: number; hlc: string }

const wordsSql = (set: string): string => `
  SELECT coalesce(o.thread_id, j.value) AS node, substr(f.field, ${set.length + 2}) AS member, f.value AS said, f.hlc
  FROM json_each(?) j LEFT JOIN thread_folds o ON o.alias_id = j.value
  CROSS JOIN field_clocks f ON f.entity = 'thread' AND f.entity_id = j.value
    AND f.field > '${set}:' AND f.field < '${set};'`

/**
 * Puts right the tags and followers of a conversation: its own and those of all that is shown as part of it. A mark that was
 * taken off the conversation since is off, whichever part had it; one that was taken off a part, when that was by itself,
 * is off that part alone. What was taken apart again has its own.
 */
export function refreshMarks(db: WritableDb, conversation: string): void {
  if (!db.get('SELECT 1 FROM threads WHERE id = ?', [conversation])) return
  const ids = JSON.stringify([conversation, ...shownIn(db, conversation)])
  for (const { set, table, mark } of MARKS) {
    const words = db.all<Word>(wordsSql(set), [ids])
    const isOff = (on: Word): boolean =>
      words.some(
        (off) =>
          off.said !== 1 &&
          off.member === on.member &&
          off.hlc > on.hlc &&
          (off.node === on.node || off.node === conversation),
      )
    const on = words.filter((word) => word.said === 1 && !isOff(word)).map(({ member }) => member)
    const members = JSON.stringify(on)
    db.run(`DELETE FROM ${table} WHERE thread_id = ? AND ${mark} NOT IN (SELECT value FROM json_each(?))`, [
      conversation,
      members,
    ])
    db.run(`INSERT OR IGNORE INTO ${table} (thread_id, ${mark}) SELECT ?, value FROM json_each(?)`, [
      conversation,
      members,
    ])
  }
}
