import type { OpEntity } from '../../ops.ts'
import type { ReadableDb } from '../../statements.ts'
import { ownersOfPage, readHeads } from './heads.ts'

/** What was done to things, read from the ops log. */

export type HistoryEntryRow = {
  seq: number
  id: string
  actor_id: string | null
  entity: OpEntity
  entity_id: string
  kind: 'create' | 'set'
  change: string
  at: number
}

/** Which ops of an entity are entries. */
export const HISTORY = {
  sets: `kind = 'set'`,
  all: `kind IN ('create', 'set')`,
  status: `kind = 'set' AND change ->> 'status' IS NOT NULL`,
  state: `kind IN ('create', 'set') AND change ->> 'state' IS NOT NULL`,
} as const
export type HistoryKind = keyof typeof HISTORY

const history = (columns: string, owner: string, kind: HistoryKind, limit: string): string =>
  `SELECT ${columns} FROM ops INDEXED BY ops_by_entity
   WHERE entity = ? AND entity_id = ${owner} AND seq < ? AND ${HISTORY[kind]} ORDER BY seq DESC LIMIT ${limit}`
export const historyOfSql = (kind: HistoryKind): string =>
  history('seq, id, actor_id, entity, entity_id, kind, change, at', '?', kind, '?')
export const newestOpSql = (kind: HistoryKind): string => history('seq', 'o.value', kind, '1')

/** Ops on some things of one kind before `before` (their number in the log), newest first. */
export function timelineHistory(
  db: ReadableDb,
  entity: OpEntity,
  ids: readonly string[],
  kind: HistoryKind,
  before: number,
  limit: number,
): HistoryEntryRow[] {
  return ownersOfPage(ids, limit, () => readHeads(db, newestOpSql(kind), [entity, before], ids))
    .flatMap((id) => db.all<HistoryEntryRow>(historyOfSql(kind), [entity, id, before, limit]))
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit)
}

export const makerSql = `SELECT actor_id FROM ops INDEXED BY ops_by_entity
  WHERE entity = ? AND entity_id = ? AND kind = 'create' ORDER BY seq LIMIT 1`

/** Who made a thing; null for the engine. */
export const makerOf = (db: ReadableDb, entity: OpEntity, id: string): string | null =>
  db.get<{ actor_id: string | null }>(makerSql, [entity, id])?.actor_id ?? null
