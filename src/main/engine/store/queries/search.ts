import { marks, type ReadableDb } from '../statements.ts'

/** What SQL decides about a hit, besides the words. Null or left out means "either". */
export type SearchScope = {
  /** Inboxes to look in; null for all. */
  inboxIds: readonly string[] | null
  /** Null: any but spam, which is found only where it is asked for. */
  status: 'open' | 'closed' | 'spam' | null
  unread: boolean | null
  hasAttachment: boolean | null
  /** True: only what was sent. */
  sent: boolean | null
  /** Each has to hold: the assignee is (not) one of these; null among them stands for nobody. */
  assignees: readonly { ids: readonly (string | null)[]; negated: boolean }[]
  /** Milliseconds: earlier than, at or later than. */
  before: number | null
  after: number | null
}

export type SearchHit = {
  rowid: number
  thread_id: string
  direction: 'in' | 'out'
  from_name: string
  from_address: string
  snippet: string
  sort_at: number
}

type Params = (string | number | null)[]

/** A stretch of messages, newest first: rowids in [from, before). */
export type Stretch = { from: number; before: number }

/** The oldest of the next `size` candidates before a rowid, and how many there are; candidates hold the words, or are all. */
export const stretchSql = (withWords: boolean): string =>
  withWords
    ? `SELECT min(rowid) AS oldest, count(*) AS n FROM
       (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? AND rowid < ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?)`
    : `SELECT min(rowid) AS oldest, count(*) AS n FROM
       (SELECT rowid FROM messages WHERE rowid < ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?)`

export const nextStretch = (
  db: ReadableDb,
  fts: string | null,
  range: Stretch,
  size: number,
): { oldest: number | null; n: number } =>
  db.get(stretchSql(fts !== null), [...(fts === null ? [] : [fts]), range.before, range.from, size]) ?? {
    oldest: null,
    n: 0,
  }

function conditions(scope: SearchScope): { sql: string; params: Params } {
  const sql: string[] = []
  const params: Params = []
  const need = (condition: string, ...values: Params) => {
    sql.push(`AND ${condition}`)
    params.push(...values)
  }
  // Logged personal mail is found on its records only (G8).
  if (scope.inboxIds) need(`t.inbox_id IN (${marks(scope.inboxIds.length)})`, ...scope.inboxIds)
  else need('t.inbox_id IS NOT NULL')
  if (scope.status) need('t.status = ?', scope.status)
  else need(`t.status <> 'spam'`)
  if (scope.unread !== null) need(scope.unread ? 't.unread_count > 0' : 't.unread_count = 0')
  if (scope.hasAttachment !== null)
    need(scope.hasAttachment ? 'm.attachment_count > 0' : 'm.attachment_count = 0')
  if (scope.sent !== null) need(scope.sent ? `m.direction = 'out'` : `m.direction = 'in'`)
  for (const { ids, negated } of scope.assignees) {
    // '' stands for nobody: NULL is in no list.
    const list = ids.map((id) => id ?? '')
    need(`coalesce(t.assignee_id, '') ${negated ? 'NOT ' : ''}IN (${marks(list.length)})`, ...list)
  }
  if (scope.before !== null) need('m.sort_at < ?', scope.before)
  if (scope.after !== null) need('m.sort_at >= ?', scope.after)
  return { sql: sql.join(' '), params }
}

const COLUMNS = 'm.rowid, m.thread_id, m.direction, m.from_name, m.from_address, m.snippet, m.sort_at'

/** Hits within a stretch, newest first. Never ranked: bm25 would have to look at every match. */
export function hitsSql(
  scope: SearchScope,
  words: 'wanted' | 'unwanted' | 'none',
): { sql: string; params: Params } {
  const { sql, params } = conditions(scope)
  const not =
    words === 'unwanted'
      ? 'AND m.rowid NOT IN (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? AND rowid < ? AND rowid >= ?)'
      : ''
  const from =
    words === 'wanted'
      ? `messages_fts f CROSS JOIN messages m ON m.rowid = f.rowid CROSS JOIN threads t ON t.id = m.thread_id
         WHERE messages_fts MATCH ? AND f.rowid < ? AND f.rowid >= ?`
      : `messages m CROSS JOIN threads t ON t.id = m.thread_id WHERE m.rowid < ? AND m.rowid >= ?`
  const order = words === 'wanted' ? 'f.rowid' : 'm.rowid'
  return { sql: `SELECT ${COLUMNS} FROM ${from} ${sql} ${not} ORDER BY ${order} DESC LIMIT ?`, params }
}

export function hits(
  db: ReadableDb,
  query: { fts: string | null; ftsNot: string | null; scope: SearchScope },
  range: Stretch,
  limit: number,
): SearchHit[] {
  const words = query.fts !== null ? 'wanted' : query.ftsNot !== null ? 'unwanted' : 'none'
  const { sql, params } = hitsSql(query.scope, words)
  const bounds = [range.before, range.from]
  return db.all<SearchHit>(sql, [
    ...(query.fts === null ? [] : [query.fts]),
    ...bounds,
    ...params,
    ...(words === 'unwanted' ? [query.ftsNot, ...bounds] : []),
    limit,
  ])
}

/** Hits of one thread at or after a rowid: the thread was on an earlier page when there is one. */
export function newerHits(
  db: ReadableDb,
  query: { fts: string | null; ftsNot: string | null; scope: SearchScope },
  threadId: string,
  from: number,
): SearchHit[] {
  const { sql, params } = conditions(query.scope)
  const words = query.fts ?? query.ftsNot
  const found = `EXISTS (SELECT 1 FROM messages_fts WHERE messages_fts MATCH ? AND rowid = m.rowid)`
  return db.all<SearchHit>(
    `SELECT ${COLUMNS} FROM messages m INDEXED BY messages_by_thread CROSS JOIN threads t ON t.id = m.thread_id
     WHERE m.thread_id = ? AND m.rowid >= ? ${sql}
     ${words === null ? '' : `AND ${query.fts === null ? 'NOT ' : ''}${found}`} ORDER BY m.rowid LIMIT 100`,
    [threadId, from, ...params, ...(words === null ? [] : [words])],
  )
}
