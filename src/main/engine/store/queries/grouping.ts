import type { ReadableDb } from '../statements.ts'

/** What people merged and split, as it is shown. */

export type PartRow = {
  id: string
  subject: string
  from_name: string
  from_address: string
  message_count: number
}

export const partsOfSql = `SELECT a.alias_id AS id FROM thread_aliases a INDEXED BY thread_aliases_thread
  CROSS JOIN thread_parts p ON p.id = a.alias_id WHERE a.thread_id = ?`
export const partHeadSql = `SELECT subject, from_name, from_address FROM messages INDEXED BY messages_by_part
  WHERE part_id = ? ORDER BY rowid LIMIT 1`

/** What a part began with; undefined where nothing belongs to it. */
export const partSubject = (db: ReadableDb, id: string): string | undefined =>
  db.get<{ subject: string }>(partHeadSql, [id])?.subject ??
  db.get<{ subject: string }>('SELECT subject FROM threads WHERE id = ?', [id])?.subject

/** What is shown as part of a conversation, without what was split off and put back. */
export function partsOf(db: ReadableDb, threadId: string): PartRow[] {
  return db.all<{ id: string }>(partsOfSql, [threadId]).flatMap(({ id }) => {
    const head = db.get<Omit<PartRow, 'id' | 'message_count'>>(partHeadSql, [id])
    if (!head) return []
    const count = db.get<{ n: number }>(
      'SELECT count(*) AS n FROM messages INDEXED BY messages_by_part WHERE part_id = ?',
      [id],
    )!
    return [{ id, ...head, message_count: count.n }]
  })
}

export type Decision = { actor_id: string | null; at: number }

/** Who merged a thread into another last. */
export const mergeOf = (db: ReadableDb, id: string): Decision | undefined =>
  db.get<Decision>(
    `SELECT actor_id, at FROM ops INDEXED BY ops_by_entity
     WHERE entity = 'thread' AND entity_id = ? AND kind = 'set' AND change ->> 'merged_into' IS NOT NULL
     ORDER BY seq DESC LIMIT 1`,
    [id],
  )

/** Who split a conversation off at a message last. */
export const splitOf = (db: ReadableDb, seedId: string): Decision | undefined =>
  db.get<Decision>(
    `SELECT actor_id, at FROM ops INDEXED BY ops_by_entity
     WHERE entity = 'message' AND entity_id = ?1 AND kind = 'set' AND change ->> 'split_root' = ?1
     ORDER BY seq DESC LIMIT 1`,
    [seedId],
  )

export type SplitRow = { id: string; seed_id: string; origin_id: string }

export const splitById = (db: ReadableDb, id: string): SplitRow | undefined =>
  db.get<SplitRow>('SELECT * FROM thread_splits WHERE id = ?', [id])

/** Everything that was ever split off from an origin. */
export const splitsOf = (db: ReadableDb, originId: string): SplitRow[] =>
  db.all<SplitRow>('SELECT * FROM thread_splits INDEXED BY thread_splits_origin WHERE origin_id = ?', [
    originId,
  ])

/** The messages that somebody put into a split-off conversation by name. */
export const splitMessages = (db: ReadableDb, seedId: string): { id: string; origin: string }[] =>
  db.all(
    `SELECT id, coalesce(origin_id, thread_id) AS origin FROM messages INDEXED BY messages_split WHERE split_root = ?`,
    [seedId],
  )

export const countOwnSql = `SELECT count(*) AS n FROM messages INDEXED BY messages_by_thread
  WHERE thread_id = ?1 AND (part_id IS NULL OR part_id = ?1)`

/** Messages of a conversation that were not merged into it. */
export const countOwn = (db: ReadableDb, threadId: string): number =>
  db.get<{ n: number }>(countOwnSql, [threadId])!.n

export const newestInboundSql = `SELECT max(received_at) AS at FROM (
  SELECT received_at FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1 AND part_id IS NULL AND direction = 'in'
    AND (automatic IS NULL OR automatic IN ('list', 'other'))
  UNION ALL SELECT received_at FROM messages INDEXED BY messages_by_part WHERE part_id = ?1 AND direction = 'in'
    AND (automatic IS NULL OR automatic IN ('list', 'other')))`

/** When somebody last wrote to a part, in ms; 0 where nobody did. */
export const newestInbound = (db: ReadableDb, part: string): number =>
  db.get<{ at: number | null }>(newestInboundSql, [part])?.at ?? 0

export type CandidateRow = {
  id: string
  from_name: string
  from_address: string
  snippet: string
  sort_at: number
}

export const candidatesSql = `SELECT id, from_name, from_address, snippet, sort_at FROM messages INDEXED BY messages_by_thread
  WHERE thread_id = ? ORDER BY rowid DESC LIMIT 1000`

/** The newest messages of a conversation, oldest first. */
export const splitCandidates = (db: ReadableDb, threadId: string): CandidateRow[] =>
  db.all<CandidateRow>(candidatesSql, [threadId]).reverse()

/** How a message came to be shown where it is, beyond what its headers say. */
export function groupingOfMessage(
  db: ReadableDb,
  message: { id: string; thread_id: string; part_id: string | null; origin_id: string | null },
): { split: (Decision & { id: string }) | null; merged: (Decision & { id: string }) | null } {
  const part = message.part_id
  if (part === null) return { split: null, merged: null }
  const seed = part === message.origin_id ? undefined : splitById(db, part)
  const split = seed && splitOf(db, seed.seed_id)
  const merged = part === message.thread_id ? undefined : mergeOf(db, part)
  return {
    split: split ? { ...split, id: part } : null,
    merged: merged ? { ...merged, id: part } : null,
  }
}
