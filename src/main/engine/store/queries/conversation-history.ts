import type { Scalar } from '../ops.ts'
import type { ReadableDb } from '../statements.ts'

/** The log, read about one conversation: what was done, and what had been said by a moment. */

export type LogRow = {
  seq: number
  id: string
  hlc: string
  actor_id: string | null
  entity_id: string
  kind: 'create' | 'set' | 'add' | 'remove'
  change: string
  at: number
}

const COLUMNS = 'seq, id, hlc, actor_id, entity_id, kind, change, at'

export const logOfSql = `SELECT ${COLUMNS} FROM ops INDEXED BY ops_by_entity
  WHERE entity = ? AND entity_id = ? ORDER BY seq`

/** Everything that was done to a thing, oldest first. */
export const logOf = (db: ReadableDb, entity: 'thread' | 'message' | 'comment', id: string): LogRow[] =>
  db.all<LogRow>(logOfSql, [entity, id])

export const everMergedSql = `SELECT DISTINCT entity_id FROM ops INDEXED BY ops_merged
  WHERE entity = 'thread' AND kind = 'set' AND change ->> 'merged_into' IS NOT NULL AND change ->> 'merged_into' = ?`

/** The threads that were ever merged right into one. */
export const everMerged = (db: ReadableDb, id: string): string[] =>
  db.all<{ entity_id: string }>(everMergedSql, [id]).map((row) => row.entity_id)

/** The last word about a field by then; undefined where nobody had said anything. */
export function saidBy(rows: readonly LogRow[], field: string): Scalar | undefined {
  let last: { hlc: string; value: Scalar } | undefined
  for (const row of rows) {
    if (row.kind !== 'set' && row.kind !== 'create') continue
    const change = JSON.parse(row.change) as Record<string, Scalar>
    if (field in change && (!last || row.hlc > last.hlc))
      last = { hlc: row.hlc, value: change[field] ?? null }
  }
  return last?.value
}

/** Who was in a set by then. */
export function membersBy(rows: readonly LogRow[], set: string): string[] {
  const last = new Map<string, { hlc: string; isIn: boolean }>()
  for (const row of rows) {
    if (row.kind !== 'add' && row.kind !== 'remove') continue
    const members = (JSON.parse(row.change) as Record<string, string[]>)[set] ?? []
    for (const member of members) {
      const before = last.get(member)
      if (!before || row.hlc > before.hlc) last.set(member, { hlc: row.hlc, isIn: row.kind === 'add' })
    }
  }
  return [...last].flatMap(([member, { isIn }]) => (isIn ? [member] : []))
}

export const splitDecidedSql = `SELECT entity_id FROM json_each(?) o
  CROSS JOIN field_clocks f ON f.entity = 'message' AND f.entity_id = o.value AND f.field = 'split_root'`

/** Those of some messages about which somebody ever decided where they are split off. */
export const splitDecided = (db: ReadableDb, ids: readonly string[]): string[] =>
  db.all<{ entity_id: string }>(splitDecidedSql, [JSON.stringify(ids)]).map((row) => row.entity_id)

export type HistoryMailRow = {
  thread_id: string
  rowid: number
  id: string
  message_id: string
  in_reply_to: string
  reference_ids: string
  direction: 'in' | 'out'
  from_name: string
  from_address: string
  subject: string
  snippet: string
  sort_at: number
  received_at: number
}

const MAIL = `thread_id, rowid, id, message_id, in_reply_to, reference_ids, direction, from_name, from_address, subject, snippet,
  sort_at, received_at`
export const historyMailSql = `SELECT ${MAIL} FROM messages INDEXED BY messages_by_origin WHERE origin_id = ?1
  UNION ALL SELECT ${MAIL} FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1 AND origin_id IS NULL`

/** The mail of an origin, wherever it is shown. */
export const historyMail = (db: ReadableDb, origin: string): HistoryMailRow[] =>
  db.all<HistoryMailRow>(historyMailSql, [origin])

export type HistoryCommentRow = { id: string; part: string; author_id: string; text: string; at: number }

export const historyCommentsSql = `SELECT id, coalesce(part_id, thread_id) AS part, author_id, text, at
  FROM comments INDEXED BY comments_by_thread WHERE thread_id = ? ORDER BY at, id`

/** What was said in a conversation, also what was removed since. */
export const historyComments = (db: ReadableDb, threadId: string): HistoryCommentRow[] =>
  db.all<HistoryCommentRow>(historyCommentsSql, [threadId])
