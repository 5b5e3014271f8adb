import type { RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { appendOp } from '../../store/ops.ts'
import type { Store } from '../../store/store.ts'
import { taskById, type TaskRow } from '../../store/tables/activities.ts'
import { userById } from '../../store/tables/users.ts'
import { addActivity, setActivity } from './activity.ts'

export type NewTask = {
  record: { type: RecordType; id: string } | null
  title: string
  text: string
  assigneeId: string
  /** ms, or null. */
  dueAt: number | null
  remindAt: number | null
}

/** Makes a task, durably. @returns its id. @throws DomainError BAD_INPUT for an assignee who is no active user */
export function addTask(store: Store, actorId: string, task: NewTask): string {
  return addActivity(store, 'task', actorId, task.record, (write) => {
    mustBeActive(write.db, task.assigneeId)
    return {
      assignee_id: task.assigneeId,
      title: task.title,
      text: task.text,
      at: write.now,
      due_at: task.dueAt,
      remind_at: task.remindAt,
    }
  })
}

export type TaskChanges = {
  title?: string | undefined
  text?: string | undefined
  assigneeId?: string | undefined
  dueAt?: number | null | undefined
  remindAt?: number | null | undefined
  done?: boolean | undefined
  removed?: boolean | undefined
}

/**
 * Changes a task; what has the value already is no op. A new time to remind of it is reminded of again.
 * @returns what takes that back, or null when nothing changed
 * @throws DomainError NOT_FOUND, BAD_INPUT
 */
export function updateTask(store: Store, actorId: string, id: string, changes: TaskChanges): string | null {
  return store.write(
    (write) => {
      const task = mustFindTask(write.db, id, changes.removed === false)
      if (changes.assigneeId !== undefined && changes.assigneeId !== task.assignee_id)
        mustBeActive(write.db, changes.assigneeId)
      const asked: Partial<TaskRow> = {
        ...(changes.title === undefined ? {} : { title: changes.title }),
        ...(changes.text === undefined ? {} : { text: changes.text }),
        ...(changes.assigneeId === undefined ? {} : { assignee_id: changes.assigneeId }),
        ...(changes.dueAt === undefined ? {} : { due_at: changes.dueAt }),
        ...(changes.remindAt === undefined || changes.remindAt === task.remind_at
          ? {}
          : { remind_at: changes.remindAt, dismissed_at: null }),
        ...(changes.done === undefined || changes.done === (task.done_at !== null)
          ? {}
          : { done_at: changes.done ? write.now : null, done_by: changes.done ? actorId : null }),
        ...(changes.removed === undefined || changes.removed === (task.removed_at !== null)
          ? {}
          : { removed_at: changes.removed ? write.now : null }),
      }
      const values = Object.fromEntries(
        Object.entries(asked).filter(([column, value]) => task[column as keyof TaskRow] !== value),
      )
      return setActivity(write, store, 'task', actorId, id, values)
    },
    { durable: true },
  )
}

/** The reminder of a task was seen. It stays so until somebody asks to be reminded at another time. */
export function dismissReminder(store: Store, actorId: string, id: string): void {
  store.write(
    (write) => {
      const task = mustFindTask(write.db, id)
      if (task.remind_at === null || task.dismissed_at !== null) return
      appendOp(write, store.hlc, actorId, {
        entity: 'task',
        id,
        kind: 'set',
        values: { dismissed_at: write.now },
      })
      write.changed('activities', id)
    },
    { durable: true },
  )
}

/** @throws DomainError NOT_FOUND, also for one that was taken away unless `removedToo` */
export function mustFindTask(db: Store['read'], id: string, removedToo = false): TaskRow {
  const task = taskById(db, id)
  if (!task || (task.removed_at !== null && !removedToo))
    throw new DomainError('NOT_FOUND', 'This task does not exist any more.')
  return task
}

function mustBeActive(db: Store['read'], userId: string): void {
  if (userById(db, userId)?.active === 1) return
  throw new DomainError('BAD_INPUT', 'A task has to be given to an active user.', { field: 'assigneeId' })
}
