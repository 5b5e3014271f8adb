import { timelineActivities, type ActivityEntryRow } from '../../store/queries/timeline/activities.ts'
import type { TaskRow } from '../../store/tables/activities.ts'
import type { RecordEntryShape, TaskShape } from '../shapes.ts'
import { refOfRow } from './rows.ts'
import type { TimelineScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource, excerpt } from './source.ts'

/** When a task was made. */
export const tasks = defineSource<ActivityEntryRow<'tasks'>>({
  filter: 'task',
  start: [LATEST, LATEST],
  read: (scope, [at, rowid], limit) =>
    timelineActivities(
      scope.db,
      'tasks',
      scope.ownerIds,
      { at: Number(at), rowid: Number(rowid) },
      limit,
    ).map((row) => ({ at: row.at, position: [row.at, row.rowid], row })),
  show: (scope, rows) =>
    rows.map((row) => [entryOf(scope, row, { kind: 'task', at: row.at, actorId: row.author_id })]),
})

/** When it was done. */
export const tasksDone = defineSource<ActivityEntryRow<'tasks_done'>>({
  filter: 'task',
  start: [LATEST, LATEST],
  read: (scope, [at, rowid], limit) =>
    timelineActivities(
      scope.db,
      'tasks_done',
      scope.ownerIds,
      { at: Number(at), rowid: Number(rowid) },
      limit,
    ).map((row) => ({ at: row.done_at, position: [row.done_at, row.rowid], row })),
  show: (scope, rows) =>
    rows.map((row) => [entryOf(scope, row, { kind: 'task_done', at: row.done_at, actorId: row.done_by })]),
})

function entryOf(
  scope: TimelineScope,
  row: TaskRow,
  entry: Pick<RecordEntryShape, 'kind' | 'at' | 'actorId'>,
): RecordEntryShape {
  const record = scope.recordOfRow(row.record_id ?? '')
  const { record_type: type, record_id: id } = row
  return {
    ...blank,
    ...entry,
    key: `${row.id}-${entry.kind}`,
    filter: 'task',
    title: row.title,
    detail: excerpt(row.text),
    record,
    task: taskShape(
      row,
      type !== null && id !== null ? refOfRow(scope, { record_type: type, record_id: id }) : null,
      record?.name ?? scope.record.name,
    ),
  }
}

/** A task as the contract has it. @param record  where it lies now, after merges */
export const taskShape = (row: TaskRow, record: TaskShape['record'], recordName: string): TaskShape => ({
  id: row.id,
  record,
  recordName,
  authorId: row.author_id,
  assigneeId: row.assignee_id,
  title: row.title,
  text: row.text,
  dueAt: row.due_at,
  remindAt: row.remind_at,
  doneAt: row.done_at,
  at: row.at,
})
