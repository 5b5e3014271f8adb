import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Cursor, Timestamp, Undoable } from './common.ts'
import { CallId, LibraryItemId, NoteId, TaskId, ThreadId, UserId } from './ids.ts'
import { QuoteSummary } from './quotes.ts'
import { RecordRef } from './records.ts'

/** What people write down on records: notes, calls, tasks; and the timeline that shows them with everything else. */

export const NoteView = z.object({
  id: NoteId,
  record: RecordRef,
  authorId: UserId,
  /** Plain text, hostile like everything that people write (fault 68). */
  text: z.string(),
  at: Timestamp,
  editedAt: Timestamp.nullable(),
})
export type NoteView = z.infer<typeof NoteView>

export const CallOutcome = z.enum(['connected', 'no_answer', 'busy', 'left_voicemail', 'wrong_number'])
export type CallOutcome = z.infer<typeof CallOutcome>

export const CallView = z.object({
  id: CallId,
  record: RecordRef,
  authorId: UserId,
  direction: z.enum(['in', 'out']),
  /** E.164, a sip: address, or empty. */
  number: z.string(),
  outcome: CallOutcome,
  /** Seconds. */
  duration: z.number().int(),
  text: z.string(),
  at: Timestamp,
  threadId: ThreadId.nullable(),
})
export type CallView = z.infer<typeof CallView>

export const TaskView = z.object({
  id: TaskId,
  record: RecordRef.nullable(),
  recordName: z.string(),
  authorId: UserId,
  assigneeId: UserId,
  title: z.string(),
  text: z.string(),
  dueAt: Timestamp.nullable(),
  remindAt: Timestamp.nullable(),
  doneAt: Timestamp.nullable(),
  at: Timestamp,
})
export type TaskView = z.infer<typeof TaskView>

export const TimelineFilter = z.enum([
  'email',
  'note',
  'call',
  'task',
  'comment',
  'ticket',
  'quote',
  'change',
])
export type TimelineFilter = z.infer<typeof TimelineFilter>

/** One thing that happened on a record. `filter` is the group that it belongs to. */
export const RecordEntryView = z.object({
  key: z.string(),
  filter: TimelineFilter,
  /**
   * What it is, for the words of the interface: `email_in`, `email_out`, `note`, `call`, `task`, `task_done`, `comment`,
   * `ticket_created`, `ticket_status`, `assigned`, `unassigned`, `team_assigned`, `team_unassigned`, `closed`, `reopened`,
   * `field_changed`, `created`, `removed`, `restored`, `merged`, `unmerged`, `address_added`, `address_removed`,
   * `associated`, `disassociated`, `quote_draft`, `quote_sent`, `quote_accepted`, `quote_declined`.
   */
  kind: z.string(),
  at: Timestamp,
  actorId: z.string().nullable(),
  threadId: ThreadId.nullable(),
  messageId: z.string().nullable(),
  /** Mail of a personal address that was logged: it says why (D10). */
  personal: z.boolean().default(false),
  /** The subject, the note, the field: the key of a built-in property, the name of a company's own. */
  title: z.string(),
  /** The snippet, the new value, the outcome. */
  detail: z.string(),
  /** The record that it happened on, where that is another one (a contact's mail on its company's timeline). */
  record: RecordRef.extend({ name: z.string() }).nullable(),
  /** Present for what can be edited in place. */
  note: NoteView.nullable(),
  call: CallView.nullable(),
  task: TaskView.nullable(),
  /** What a quote comes to now. */
  quote: QuoteSummary.extend({ id: LibraryItemId }).nullable(),
})
export type RecordEntryView = z.infer<typeof RecordEntryView>

export const activities = {
  timeline: base
    .input(
      z.object({
        record: RecordRef,
        /** Empty for all. */
        filters: z.array(TimelineFilter).max(10).default([]),
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(100).default(30),
      }),
    )
    .output(z.object({ entries: z.array(RecordEntryView), nextCursor: Cursor.nullable() })),
  addNote: base
    .input(z.object({ record: RecordRef, text: z.string().trim().min(1).max(50_000) }))
    .output(Committed.extend({ id: NoteId })),
  /** Only its author and admins; `text: null` takes it away. */
  updateNote: base
    .input(z.object({ id: NoteId, text: z.string().trim().min(1).max(50_000).nullable() }))
    .output(Undoable),
  logCall: base
    .input(
      CallView.pick({
        record: true,
        direction: true,
        number: true,
        outcome: true,
        duration: true,
        text: true,
      })
        .partial({ number: true, duration: true, text: true })
        .extend({ threadId: ThreadId.optional(), at: Timestamp.optional() }),
    )
    .output(Committed.extend({ id: CallId })),
  updateCall: base
    .input(
      z.object({
        id: CallId,
        outcome: CallOutcome.optional(),
        duration: z.number().int().min(0).max(86_400).optional(),
        text: z.string().max(50_000).optional(),
        removed: z.boolean().optional(),
      }),
    )
    .output(Undoable),
  addTask: base
    .input(
      z.object({
        record: RecordRef.nullable(),
        title: z.string().trim().min(1).max(500),
        text: z.string().max(20_000).default(''),
        assigneeId: UserId.optional(),
        dueAt: Timestamp.nullable().default(null),
        remindAt: Timestamp.nullable().default(null),
      }),
    )
    .output(Committed.extend({ id: TaskId })),
  updateTask: base
    .input(
      z.object({
        id: TaskId,
        title: z.string().trim().min(1).max(500).optional(),
        text: z.string().max(20_000).optional(),
        assigneeId: UserId.optional(),
        dueAt: Timestamp.nullable().optional(),
        remindAt: Timestamp.nullable().optional(),
        done: z.boolean().optional(),
        removed: z.boolean().optional(),
      }),
    )
    .output(Undoable),
  /** One's own open tasks by due date, those without one last; and what is due to be reminded of now. */
  myTasks: base
    .input(
      z.object({ done: z.boolean().default(false), limit: z.number().int().min(1).max(200).default(100) }),
    )
    .output(z.object({ tasks: z.array(TaskView), reminders: z.array(TaskView) })),
  /** The reminder was seen. */
  dismissReminder: base.input(z.object({ id: TaskId })).output(Committed),
}
