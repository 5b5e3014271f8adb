import type { ReadableDb } from '../store/statements.ts'
import { shownAs } from '../store/grouping/structure.ts'
import { historyBefore, type HistoryRow } from '../store/queries/history.ts'
import { partSubject } from '../store/queries/grouping.ts'
import { messagesBefore, type MessageRow } from '../store/queries/messages.ts'
import { outboxRecipientsOf, pendingOf } from '../store/queries/outgoing.ts'
import { aliasesOf } from '../store/queries/thread-lists.ts'
import { commentsBefore, type CommentRow } from '../store/tables/comments.ts'
import { routingOf } from '../store/tables/routings.ts'
import type { ThreadRow } from '../store/tables/threads.ts'
import { followedOf, tagsOfThreads } from '../store/tables/tags.ts'
import { ticketOfThread } from '../store/tables/tickets.ts'
import { refusalToAct, type Access } from '../team/access.ts'
import type { BodyReader } from './bodies.ts'
import { commentShapes } from './comments.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { deliveryOf } from './deliveries.ts'
import { messageShapes, type UserFiles } from './messages.ts'
import type { ThreadItemShape, ThreadShape } from './shapes.ts'

/** Items that a thread opens with. */
export const WINDOW = 50
/** Unread messages that open unfolded. */
const UNFOLDED = 20

/** The place before which a window of a thread ends: one for each thing that its items are made of. */
type Place = { rowid: number; comment: { at: number; id: string }; seq: number }

const NEWEST: Place = {
  rowid: Number.MAX_SAFE_INTEGER,
  comment: { at: Number.MAX_SAFE_INTEGER, id: '' },
  seq: Number.MAX_SAFE_INTEGER,
}

type Entry =
  | { type: 'message'; at: number; row: MessageRow }
  | { type: 'comment'; at: number; row: CommentRow }
  | { type: 'event'; at: number; row: HistoryRow }

/** A thread with its newest window of items, oldest first. */
export async function threadShape(
  reader: BodyReader,
  access: Access,
  thread: ThreadRow,
  files: UserFiles,
  rev: number,
): Promise<ThreadShape> {
  const { db } = reader
  const window = readWindow(db, thread.id, NEWEST, WINDOW)
  const messages = window.entries.flatMap((entry) => (entry.type === 'message' ? [entry.row] : []))
  const unread = messages.filter((row) => row.direction === 'in' && row.seen === 0).slice(-UNFOLDED)
  const last = messages.at(-1)
  const unfolded = new Set([...unread, ...(last ? [last] : [])].map((row) => row.id))
  const pending = pendingItems(db, thread.id)
  const routing = routingOf(db, thread.id)
  // Its owner answers logged personal mail, from the personal address (G7).
  const isOwn = thread.inbox_id === null && thread.user_id === access.user.id
  const refusal = isOwn ? null : refusalToAct(access, thread.inbox_id)
  return {
    id: thread.id,
    inboxId: thread.inbox_id,
    channelId: thread.channel_id,
    subject: thread.subject,
    status: thread.status,
    snoozedUntil: thread.snoozed_until,
    snoozedUntilReply: thread.snoozed_until_reply === 1,
    assigneeId: thread.assignee_id,
    teamId: thread.team_id,
    tagIds: tagsOfThreads(db, [thread.id]).get(thread.id) ?? [],
    priority: thread.priority_shown ?? 'medium',
    following: followedOf(db, access.user.id, [thread.id]).has(thread.id),
    routing: routing ? { assigneeId: routing.assignee_id, reason: routing.reason, at: routing.at } : null,
    ticketId: ticketOfThread(db, thread.id)?.id ?? null,
    contactId: thread.contact_id,
    messageCount: thread.message_count,
    unread: thread.unread_count > 0,
    refusal,
    refusalInboxId: refusal === null ? null : thread.inbox_id,
    items: [...(await itemShapes(reader, window.entries, files, unfolded)), ...pending],
    olderCursor: window.olderCursor,
    rev,
  }
}

