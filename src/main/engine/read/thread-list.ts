import { groupBy } from '../lib/group-by.ts'
import type { ReadableDb } from '../store/statements.ts'
import {
  draftRecipientsOf,
  draftsPage,
  outboxRecipientsOf,
  sentPage,
  waitingPage,
} from '../store/queries/outgoing.ts'
import { recipientsOf } from '../store/queries/messages.ts'
import type { ThreadQuery } from '../store/queries/thread-queries.ts'
import { threadPage, type ThreadListRow, type ThreadScope } from '../store/queries/thread-lists.ts'
import { followedOf, tagsOfThreads } from '../store/tables/tags.ts'
import { inboxFilter, type Access } from '../team/access.ts'
import { decodeCursor, encodeCursor, pageOf, placeOf } from './cursor.ts'
import { deliveriesOfMessages, deliveryOf } from './deliveries.ts'
import { mentionRows } from './mention-rows.ts'
import { plainStart } from './plain-text.ts'
import { visibleChannelIds } from './scope.ts'
import { BARE_ROW, type ListInput, type ListPage, type MailboxShape, type ThreadRowShape } from './shapes.ts'
import { filtered, queryOfScope, threadQueryPage } from './thread-query.ts'
import { viewOf } from './views/registry.ts'

/** One page of a view, as the user may see it. @param now in ms */
export async function listThreads(
  db: ReadableDb,
  access: Access,
  input: ListInput,
  now: number,
): Promise<ListPage> {
  const view = viewOf(input.view)
  switch (view.lists) {
    case 'threads': {
      const scope = view.scope(access)
      const { teamId, tagId, priority } = input.filter
      const isPlain = teamId === undefined && tagId === undefined && priority === undefined
      return isPlain
        ? threadRows(db, access, scope, input)
        : await queryRows(db, access, queryOfScope(scope), input)
    }
    case 'query':
      return await queryRows(db, access, view.query(db, access, now), input)
    case 'sent':
      return sentRows(db, access, input)
    case 'drafts':
      return draftRows(db, access, input)
    case 'mentions':
      return mentionRows(db, access, input)
    case 'outbox':
      return outboxRows(db, access, input)
  }
}

const start = (sort: ListInput['sort']): number => (sort === 'newest' ? Number.MAX_SAFE_INTEGER : -1)

function threadRows(db: ReadableDb, access: Access, base: ThreadScope, input: ListInput): ListPage {
  const { filter } = input
  const scope: ThreadScope = { ...base, unread: filter.unread, hasAttachment: filter.hasAttachment }
  if (filter.assigneeId !== undefined) {
    // "Mine" filtered by somebody else is nothing.
    if (base.assigneeId !== undefined && base.assigneeId !== filter.assigneeId)
      return { rows: [], nextCursor: null }
    scope.assigneeId = filter.assigneeId
  }
  const found = threadPage(
    db,
    {
      scope,
      sort: input.sort,
      after: input.cursor === undefined ? null : placeOf(input.cursor),
      limit: input.limit + 1,
    },
    inboxFilter(access),
  )
  const { shown, nextCursor } = pageOf(found, input.limit, (row) => [row.sort_at, row.id])
  return { rows: threadShapes(db, access.user.id, shown), nextCursor }
}

async function queryRows(
  db: ReadableDb,
  access: Access,
  query: ThreadQuery,
  input: ListInput,
): Promise<ListPage> {
  const { rows, next } = await threadQueryPage(db, access, filtered(query, input.filter), {
    sort: input.sort,
    after: input.cursor === undefined ? null : placeOf(input.cursor),
    limit: input.limit,
  })
  const nextCursor = next && encodeCursor([next.at, next.id])
  return { rows: threadShapes(db, access.user.id, rows), nextCursor }
}

/** Rows of a list of conversations, as a user sees them. */
export function threadShapes(
  db: ReadableDb,
  userId: string,
  rows: readonly ThreadListRow[],
): ThreadRowShape[] {
  const ids = rows.map(({ id }) => id)
  const tags = tagsOfThreads(db, ids)
  const followed = followedOf(db, userId, ids)
  return rows.map((row) => ({
    ...threadRow(row),
    tagIds: tags.get(row.id) ?? [],
    following: followed.has(row.id),
  }))
}

const threadRow = (row: ThreadListRow): ThreadRowShape => ({
  ...BARE_ROW,
  key: row.id,
  threadId: row.id,
  inboxId: row.inbox_id,
  sender: { name: row.sender_name, address: row.sender_address },
  subject: row.subject,
  snippet: row.snippet,
  at: row.sort_at,
  unread: row.unread_count > 0,
  hasAttachment: row.attachment_count > 0,
  assigneeId: row.assignee_id,
  teamId: row.team_id,
  status: row.status,
  snoozedUntil: row.snoozed_until,
  snoozedUntilReply: row.snoozed_until_reply === 1,
  priority: row.priority_shown ?? 'medium',
  messageCount: row.message_count,
})

