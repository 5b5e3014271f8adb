import type { RecordType } from '../../../../../contract/records.ts'
import { marks, type ReadableDb } from '../../statements.ts'
import { conditionSql, type Condition, type Sql } from './conditions.ts'
import { companyNameSql, fieldOf } from './fields.ts'

/** Pages of records by keyset: what a page costs is what it shows, where an index gives the order. */

const TABLES = {
  contact: { table: 'contacts', listed: '$r.listed = 1', fts: 'contacts_fts', mergeable: true },
  company: { table: 'companies', listed: '$r.listed = 1', fts: 'companies_fts', mergeable: true },
  deal: { table: 'deals', listed: '$r.removed_at IS NULL', fts: 'deals_fts', mergeable: false },
  ticket: { table: 'tickets', listed: '$r.removed_at IS NULL', fts: 'tickets_fts', mergeable: false },
} as const satisfies Record<RecordType, object>

/** Up to so many matches of words are looked up and sorted; of more, the order's index is walked and each is asked for. */
const FEW_MATCHES = 2000
/** Beyond this nobody counts. */
export const COUNTED = 10_000

type PropertyKey = Condition['property']

export type RecordScope = {
  type: RecordType
  conditions: readonly Condition[]
  /** An FTS5 expression, or null for all. */
  match: string | null
  /** Of tickets: the inboxes whose conversations the user sees; null for all. */
  inboxIds: readonly string[] | null
}

export type RecordPage = {
  scope: RecordScope
  sort: { property: PropertyKey; descending: boolean }
  after: { place: string | number; id: string } | null
  limit: number
}

/** Filters on these are answered by an index that begins with them. */
const FILTER_INDEXES: Record<RecordType, readonly string[]> = {
  contact: ['owner_id', 'lifecycle_stage', 'company'],
  company: ['owner_id'],
  deal: ['owner_id', 'stage', 'company'],
  ticket: ['owner_id', 'status'],
}

/**
 * `FROM … WHERE …` of a scope.
 * @param isOrdered  an index gives the order that is asked for. Where none does and none answers a filter either, reading
 *   the table from end to end costs a fraction of visiting its rows in the order of an index that is of no use.
 */
function scopeSql(scope: RecordScope, isFew: boolean, isOrdered: boolean): Sql {
  const { table, listed, fts, mergeable } = TABLES[scope.type]
  const isFiltered = scope.conditions.some(
    ({ property, test }) => test === 'is' && FILTER_INDEXES[scope.type].includes(property.key),
  )
  const where: string[] = [listed.replace('$', isOrdered || isFiltered ? '' : '+')]
  const params: Sql['params'] = []
  let from = `${table} r`
  if (scope.match !== null) {
    // What was merged into a record finds it too.
    const merged = mergeable
      ? ` OR r.id IN (SELECT x.record_id FROM ${table} x WHERE x.merged_into IS NOT NULL
          AND x.rowid IN (SELECT rowid FROM ${fts} WHERE ${fts} MATCH ?))`
      : ''
    if (isFew) {
      const record = mergeable ? 'x.record_id' : 'x.id'
      from = `(SELECT DISTINCT ${record} AS id FROM ${fts} f CROSS JOIN ${table} x ON x.rowid = f.rowid
        WHERE ${fts} MATCH ?) m CROSS JOIN ${table} r ON r.id = m.id`
      params.push(scope.match)
    } else {
      where.push(`(+r.rowid IN (SELECT rowid FROM ${fts} WHERE ${fts} MATCH ?)${merged})`)
      params.push(scope.match, ...(mergeable ? [scope.match] : []))
    }
  }
  for (const condition of scope.conditions) {
    const { sql, params: values } = conditionSql(scope.type, condition)
    where.push(`(${sql})`)
    params.push(...values)
  }
  // The ticket of what was merged into a conversation with one of its own.
  if (scope.type === 'ticket') where.push('r.spoken_for = 0')
  if (scope.type === 'ticket' && scope.inboxIds !== null) {
    // A ticket without a conversation is everybody's.
    where.push(`(r.thread_id IS NULL OR EXISTS
      (SELECT 1 FROM threads t WHERE t.id = r.thread_id AND t.inbox_id IN (${marks(scope.inboxIds.length)})))`)
    params.push(...scope.inboxIds)
  }
  return { sql: `FROM ${from} WHERE ${where.join(' AND ')}`, params }
}