/** The window before a cursor; nothing in it is unfolded. */
export async function olderItems(
  reader: BodyReader,
  threadId: string,
  cursor: string,
  limit: number,
  files: UserFiles,
): Promise<{ items: ThreadItemShape[]; olderCursor: string | null }> {
  const [rowid, at, id, seq] = decodeCursor(cursor, ['number', 'number', 'string', 'number'])
  const place: Place = {
    rowid: Number(rowid),
    comment: { at: Number(at), id: String(id) },
    seq: Number(seq),
  }
  const window = readWindow(reader.db, threadId, place, limit)
  return {
    items: await itemShapes(reader, window.entries, files, new Set()),
    olderCursor: window.olderCursor,
  }
}

/**
 * Merges the newest messages, comments and events before a place. Each source is read by its own index and no further
 * than the window, so a thread of 5,000 messages costs what one of 50 does (fault 54).
 */
function readWindow(
  db: ReadableDb,
  threadId: string,
  before: Place,
  limit: number,
): { entries: Entry[]; olderCursor: string | null } {
  const messages = messagesBefore(db, threadId, before.rowid, limit + 1)
  const comments = commentsBefore(db, threadId, before.comment, limit + 1)
  // Ops that named a thread which was later joined to this one are part of its history.
  const history = [threadId, ...aliasesOf(db, threadId)]
    .flatMap((id) => historyBefore(db, 'thread', id, before.seq, limit + 1))
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit + 1)
  const newest: Entry[] = [
    ...messages.map((row): Entry => ({ type: 'message', at: row.sort_at, row })),
    ...comments.map((row): Entry => ({ type: 'comment', at: row.at, row })),
    ...history.map((row): Entry => ({ type: 'event', at: row.at, row })),
  ].sort((a, b) => b.at - a.at || order(b) - order(a))
  const entries = newest.slice(0, limit)
  if (newest.length <= limit) return { entries: entries.reverse(), olderCursor: null }
  // A source none of whose rows were taken keeps its place.
  const place = { ...before }
  for (const entry of entries) {
    if (entry.type === 'message') place.rowid = Math.min(place.rowid, entry.row.rowid)
    else if (entry.type === 'event') place.seq = Math.min(place.seq, entry.row.seq)
    else place.comment = { at: entry.row.at, id: entry.row.id }
  }
  const olderCursor = encodeCursor([place.rowid, place.comment.at, place.comment.id, place.seq])
  return { entries: entries.reverse(), olderCursor }
}

/** At the same moment: first the mail, then what was said about it, then what was done. */
const order = (entry: Entry): number => ({ message: 0, comment: 1, event: 2 })[entry.type]

async function itemShapes(
  reader: BodyReader,
  entries: readonly Entry[],
  files: UserFiles,
  unfolded: ReadonlySet<string>,
): Promise<ThreadItemShape[]> {
  const messages = entries.flatMap((entry) => (entry.type === 'message' ? [entry.row] : []))
  const comments = new Map(
    commentShapes(
      reader.db,
      entries.flatMap((entry) => (entry.type === 'comment' ? [entry.row] : [])),
      files.comments,
    ).map((shape) => [shape.id, shape]),
  )
  const shapes = new Map(
    (await messageShapes(reader, messages, files, unfolded)).map((shape) => [shape.id, shape]),
  )
  return entries.flatMap((entry): ThreadItemShape[] => {
    switch (entry.type) {
      case 'message': {
        const message = shapes.get(entry.row.id)
        return message ? [{ type: 'message', at: entry.at, message }] : []
      }
      case 'comment': {
        const comment = comments.get(entry.row.id)
        return comment ? [{ type: 'comment', at: entry.at, comment }] : []
      }
      case 'event':
        return threadEvents(entry.row).map((event) => ({
          type: 'event',
          at: entry.at,
          event: { ...event, about: aboutOf(reader.db, event.kind, entry.row.entity_id) },
        }))
    }
  })
}

