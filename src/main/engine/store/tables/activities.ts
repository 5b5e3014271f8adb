import type { CallOutcome } from '../../../../contract/activities.ts'
import type { RecordType } from '../../../../contract/records.ts'
import type { ReadableDb } from '../statements.ts'

/** Notes, calls and tasks: what people write down on records. */

export type NoteRow = {
  id: string
  record_type: RecordType
  record_id: string
  author_id: string
  text: string
  at: number
  edited_at: number | null
  removed_at: number | null
}

export type CallRow = {
  id: string
  record_type: RecordType
  record_id: string
  author_id: string
  direction: 'in' | 'out'
  number: string
  outcome: CallOutcome
  duration: number
  text: string
  at: number
  thread_id: string | null
  removed_at: number | null
}

export type TaskRow = {
  id: string
  record_type: RecordType | null
  record_id: string | null
  author_id: string
  assignee_id: string
  title: string
  text: string
  at: number
  due_at: number | null
  remind_at: number | null
  dismissed_at: number | null
  done_at: number | null
  done_by: string | null
  removed_at: number | null
}

export const noteById = (db: ReadableDb, id: string): NoteRow | undefined =>
  db.get<NoteRow>('SELECT * FROM notes WHERE id = ?', [id])

export const callById = (db: ReadableDb, id: string): CallRow | undefined =>
  db.get<CallRow>('SELECT * FROM calls WHERE id = ?', [id])

export const taskById = (db: ReadableDb, id: string): TaskRow | undefined =>
  db.get<TaskRow>('SELECT * FROM tasks WHERE id = ?', [id])

export const openTasksSql = `SELECT * FROM tasks INDEXED BY tasks_open
  WHERE assignee_id = ? AND done_at IS NULL AND removed_at IS NULL ORDER BY due_at IS NULL, due_at, id LIMIT ?`

/** A user's open tasks by due date, those without one last. */
export const openTasksOf = (db: ReadableDb, userId: string, limit: number): TaskRow[] =>
  db.all<TaskRow>(openTasksSql, [userId, limit])

export const doneTasksSql = `SELECT * FROM tasks INDEXED BY tasks_done
  WHERE assignee_id = ? AND done_at IS NOT NULL AND removed_at IS NULL ORDER BY done_at DESC LIMIT ?`

/** A user's tasks that are done, the last one first. */
export const doneTasksOf = (db: ReadableDb, userId: string, limit: number): TaskRow[] =>
  db.all<TaskRow>(doneTasksSql, [userId, limit])

const WAITS = 'remind_at IS NOT NULL AND dismissed_at IS NULL AND done_at IS NULL AND removed_at IS NULL'

export const remindersSql = `SELECT id FROM tasks INDEXED BY tasks_to_remind
  WHERE ${WAITS} AND remind_at > ? AND remind_at <= ? ORDER BY remind_at LIMIT ?`

/** Ids of the tasks whose reminder fell due after `after` and until `until`, in that order. */
export const remindersBetween = (db: ReadableDb, after: number, until: number, limit: number): string[] =>
  db.all<{ id: string }>(remindersSql, [after, until, limit]).map(({ id }) => id)

export const dueRemindersSql = `SELECT * FROM tasks INDEXED BY tasks_to_remind_of
  WHERE assignee_id = ? AND ${WAITS} AND remind_at <= ? ORDER BY remind_at LIMIT ?`

/** A user's tasks whose reminder is due and was not seen, the longest due first. */
export const dueRemindersOf = (db: ReadableDb, userId: string, now: number, limit: number): TaskRow[] =>
  db.all<TaskRow>(dueRemindersSql, [userId, now, limit])

export const nextReminderSql = `SELECT remind_at AS at FROM tasks INDEXED BY tasks_to_remind
  WHERE ${WAITS} AND remind_at > ? ORDER BY remind_at LIMIT 1`

/** When the next reminder after a moment falls due, in ms; null when there is none. */
export const nextReminderAt = (db: ReadableDb, after: number): number | null =>
  db.get<{ at: number }>(nextReminderSql, [after])?.at ?? null
