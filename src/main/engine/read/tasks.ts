import type { ReadableDb } from '../store/statements.ts'
import { doneTasksOf, dueRemindersOf, openTasksOf, type TaskRow } from '../store/tables/activities.ts'
import type { Access } from '../team/access.ts'
import { mustSeeRecord } from '../team/activity-records.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { TaskShape } from './shapes.ts'
import { taskShape } from './timeline/tasks.ts'

/** Reminders that one asks for at once; who has more has seen none for long. */
const MOST_REMINDERS = 50

/** A user's own tasks, open ones by due date or those that are done, and those that they are to be reminded of now. */
export function tasksOf(
  db: ReadableDb,
  access: Access,
  options: { done: boolean; limit: number; now: number },
): { tasks: TaskShape[]; reminders: TaskShape[] } {
  const { id } = access.user
  const rows = options.done ? doneTasksOf(db, id, options.limit) : openTasksOf(db, id, options.limit)
  const reminders = dueRemindersOf(db, id, options.now, MOST_REMINDERS)
  return {
    tasks: rows.map((row) => shapeOf(db, access, row)),
    reminders: reminders.map((row) => shapeOf(db, access, row)),
  }
}

/** With the record's name as it is now; one that the user may not see any more is not named (A1). */
function shapeOf(db: ReadableDb, access: Access, row: TaskRow): TaskShape {
  if (row.record_type === null || row.record_id === null) return taskShape(row, null, '')
  try {
    const { type, id, name } = mustSeeRecord(db, access, { type: row.record_type, id: row.record_id })
    return taskShape(row, { type, id }, name)
  } catch (error) {
    if (error instanceof DomainError) return taskShape(row, null, '')
    throw error
  }
}
