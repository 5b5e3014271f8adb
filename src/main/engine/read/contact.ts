import type { ReadableDb } from '../store/statements.ts'
import {
  companyNames,
  contactComments,
  contactMail,
  contactThreadHistory,
  contactThreads,
  rowsOfContact,
  type ContactCardRow,
  type ContactCommentRow,
  type ContactHistoryRow,
  type ContactMessageRow,
} from '../store/queries/contacts.ts'
import { historyBefore, type HistoryRow } from '../store/queries/history.ts'
import { attachmentsOf } from '../store/queries/messages.ts'
import { outboxOfMessages } from '../store/queries/outgoing.ts'
import { allTeams } from '../store/tables/teams.ts'
import { allUsers } from '../store/tables/users.ts'
import { inboxFilter, type Access } from '../team/access.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { attachmentShape, type UserFiles } from './messages.ts'
import { threadRow } from './thread-list.ts'
import { threadEvents } from './thread.ts'
import type { AttachmentShape, ThreadRowShape, TimelineEntryShape } from './shapes.ts'

export const contactShape = (card: ContactCardRow) => ({
  id: card.id,
  name: card.name,
  address: card.email,
  jobTitle: card.job_title,
  phone: card.phone,
  notes: card.notes,
  company:
    card.company_id === null
      ? null
      : { id: card.company_id, name: card.company_name ?? '', domain: card.company_domain },
  ownerId: card.owner_id,
  firstSeenAt: card.record_first_seen_at,
  lastSeenAt: card.record_last_seen_at,
  messageCount: card.record_message_count,
})

export const threadsOfContact = (
  db: ReadableDb,
  access: Access,
  contactId: string,
  limit: number,
): ThreadRowShape[] =>
  contactThreads(db, rowsOfContact(db, contactId), inboxFilter(access), limit).map(threadRow)

/** The files of the mail with a contact, newest mail first. */
export function attachmentsOfContact(
  db: ReadableDb,
  access: Access,
  contactId: string,
  limit: number,
  files: UserFiles,
): (AttachmentShape & { threadId: string; at: number })[] {
  const mail = contactMail(db, rowsOfContact(db, contactId), {
    before: Number.MAX_SAFE_INTEGER,
    inboxIds: inboxFilter(access),
    limit,
    withFiles: true,
  })
  const byRowid = new Map(mail.map((row) => [row.rowid, row]))
  return attachmentsOf(db, [...byRowid.keys()])
    .filter((row) => row.inline === 0)
    .sort((a, b) => b.message_rowid - a.message_rowid || a.position - b.position)
    .slice(0, limit)
    .flatMap((row) => {
      const message = byRowid.get(row.message_rowid)
      return message
        ? [{ ...attachmentShape(row, files), threadId: message.thread_id, at: message.sort_at }]
        : []
    })
}

/** The place before which a page of the timeline ends: one for each source. */
type Place = { rowid: number; comment: { at: number; id: string }; threadSeq: number; contactSeq: number }

const NEWEST: Place = {
  rowid: Number.MAX_SAFE_INTEGER,
  comment: { at: Number.MAX_SAFE_INTEGER, id: '' },
  threadSeq: Number.MAX_SAFE_INTEGER,
  contactSeq: Number.MAX_SAFE_INTEGER,
}

type Entry =
  | { type: 'mail'; at: number; row: ContactMessageRow }
  | { type: 'comment'; at: number; row: ContactCommentRow }
  | { type: 'thread'; at: number; row: ContactHistoryRow }
  | { type: 'contact'; at: number; row: HistoryRow }

/** What happened with a contact, newest first: mail in and out, comments, what was done to their conversations, edits. */
export function timelineOfContact(
  db: ReadableDb,
  access: Access,
  contactId: string,
  cursor: string | undefined,
  limit: number,
): { entries: TimelineEntryShape[]; nextCursor: string | null } {
  const before = cursor === undefined ? NEWEST : placeOf(cursor)
  const scope = { inboxIds: inboxFilter(access), limit: limit + 1 }
  const people = rowsOfContact(db, contactId)
  const found: Entry[] = [
    ...contactMail(db, people, { ...scope, before: before.rowid }).map((row): Entry => ({
      type: 'mail',
      at: row.sort_at,
      row,
    })),
    ...contactComments(db, people, { ...scope, before: before.comment }).map((row): Entry => ({
      type: 'comment',
      at: row.at,
      row,
    })),
    ...contactThreadHistory(db, people, { ...scope, before: before.threadSeq }).map((row): Entry => ({
      type: 'thread',
      at: row.at,
      row,
    })),
    ...people
      .flatMap(({ id }) => historyBefore(db, 'contact', id, before.contactSeq, limit + 1))
      .sort((a, b) => b.seq - a.seq)
      .map((row): Entry => ({ type: 'contact', at: row.at, row })),
  ].sort((a, b) => b.at - a.at)
  const shown = found.slice(0, limit)
  const authors = outboxOfMessages(
    db,
    shown.flatMap((entry) => (entry.type === 'mail' && entry.row.direction === 'out' ? [entry.row] : [])),
  )
  const edits = shown.flatMap((entry) => (entry.type === 'contact' ? [changeOf(entry.row)] : []))
  const companies = companyNames(
    db,
    edits.map((change) => change.company_id).filter((id) => typeof id === 'string'),
  )
  const named = [...allUsers(db), ...allTeams(db)]
  const names = new Map([...named.map(({ id, name }): [string, string] => [id, name]), ...companies])
  const entries = shown.flatMap((entry) => entryShapes(entry, authors, names))
  return { entries, nextCursor: found.length > limit ? encodeCursor(placeAfter(shown, before)) : null }
}