function sentRows(db: ReadableDb, access: Access, input: ListInput): ListPage {
  const { filter } = input
  if (filter.unread) return { rows: [], nextCursor: null }
  const after =
    input.cursor === undefined ? start(input.sort) : Number(decodeCursor(input.cursor, ['number'])[0])
  const found = sentPage(db, {
    sort: input.sort,
    after,
    limit: input.limit + 1,
    inboxIds: inboxFilter(access),
    hasAttachment: filter.hasAttachment,
    assigneeId: filter.assigneeId,
  })
  const { shown, nextCursor } = pageOf(found, input.limit, (row) => [row.rowid])
  const deliveries = deliveriesOfMessages(db, shown)
  const recipients = groupBy(
    recipientsOf(
      db,
      shown.map((row) => row.rowid),
      20,
    ).filter((one) => one.kind !== 'reply_to'),
    (one) => one.message_rowid,
  )
  const rows = shown.map((row): ThreadRowShape => ({
    ...BARE_ROW,
    key: row.id,
    threadId: row.thread_id,
    inboxId: row.inbox_id,
    sender: { name: row.from_name, address: row.from_address },
    recipients: mailboxes(recipients.get(row.rowid)),
    subject: row.subject,
    snippet: row.snippet,
    at: row.sort_at,
    hasAttachment: row.attachment_count > 0,
    assigneeId: row.assignee_id,
    teamId: row.team_id,
    status: row.status,
    messageCount: row.message_count,
    delivery: deliveries.get(row.id) ?? null,
  }))
  return { rows, nextCursor }
}

const ORDER = { to: 0, cc: 1, bcc: 2 }

/** To before Cc before Bcc. */
function mailboxes(list: readonly { kind: string; name: string; address: string }[] = []): MailboxShape[] {
  const rank = (kind: string) => ORDER[kind as keyof typeof ORDER] ?? 3
  return [...list].sort((a, b) => rank(a.kind) - rank(b.kind)).map(({ name, address }) => ({ name, address }))
}

function draftRows(db: ReadableDb, access: Access, input: ListInput): ListPage {
  if (input.filter.unread || input.filter.assigneeId) return { rows: [], nextCursor: null }
  const found = draftsPage(db, {
    userId: access.user.id,
    sort: input.sort,
    after: placeOf(input.cursor, start(input.sort)),
    limit: input.limit + 1,
  })
  const { shown, nextCursor } = pageOf(found, input.limit, (row) => [row.updated_at, row.id])
  const recipients = groupBy(
    draftRecipientsOf(
      db,
      shown.map((row) => row.id),
    ),
    (one) => one.draft_id,
  )
  const rows = shown.map((row): ThreadRowShape => ({
    ...BARE_ROW,
    key: row.id,
    threadId: row.thread_id,
    draftId: row.id,
    inboxId: row.inbox_id,
    sender: { name: row.from_name ?? '', address: row.from_address ?? '' },
    recipients: mailboxes(recipients.get(row.id)),
    subject: row.subject,
    snippet: plainStart(row.html, 200),
    at: row.updated_at,
    hasAttachment: row.attachment_count > 0,
  }))
  return { rows, nextCursor }
}

function outboxRows(db: ReadableDb, access: Access, input: ListInput): ListPage {
  if (input.filter.unread || input.filter.assigneeId) return { rows: [], nextCursor: null }
  const found = waitingPage(db, {
    sort: input.sort,
    after: placeOf(input.cursor, start(input.sort)),
    limit: input.limit + 1,
    channelIds: visibleChannelIds(db, access),
  })
  const { shown, nextCursor } = pageOf(found, input.limit, (row) => [row.created_at, row.id])
  const recipients = outboxRecipientsOf(
    db,
    shown.map((row) => row.id),
  )
  const byItem = groupBy(recipients, (one) => one.outbox_id)
  const rows = shown.map((row): ThreadRowShape => ({
    ...BARE_ROW,
    key: row.id,
    threadId: row.thread_id,
    outboxId: row.id,
    inboxId: row.inbox_id,
    sender: { name: row.from_name, address: row.from_address },
    recipients: mailboxes(byItem.get(row.id)),
    subject: row.subject,
    snippet: row.snippet,
    at: row.created_at,
    delivery: deliveryOf(row, recipients),
  }))
  return { rows, nextCursor }
}
