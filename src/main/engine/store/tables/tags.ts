import type { TagColor } from '../../../../contract/organising.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import type { ReadableDb } from '../statements.ts'
import { tagsOfThreadsSql } from '../queries/thread-conditions.ts'

export type TagRow = {
  id: string
  name: string
  color: TagColor
  created_at: number
  removed_at: number | null
}

/** Names are compared so: two machines that make a tag of one name make one tag. */
export const tagNameKey = (name: string): string =>
  name.trim().replace(/\s+/g, ' ').normalize('NFC').toLowerCase()

/** The id of a tag that is made by this name. */
export const tagIdOf = (name: string): string => uuidV5(NAMESPACE.tag, tagNameKey(name))

/** Every tag that was not removed, by name. */
export const allTags = (db: ReadableDb): TagRow[] =>
  db.all<TagRow>('SELECT * FROM tags WHERE removed_at IS NULL ORDER BY name COLLATE NOCASE, id')

/** Also one that was removed. */
export const tagById = (db: ReadableDb, id: string): TagRow | undefined =>
  db.get<TagRow>('SELECT * FROM tags WHERE id = ?', [id])

/** The one of that name, among those that were not removed. */
export const tagNamed = (db: ReadableDb, name: string): TagRow | undefined =>
  allTags(db).find((tag) => tagNameKey(tag.name) === tagNameKey(name))

/** The tags of threads, by name, without those that were removed. */
export function tagsOfThreads(db: ReadableDb, threadIds: readonly string[]): Map<string, string[]> {
  const byThread = new Map<string, string[]>()
  if (threadIds.length === 0) return byThread
  const rows = db.all<{ thread_id: string; tag_id: string }>(tagsOfThreadsSql, [JSON.stringify(threadIds)])
  for (const row of rows) byThread.set(row.thread_id, [...(byThread.get(row.thread_id) ?? []), row.tag_id])
  return byThread
}

/** How many of these threads have each tag. */
export const tagCountsOf = (db: ReadableDb, threadIds: readonly string[]): { id: string; count: number }[] =>
  db.all(
    `SELECT x.tag_id AS id, count(*) AS count FROM json_each(?) j CROSS JOIN thread_tags x ON x.thread_id = j.value
     JOIN tags g ON g.id = x.tag_id WHERE g.removed_at IS NULL GROUP BY x.tag_id`,
    [JSON.stringify(threadIds)],
  )

export const tagUsesSql =
  'SELECT count(*) AS n FROM (SELECT 1 FROM thread_tags INDEXED BY thread_tags_listed WHERE tag_id = ? LIMIT ?)'

/** How many threads have a tag, `limit` at most. */
export const tagUses = (db: ReadableDb, id: string, limit: number): number =>
  db.get<{ n: number }>(tagUsesSql, [id, limit])?.n ?? 0

/** Those of the threads that a user follows. */
export function followedOf(db: ReadableDb, userId: string, threadIds: readonly string[]): Set<string> {
  return new Set(
    db
      .all<{ thread_id: string }>(
        `SELECT f.thread_id FROM json_each(?) j
         CROSS JOIN thread_followers f ON f.thread_id = j.value AND f.user_id = ?`,
        [JSON.stringify(threadIds), userId],
      )
      .map((row) => row.thread_id),
  )
}