function placeOf(cursor: string): Place {
  const [rowid, at, id, threadSeq, contactSeq] = decodeCursor(cursor, [
    'number',
    'number',
    'string',
    'number',
    'number',
  ])
  return {
    rowid: Number(rowid),
    comment: { at: Number(at), id: String(id) },
    threadSeq: Number(threadSeq),
    contactSeq: Number(contactSeq),
  }
}

function placeAfter(shown: readonly Entry[], before: Place): (string | number)[] {
  const place = { ...before }
  for (const entry of shown) {
    if (entry.type === 'mail') place.rowid = Math.min(place.rowid, entry.row.rowid)
    else if (entry.type === 'comment') place.comment = { at: entry.row.at, id: entry.row.id }
    else if (entry.type === 'thread') place.threadSeq = Math.min(place.threadSeq, entry.row.seq)
    else place.contactSeq = Math.min(place.contactSeq, entry.row.seq)
  }
  return [place.rowid, place.comment.at, place.comment.id, place.threadSeq, place.contactSeq]
}

function entryShapes(
  entry: Entry,
  authors: ReadonlyMap<string, { author_id: string | null }>,
  names: ReadonlyMap<string, string>,
): TimelineEntryShape[] {
  const { at } = entry
  switch (entry.type) {
    case 'mail': {
      const { id, direction, thread_id, channel_id, message_id, subject, snippet } = entry.row
      return [
        {
          key: id,
          kind: direction === 'in' ? 'email_in' : 'email_out',
          at,
          threadId: thread_id,
          actorId: authors.get(`${channel_id} ${message_id}`)?.author_id ?? null,
          title: subject,
          detail: snippet,
        },
      ]
    }
    case 'comment': {
      const { id, thread_id, author_id, text, thread_subject } = entry.row
      const base = { key: id, at, threadId: thread_id, actorId: author_id }
      return [{ ...base, kind: 'comment', title: text.slice(0, 500), detail: thread_subject }]
    }
    case 'thread':
      return threadEvents(entry.row).map((event) => ({
        key: event.key,
        kind: event.kind,
        at,
        threadId: entry.row.entity_id,
        actorId: event.actorId,
        title: names.get(event.assigneeId ?? event.teamId ?? '') ?? '',
        detail: entry.row.thread_subject,
      }))
    case 'contact':
      return fieldEntries(entry.row, names)
  }
}

const FIELDS: Record<string, string> = {
  name: 'name',
  job_title: 'jobTitle',
  phone: 'phone',
  notes: 'notes',
  company_id: 'company',
  owner_id: 'owner',
}

/** Where a row belongs, which is no change of what is known about the contact. */
const BOOKKEEPING = new Set([
  'merged_into',
  'merged_at',
  'is_alias',
  'removed_at',
  'primary_address',
  'address_removed_at',
])

const changeOf = (row: HistoryRow): Record<string, unknown> =>
  JSON.parse(row.change) as Record<string, unknown>

/** One entry for each field: `title` is its name in the contract, `detail` the new value. */
function fieldEntries(row: HistoryRow, names: ReadonlyMap<string, string>): TimelineEntryShape[] {
  const written = Object.entries(changeOf(row)).filter(([column]) => !BOOKKEEPING.has(column))
  return written.map(([column, value]) => {
    const text = typeof value === 'string' ? value : ''
    return {
      key: `${row.id}-${column}`,
      kind: 'field_changed',
      at: row.at,
      threadId: null,
      actorId: row.actor_id,
      title: FIELDS[column] ?? column,
      detail: column === 'company_id' || column === 'owner_id' ? (names.get(text) ?? '') : text.slice(0, 500),
    }
  })
}