type EventShape = Extract<ThreadItemShape, { type: 'event' }>['event']

/** What was merged into the conversation that shows it. */
const aboutOf = (db: ReadableDb, kind: EventShape['kind'], id: string): string | null =>
  kind === 'merged' && shownAs(db, id) !== id ? (partSubject(db, id) ?? '') : null

type ChangedField =
  | 'status'
  | 'assignee_id'
  | 'team_id'
  | 'inbox_id'
  | 'snoozed_until'
  | 'snoozed_until_reply'
  | 'spam_at'
  | 'merged_into'

/** What one op on a thread did, in the words of its history. */
export function threadEvents(row: HistoryRow): EventShape[] {
  const change = JSON.parse(row.change) as Partial<Record<ChangedField, unknown>>
  const base = { actorId: row.actor_id, assigneeId: null, teamId: null, at: row.at }
  const events: EventShape[] = []
  if (change.merged_into !== undefined) {
    // What is split off begins with the fields of what it came from: nobody decided those.
    if ('inbox_id' in change) return []
    const kind = change.merged_into === null ? 'taken_apart' : 'merged'
    return [{ ...base, key: `${row.id}-merge`, kind }]
  }
  if (typeof change.assignee_id === 'string') {
    events.push({ ...base, key: `${row.id}-assignee`, kind: 'assigned', assigneeId: change.assignee_id })
  } else if (change.assignee_id === null) {
    events.push({ ...base, key: `${row.id}-assignee`, kind: 'unassigned' })
  }
  if (typeof change.team_id === 'string') {
    events.push({ ...base, key: `${row.id}-team`, kind: 'team_assigned', teamId: change.team_id })
  } else if (change.team_id === null) {
    events.push({ ...base, key: `${row.id}-team`, kind: 'team_unassigned' })
  }
  if (change.status === 'spam' || change.spam_at === null) {
    events.push({ ...base, key: `${row.id}-status`, kind: change.status === 'spam' ? 'spam' : 'not_spam' })
  } else if (change.status === 'closed' || change.status === 'open') {
    const kind = change.status === 'closed' ? 'closed' : 'reopened'
    events.push({ ...base, key: `${row.id}-status`, kind })
  }
  if (typeof change.inbox_id === 'string') {
    events.push({ ...base, key: `${row.id}-inbox`, kind: 'moved', inboxId: change.inbox_id })
  }
  const snooze = snoozeOf(change)
  if (snooze) events.push({ ...base, key: `${row.id}-snooze`, ...snooze })
  return events
}

/** What it says about when the conversation comes back; closing ends that without a word. */
function snoozeOf(change: Partial<Record<ChangedField, unknown>>): Pick<EventShape, 'kind' | 'until'> | null {
  if (typeof change.snoozed_until === 'number') return { kind: 'snoozed', until: change.snoozed_until }
  if (change.snoozed_until_reply === 1) return { kind: 'snoozed_until_reply', until: null }
  if (change.snoozed_until === undefined && change.snoozed_until_reply === undefined) return null
  return change.status === undefined ? { kind: 'woken', until: null } : null
}

function pendingItems(db: ReadableDb, threadId: string): ThreadItemShape[] {
  const rows = pendingOf(db, threadId)
  const recipients = outboxRecipientsOf(
    db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => ({
    type: 'pending',
    at: row.created_at,
    pending: {
      id: row.id,
      authorId: row.author_id,
      from: { name: row.from_name, address: row.from_address },
      to: recipients
        .filter((one) => one.outbox_id === row.id && one.kind === 'to')
        .map(({ name, address }) => ({ name, address })),
      subject: row.subject,
      snippet: row.snippet,
      at: row.created_at,
      delivery: deliveryOf(row, recipients),
    },
  }))
}
