import type { TicketPriority } from '../../../../contract/admin.ts'
import type { ThreadStatus } from '../../../../contract/threads.ts'
import { marks, type ReadableDb } from '../statements.ts'

/**
 * Pages of threads. Every query is pinned to the index that gives its order (INDEXED BY), so that a page costs what
 * it shows, whatever the planner thinks of the tables: see the query-plan test.
 */

export type ThreadListRow = {
  id: string
  /** Null for logged personal mail. */
  inbox_id: string | null
  channel_id: string
  subject: string
  snippet: string
  sender_name: string
  sender_address: string
  contact_id: string | null
  status: ThreadStatus
  assignee_id: string | null
  team_id: string | null
  sort_at: number
  message_count: number
  unread_count: number
  attachment_count: number
  snoozed_until: number | null
  snoozed_until_reply: number
  /** Null for medium. */
  priority_shown: Exclude<TicketPriority, 'medium'> | null
}

/** Which threads, as a value. What is left out does not matter; `assigneeId: null` asks for unassigned ones. */
export type ThreadScope = {
  /** Which lists show it: snoozed ones are open, and in none of the lists of open ones. */
  status: ThreadStatus | 'snoozed'
  inboxId?: string
  assigneeId?: string | null
  unread?: boolean
  hasAttachment?: boolean
}

/** The place in a list after which a page begins. */
export type ThreadPosition = { at: number; id: string }

export type ThreadPage = {
  scope: ThreadScope
  sort: 'newest' | 'oldest'
  after: ThreadPosition | null
  limit: number
}

/** What a row of a list is made of. */
export const THREAD_COLUMNS = [
  'id',
  'inbox_id',
  'channel_id',
  'subject',
  'snippet',
  'sender_name',
  'sender_address',
  'contact_id',
  'status',
  'assignee_id',
  'team_id',
  'sort_at',
  'message_count',
  'unread_count',
  'attachment_count',
  'snoozed_until',
  'snoozed_until_reply',
  'priority_shown',
] as const satisfies readonly (keyof ThreadListRow)[]
const COLUMNS = THREAD_COLUMNS.join(', ')

/** The SQL of one page; `visible` is set where the page has to leave out inboxes that the user cannot see. */
export function threadPageSql(
  page: ThreadPage,
  visible: readonly string[] | null,
): { sql: string; params: (string | number | null)[] } {
  const { scope, sort, after, limit } = page
  const params: (string | number | null)[] = []
  const where: string[] = []
  const need = (condition: string, ...values: (string | number | null)[]) => {
    where.push(condition)
    params.push(...values)
  }
  let index = 'threads_by_status'
  if (scope.inboxId !== undefined) {
    index = 'threads_by_inbox'
    need('inbox_id = ?', scope.inboxId)
  } else if (scope.assigneeId !== undefined) index = 'threads_by_assignee'
  need('listed_as = ?', scope.status)
  if (scope.assigneeId !== undefined) need('assignee_id IS ?', scope.assigneeId)
  if (after) need(`(sort_at, id) ${sort === 'newest' ? '<' : '>'} (?, ?)`, after.at, after.id)
  if (scope.unread !== undefined) need(scope.unread ? 'unread_count > 0' : 'unread_count = 0')
  if (scope.hasAttachment !== undefined)
    need(scope.hasAttachment ? 'attachment_count > 0' : 'attachment_count = 0')
  if (visible) need(`inbox_id IN (${marks(visible.length)})`, ...visible)
  params.push(limit)
  const direction = sort === 'newest' ? 'DESC' : 'ASC'
  const sql = `SELECT ${COLUMNS} FROM threads INDEXED BY ${index} WHERE ${where.join(' AND ')}
    ORDER BY sort_at ${direction}, id ${direction} LIMIT ?`
  return { sql, params }
}

/**
 * One page of threads in order.
 * @param visible the inboxes that the user can see, or null for all. A view over several of them is merged from a page
 *   of each, so that no thread of another inbox is ever read.
 */
export function threadPage(
  db: ReadableDb,
  page: ThreadPage,
  visible: readonly string[] | null,
): ThreadListRow[] {
  const { scope, sort, limit } = page
  if (visible?.length === 0) return []
  if (visible === null || scope.inboxId !== undefined || scope.assigneeId) {
    // One person's threads are few, and nearly all of them visible: there a filter is enough.
    const filter = scope.inboxId === undefined ? visible : null
    const { sql, params } = threadPageSql(page, filter)
    return db.all<ThreadListRow>(sql, params)
  }
  const sign = sort === 'newest' ? -1 : 1
  return visible
    .flatMap((inboxId) => {
      const { sql, params } = threadPageSql({ ...page, scope: { ...scope, inboxId } }, null)
      return db.all<ThreadListRow>(sql, params)
    })
    .sort((a, b) => sign * (a.sort_at - b.sort_at || (a.id < b.id ? -1 : 1)))
    .slice(0, limit)
}

/** Rows that are touched for a count at most: 1,000 and one to know that there are more. */
export const COUNT_CAP = 1000

/** The SQL of a capped count over exactly these inboxes (a view over all inboxes passes all of them). */
export function threadCountSql(
  scope: ThreadScope,
  inboxIds: readonly string[] | null,
): { sql: string; params: (string | number | null)[] } {
  const params: (string | number | null)[] = []
  const where: string[] = []
  const need = (condition: string, ...values: (string | number | null)[]) => {
    where.push(condition)
    params.push(...values)
  }
  const index = scope.unread
    ? 'threads_unread'
    : scope.assigneeId !== undefined
      ? 'threads_by_assignee'
      : inboxIds
        ? 'threads_by_inbox'
        : 'threads_by_status'
  need('listed_as = ?', scope.status)
  if (inboxIds) need(`inbox_id IN (${marks(inboxIds.length)})`, ...inboxIds)
  if (scope.assigneeId !== undefined) need('assignee_id IS ?', scope.assigneeId)
  if (scope.unread) need('unread_count > 0')
  params.push(COUNT_CAP + 1)
  return {
    sql: `SELECT count(*) AS n FROM (SELECT 1 FROM threads INDEXED BY ${index} WHERE ${where.join(' AND ')} LIMIT ?)`,
    params,
  }
}

/** At most COUNT_CAP + 1. */
export function threadCount(db: ReadableDb, scope: ThreadScope, inboxIds: readonly string[] | null): number {
  if (inboxIds?.length === 0) return 0
  const { sql, params } = threadCountSql(scope, inboxIds)
  return db.get<{ n: number }>(sql, params)?.n ?? 0
}

/** Threads by id, in no order. */
export const threadsByIds = (db: ReadableDb, ids: readonly string[]): ThreadListRow[] =>
  db.all<ThreadListRow>(`SELECT ${COLUMNS} FROM threads WHERE id IN (SELECT value FROM json_each(?))`, [
    JSON.stringify(ids),
  ])

/** The ids of threads that were joined to this one. */
export const aliasesOf = (db: ReadableDb, threadId: string): string[] =>
  db
    .all<{ alias_id: string }>(
      'SELECT alias_id FROM thread_aliases INDEXED BY thread_aliases_thread WHERE thread_id = ?',
      [threadId],
    )
    .map((row) => row.alias_id)