/** The SQL of one page. @param isFew whether the words match few rows */
export function recordPageSql(page: RecordPage, isFew: boolean): Sql {
  const { scope, sort, after, limit } = page
  const { sort: by, indexed } = fieldOf(scope.type, sort.property)
  const { sql, params } = scopeSql(scope, isFew, indexed === true)
  if (by === null) throw new Error(`A list cannot be sorted by "${sort.property.key}".`)
  const direction = sort.descending ? 'DESC' : 'ASC'
  const than = sort.descending ? '<' : '>'
  // The first comparison says nothing more, but of a pair SQLite uses an index for plain columns only.
  const isPlain = /^r\.\w+$/.test(by ?? '')
  const next = after ? `AND ${isPlain ? '' : `${by} ${than}= ? AND `}(${by}, r.id) ${than} (?, ?)` : ''
  return {
    sql: `SELECT r.id, ${by} AS place ${sql} ${next} ORDER BY ${by} ${direction}, r.id ${direction} LIMIT ?`,
    params: [...params, ...(after ? [...(isPlain ? [] : [after.place]), after.place, after.id] : []), limit],
  }
}

export const recordCountSql = (scope: RecordScope, isFew: boolean): Sql => {
  const { sql, params } = scopeSql(scope, isFew, true)
  return { sql: `SELECT count(*) AS n FROM (SELECT 1 ${sql} LIMIT ${COUNTED + 1})`, params }
}

/** Words as FTS5 looks for them: all of them, by their beginnings. Null for none. */
export const matchOf = (words: readonly string[]): string | null =>
  words.length === 0 ? null : words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ')

/** Whether few rows match the words of a scope. */
export function matchesFew(db: ReadableDb, scope: RecordScope): boolean {
  if (scope.match === null) return false
  const { fts } = TABLES[scope.type]
  const { n } = db.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM ${fts} WHERE ${fts} MATCH ? LIMIT ${FEW_MATCHES + 1})`,
    [scope.match],
  )!
  return n <= FEW_MATCHES
}

/** The ids of one page, each with the place after which the next one begins. */
export function recordPage(
  db: ReadableDb,
  page: RecordPage,
  isFew: boolean,
): { id: string; place: string | number }[] {
  const { sql, params } = recordPageSql(page, isFew)
  return db.all(sql, params)
}

/** How many there are, at most one more than COUNTED. */
export function countRecords(db: ReadableDb, scope: RecordScope, isFew: boolean): number {
  const { sql, params } = recordCountSql(scope, isFew)
  return db.get<{ n: number }>(sql, params)!.n
}

export type RecordValuesRow = { id: string; record_name: string; company_name: string | null } & Record<
  string,
  string | number | null
>

/** What a record is called: somebody without a name by their address or number. */
const NAMES: Record<RecordType, string> = {
  contact: `coalesce(nullif(r.name, ''), nullif(r.email, ''), ${fieldOf('contact', { key: 'phone', id: null, type: 'phone' }).value}, '')`,
  company: `coalesce(nullif(r.name, ''), r.domain, '')`,
  deal: 'r.name',
  ticket: 'r.subject',
}

/**
 * Values of some properties of some records, by id. `record_name` and `company_name` come with them. Rows that were merged
 * or removed are found as well.
 */
export function recordValues(
  db: ReadableDb,
  type: RecordType,
  ids: readonly string[],
  properties: readonly PropertyKey[],
): Map<string, RecordValuesRow> {
  const hasCompany = properties.some((property) => property.type === 'company')
  const columns = properties.map((property) => `${fieldOf(type, property).value} AS "${property.key}"`)
  const rows = db.all<RecordValuesRow>(
    `SELECT r.id, ${[`${NAMES[type]} AS record_name`, `${hasCompany ? companyNameSql : 'NULL'} AS company_name`, ...columns].join(', ')}
     FROM ${TABLES[type].table} r WHERE r.id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(ids)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}
