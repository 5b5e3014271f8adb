import type { ReadableDb } from '../statements.ts'
import {
  looksAtRows,
  sourceCountSql,
  sourceIdsSql,
  sourcePageSql,
  stretchEndSql,
  type ListedAs,
  type ThreadCondition,
  type ThreadOrder,
  type ThreadPosition,
  type ThreadSource,
} from './thread-conditions.ts'
import { COUNT_CAP, THREAD_COLUMNS, type ThreadListRow } from './thread-lists.ts'

/**
 * Lists of threads by conditions: of tags, of followed ones, of views that people make. A list is merged from its sources,
 * one for each inbox, each of its states and each alternative, so that no thread of another inbox is ever read; every
 * source is a walk along an index.
 */
export type ThreadQuery = {
  listedAs: readonly ListedAs[]
  /** Threads that fulfil all of one of these. */
  branches: readonly (readonly ThreadCondition[])[]
}

/** Rows of a walk that are looked at in one go for a page, and for a count. */
const STRETCH = 20_000
const SCAN = 2_000
const LEAST_SCAN = 250

function sourcesOf(query: ThreadQuery, inboxIds: readonly string[]): ThreadSource[] {
  return query.branches.flatMap((conditions) => {
    const only = conditions.find((each) => each.on === 'inbox' && !each.not)
    const others = conditions.filter((each) => each !== only)
    if (others.some((each) => each.on === 'nothing' && !each.not)) return []
    return inboxIds
      .filter((id) => only === undefined || (only.on === 'inbox' && only.id === id))
      .flatMap((inboxId) =>
        query.listedAs.map((listedAs): ThreadSource => ({ listedAs, inboxId, conditions: others })),
      )
  })
}

const COLUMNS = THREAD_COLUMNS.map((column) => `t.${column}`).join(', ')

/**
 * A part of a list: up to `limit` rows, and where it goes on (null at its end). There may be fewer rows than that although
 * it goes on: no more than a stretch is looked at, so that nothing else has to wait.
 */
export function threadStretch(
  db: ReadableDb,
  query: ThreadQuery,
  inboxIds: readonly string[],
  page: { sort: ThreadOrder; after: ThreadPosition | null; limit: number },
  size: number = STRETCH,
): { rows: ThreadListRow[]; next: ThreadPosition | null } {
  const { sort, after, limit } = page
  const sign = sort === 'newest' ? -1 : 1
  const compare = (a: ThreadPosition, b: ThreadPosition): number =>
    sign * (a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const sources = sourcesOf(query, inboxIds)
  /** Behind it some source was not looked at yet. */
  let end: ThreadPosition | null = null
  for (const source of sources) {
    if (!looksAtRows(source)) continue
    const { sql, params } = stretchEndSql(source, { sort, after }, size)
    const own = db.get<ThreadPosition>(sql, params)
    if (own && (end === null || compare(own, end) < 0)) end = own
  }
  const found = new Map<string, ThreadListRow>()
  for (const source of sources) {
    const until = looksAtRows(source) ? end : null
    const { sql, params } = sourcePageSql(source, { sort, after, until, limit: limit + 1 }, COLUMNS)
    for (const row of db.all<ThreadListRow>(sql, params)) found.set(row.id, row)
  }
  const place = (row: ThreadListRow): ThreadPosition => ({ at: row.sort_at, id: row.id })
  const rows = [...found.values()]
    .filter((row) => end === null || compare(place(row), end) <= 0)
    .sort((a, b) => compare(place(a), place(b)))
  const last = rows[limit - 1]
  if (rows.length > limit && last) return { rows: rows.slice(0, limit), next: place(last) }
  return { rows, next: end }
}

/** How many threads a list holds: at most the cap, and whether there are or may be more. */
export function threadQueryCount(
  db: ReadableDb,
  query: ThreadQuery,
  inboxIds: readonly string[],
): { count: number; capped: boolean } {
  const sources = sourcesOf(query, inboxIds)
  const scan = Math.max(LEAST_SCAN, Math.floor(SCAN / Math.max(1, sources.length)))
  const most = (source: ThreadSource): number => (looksAtRows(source, true) ? scan : COUNT_CAP + 1)
  const ids = new Set<string>()
  let count = 0
  let capped = false
  for (const source of sources) {
    if (count > COUNT_CAP) break
    if (query.branches.length === 1) {
      const { sql, params } = sourceCountSql(source, most(source))
      const { n, scanned } = db.get<{ n: number; scanned: number }>(sql, params)!
      count += n
      capped ||= scanned === most(source)
    } else {
      const { sql, params } = sourceIdsSql(source, most(source))
      const rows = db.all<{ id: string; fits: number }>(sql, params)
      for (const { id, fits } of rows) if (fits) ids.add(id)
      capped ||= rows.length === most(source)
      count = ids.size
    }
  }
  return { count: Math.min(count, COUNT_CAP), capped: capped || count > COUNT_CAP }
}
