import type { ReadableDb } from '../statements.ts'

/** What people did, read from the ops log. */
export type HistoryRow = {
  seq: number
  id: string
  actor_id: string | null
  entity_id: string
  change: string
  at: number
}

export const commentVersionsSql = `SELECT actor_id AS actorId, change, at FROM ops INDEXED BY ops_by_entity
  WHERE entity = 'comment' AND entity_id = ? AND kind IN ('create', 'set') ORDER BY seq`

/** Every text that a comment had, the first one first. */
export function commentVersions(
  db: ReadableDb,
  commentId: string,
): { text: string; actorId: string | null; at: number }[] {
  return db
    .all<{ actorId: string | null; change: string; at: number }>(commentVersionsSql, [commentId])
    .flatMap(({ change, ...by }) => {
      const { text } = JSON.parse(change) as { text?: string }
      return text === undefined ? [] : [{ ...by, text }]
    })
}

export const historyBeforeSql = `SELECT seq, id, actor_id, entity_id, change, at FROM ops INDEXED BY ops_by_entity
  WHERE entity = ? AND entity_id = ? AND seq < ? AND kind = 'set' ORDER BY seq DESC LIMIT ?`

/** Ops that set fields of one thing, newest first, before `seq`. */
export const historyBefore = (
  db: ReadableDb,
  entity: 'thread' | 'contact',
  entityId: string,
  seq: number,
  limit: number,
): HistoryRow[] => db.all<HistoryRow>(historyBeforeSql, [entity, entityId, seq, limit])
