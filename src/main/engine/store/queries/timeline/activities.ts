import type { ReadableDb } from '../../statements.ts'
import type { CallRow, NoteRow, TaskRow } from '../../tables/activities.ts'
import { ownersOfPage, placeSql, readHeads } from './heads.ts'

/** A place among rows that are ordered by a time and, within it, by the order in which they came. */
export type TimedPlace = { at: number; rowid: number }

/** Tables whose rows lie on records, and the index that gives each record's in order. */
const KINDS = {
  notes: { table: 'notes', index: 'notes_by_record', at: 'at', where: 'removed_at IS NULL' },
  calls: { table: 'calls', index: 'calls_by_record', at: 'at', where: 'removed_at IS NULL' },
  tasks: { table: 'tasks', index: 'tasks_by_record', at: 'at', where: 'removed_at IS NULL' },
  tasks_done: {
    table: 'tasks',
    index: 'tasks_done_by_record',
    at: 'done_at',
    where: 'done_at IS NOT NULL AND removed_at IS NULL',
  },
} as const
export type ActivityKind = keyof typeof KINDS

type Rows = { notes: NoteRow; calls: CallRow; tasks: TaskRow; tasks_done: TaskRow & { done_at: number } }
export type ActivityEntryRow<Kind extends ActivityKind> = Rows[Kind] & { rowid: number; entry_at: number }

const activities = (columns: string, owner: string, kind: ActivityKind, limit: string): string => {
  const { table, index, at, where } = KINDS[kind]
  return `SELECT ${columns.replaceAll('$at', at)} FROM ${table} INDEXED BY ${index}
   WHERE record_id = ${owner} AND ${where} AND (${at}, rowid) < (?, ?) ORDER BY ${at} DESC, rowid DESC LIMIT ${limit}`
}
export const activitiesOfSql = (kind: ActivityKind): string =>
  activities('rowid, $at AS entry_at, *', '?', kind, '?')
export const newestActivitySql = (kind: ActivityKind): string =>
  activities(placeSql('$at', 'rowid'), 'o.value', kind, '1')

/** Notes, calls or tasks on some records before a place, newest first. */
export function timelineActivities<Kind extends ActivityKind>(
  db: ReadableDb,
  kind: Kind,
  recordIds: readonly string[],
  before: TimedPlace,
  limit: number,
): ActivityEntryRow<Kind>[] {
  const place = [before.at, before.rowid]
  return ownersOfPage(recordIds, limit, () => readHeads(db, newestActivitySql(kind), place, recordIds))
    .flatMap((id) => db.all<ActivityEntryRow<Kind>>(activitiesOfSql(kind), [id, ...place, limit]))
    .sort((a, b) => b.entry_at - a.entry_at || b.rowid - a.rowid)
    .slice(0, limit)
}
