import { addNote, updateNote } from '../crm/activities/notes.ts'
import { logCall, updateCall } from '../crm/activities/calls.ts'
import { callNumber } from '../crm/activities/call-number.ts'
import { addTask, dismissReminder, mustFindTask, updateTask } from '../crm/activities/tasks.ts'
import type { Actor } from '../crm/activities/actor.ts'
import { DomainError } from '../lib/domain-error.ts'
import { tasksOf } from '../read/tasks.ts'
import { timelineOf } from '../read/timeline/timeline.ts'
import { callById, noteById, type TaskRow } from '../store/tables/activities.ts'
import { theWorkspace } from '../store/tables/workspaces.ts'
import { accessOf, type Access } from '../team/access.ts'
import { mustSeeRecord, mustWriteOn, type RecordReference } from '../team/activity-records.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

const actorOf = (access: Access): Actor => ({
  id: access.user.id,
  isAdmin: access.user.role !== 'member',
})

/** What people write down on records: whoever sees a record writes on it; on a ticket, the members of its inbox. */
export const activitiesHandlers = ({ store, clock }: ApiDeps) => {
  /** A task without a record is its author's and its assignee's; for others it does not exist. */
  const mustReachTask = (access: Access, id: string, removedToo = false): TaskRow => {
    const task = mustFindTask(store.read, id, removedToo)
    const { user } = access
    if (task.assignee_id === user.id || task.author_id === user.id) return task
    if (task.record_type === null || task.record_id === null)
      throw new DomainError('NOT_FOUND', 'This task does not exist any more.')
    mustWriteOn(store.read, access, { type: task.record_type, id: task.record_id })
    return task
  }
  /** Nobody is given a task on a ticket that they cannot see (A1). */
  const mustBeVisibleTo = (userId: string | undefined, record: RecordReference | null): void => {
    const assignee = userId === undefined || record === null ? null : accessOf(store.read, userId)
    if (!assignee || record === null) return
    try {
      mustSeeRecord(store.read, assignee, record)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      throw new DomainError(
        'BAD_INPUT',
        `${assignee.user.name} cannot see this ${record.type}. Add them to its inbox first.`,
        { field: 'assigneeId' },
        { cause: error },
      )
    }
  }
  return {
    timeline: os.activities.timeline.handler(({ input, context }) =>
      timelineOf(store.read, mustAccess(context), input.record, {
        filters: input.filters,
        cursor: input.cursor,
        limit: input.limit,
      }),
    ),
    addNote: os.activities.addNote.handler(({ input, context }) => {
      const access = mustAccess(context)
      const record = mustWriteOn(store.read, access, input.record)
      const id = addNote(store, access.user.id, record, input.text)
      return { id, rev: store.rev }
    }),
    updateNote: os.activities.updateNote.handler(({ input, context }) => {
      const access = mustAccess(context)
      const note = noteById(store.read, input.id)
      if (note) mustWriteOn(store.read, access, { type: note.record_type, id: note.record_id })
      const undo = updateNote(store, actorOf(access), input.id, input.text)
      return { rev: store.rev, undo }
    }),
    logCall: os.activities.logCall.handler(({ input, context }) => {
      const access = mustAccess(context)
      const record = mustWriteOn(store.read, access, input.record)
      const { number = '', duration = 0, text = '', direction, outcome, at } = input
      const threadId = input.threadId && mustSeeThread(store.read, access, input.threadId).id
      const call = {
        direction,
        number: callNumber(number, theWorkspace(store.read)?.phone_country ?? ''),
        outcome,
        duration,
        text,
        at,
        threadId,
      }
      const id = logCall(store, access.user.id, record, call)
      return { id, rev: store.rev }
    }),
    updateCall: os.activities.updateCall.handler(({ input, context }) => {
      const access = mustAccess(context)
      const { id, ...changes } = input
      const call = callById(store.read, id)
      if (call) mustWriteOn(store.read, access, { type: call.record_type, id: call.record_id })
      const undo = updateCall(store, actorOf(access), id, changes)
      return { rev: store.rev, undo }
    }),
    addTask: os.activities.addTask.handler(({ input, context }) => {
      const access = mustAccess(context)
      const record = input.record && mustWriteOn(store.read, access, input.record)
      const assigneeId = input.assigneeId ?? access.user.id
      mustBeVisibleTo(assigneeId, record)
      const { title, text, dueAt, remindAt } = input
      const id = addTask(store, access.user.id, { record, title, text, assigneeId, dueAt, remindAt })
      return { id, rev: store.rev }
    }),
    updateTask: os.activities.updateTask.handler(({ input, context }) => {
      const access = mustAccess(context)
      const { id, ...changes } = input
      const task = mustReachTask(access, id, changes.removed === false)
      if (task.record_type !== null && task.record_id !== null)
        mustBeVisibleTo(changes.assigneeId, { type: task.record_type, id: task.record_id })
      const undo = updateTask(store, access.user.id, id, changes)
      return { rev: store.rev, undo }
    }),
    myTasks: os.activities.myTasks.handler(({ input, context }) =>
      tasksOf(store.read, mustAccess(context), { ...input, now: clock.now() }),
    ),
    dismissReminder: os.activities.dismissReminder.handler(({ input, context }) => {
      const access = mustAccess(context)
      if (mustFindTask(store.read, input.id).assignee_id !== access.user.id)
        throw new DomainError('NOT_FOUND', 'You are not to be reminded of this task any more.')
      dismissReminder(store, access.user.id, input.id)
      return { rev: store.rev }
    }),
  }
}
