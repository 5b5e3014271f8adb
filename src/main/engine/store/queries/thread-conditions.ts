import type { TicketPriority } from '../../../../contract/admin.ts'
import type { ThreadStatus } from '../../../../contract/threads.ts'

/**
 * What a list of threads asks for, as SQL. One condition leads: an index holds its threads in the order of the list. The
 * others are looked at row by row along that walk.
 */

type Param = string | number | null
export type Sql = { sql: string; params: Param[] }

export type ThreadTest =
  | { on: 'inbox'; id: string }
  /** Null: nobody's. */
  | { on: 'assignee'; id: string | null }
  | { on: 'team'; id: string | null }
  | { on: 'tag'; id: string }
  | { on: 'follower'; id: string }
  | { on: 'priority'; value: TicketPriority }
  | { on: 'unread' }
  | { on: 'attachment' }
  /** In lower case. */
  | { on: 'sender'; address: string }
  | { on: 'domain'; domain: string }
  | { on: 'words'; words: readonly string[] }
  /** Its newest message is earlier than that moment (ms), or not. */
  | { on: 'before'; at: number }
  | { on: 'after'; at: number }
  /** What no thread fulfils: a tag that was removed. */
  | { on: 'nothing' }
export type ThreadCondition = ThreadTest & { not?: boolean }

/** Which lists show it. */
export type ListedAs = ThreadStatus | 'snoozed'
export type ThreadOrder = 'newest' | 'oldest'
export type ThreadPosition = { at: number; id: string }

/** Threads that are listed so, lie in that inbox and fulfil all of the conditions. */
export type ThreadSource = { listedAs: ListedAs; inboxId: string; conditions: readonly ThreadCondition[] }

const like = (word: string): string => `%${word.replace(/[\\%_]/g, (character) => `\\${character}`)}%`

/** One condition over the row `t` of a thread. */
function testSql(test: ThreadTest): Sql {
  switch (test.on) {
    case 'inbox':
      return { sql: 't.inbox_id = ?', params: [test.id] }
    case 'assignee':
      return { sql: 't.assignee_id IS ?', params: [test.id] }
    case 'team':
      return { sql: 't.team_id IS ?', params: [test.id] }
    case 'tag':
      return {
        sql: 'EXISTS (SELECT 1 FROM thread_tags x WHERE x.thread_id = t.id AND x.tag_id = ?)',
        params: [test.id],
      }
    case 'follower':
      return {
        sql: 'EXISTS (SELECT 1 FROM thread_followers x WHERE x.thread_id = t.id AND x.user_id = ?)',
        params: [test.id],
      }
    case 'priority':
      return { sql: 't.priority_shown IS ?', params: [test.value === 'medium' ? null : test.value] }
    case 'unread':
      return { sql: 't.unread_count > 0', params: [] }
    case 'attachment':
      return { sql: 't.attachment_count > 0', params: [] }
    case 'sender':
      return { sql: 'lower(t.sender_address) = ?', params: [test.address] }
    case 'domain':
      return { sql: 't.sender_domain = ?', params: [test.domain] }
    case 'words': {
      const places = ['t.subject', 't.sender_name', 't.sender_address', 't.snippet']
      const any = `(${places.map((place) => `${place} LIKE ? ESCAPE '\\'`).join(' OR ')})`
      return {
        sql: `(${test.words.map(() => any).join(' AND ')})`,
        params: test.words.flatMap((word) => places.map(() => like(word))),
      }
    }
    case 'before':
      return { sql: 't.sort_at < ?', params: [test.at] }
    case 'after':
      return { sql: 't.sort_at >= ?', params: [test.at] }
    case 'nothing':
      return { sql: '0', params: [] }
  }
}

/** Where a walk leads along: the tables, the alias whose index it is, and what the index is asked for. */
type Walk = {
  from: string
  /** The columns of the place in the order. */
  at: string
  id: string
  alias: string
  lead: Sql
  /** What the index knows already. */
  known: readonly ThreadCondition[]
}

const plain = (index: string, lead: Sql, known: readonly ThreadCondition[]): Walk => ({
  from: `threads t INDEXED BY ${index}`,
  at: 't.sort_at',
  id: 't.id',
  alias: 't',
  lead,
  known,
})

/** Along the marks of threads: they repeat what decides about the place in a list. */
const marked = (table: string, mark: string, id: string, unread: boolean): Omit<Walk, 'known'> => ({
  from: `${table} d INDEXED BY ${table}_${unread ? 'unread' : 'listed'} CROSS JOIN threads t ON t.id = d.thread_id`,
  at: 'd.sort_at',
  id: 'd.thread_id',
  alias: 'd',
  lead: { sql: `d.${mark} = ?${unread ? ' AND d.unread = 1' : ''}`, params: [id] },
})

/**
 * The walk that leaves the fewest threads to look at, as far as the conditions tell.
 * @param counting  the order does not matter: those that are unread have an index without one
 */
function walkOf(conditions: readonly ThreadCondition[], counting: boolean): Walk {
  const asked = <On extends ThreadTest['on']>(on: On) =>
    conditions.find((each): each is Extract<ThreadTest, { on: On }> & ThreadCondition => {
      return each.on === on && !each.not
    })
  const unread = counting ? asked('unread') : undefined
  const known = (...all: (ThreadCondition | undefined)[]) => all.filter((each) => each !== undefined)
  const tag = asked('tag')
  if (tag)
    return {
      ...marked('thread_tags', 'tag_id', tag.id, unread !== undefined),
      known: known(tag, unread),
    }
  const follower = asked('follower')
  if (follower)
    return {
      ...marked('thread_followers', 'user_id', follower.id, unread !== undefined),
      known: known(follower, unread),
    }
  if (unread) return plain('threads_unread', testSql(unread), [unread])
  const sender = asked('sender')
  const domain = asked('domain') ?? (sender && domainOf(sender.address))
  if (domain) return plain('threads_by_domain', testSql(domain), [domain])
  const team = asked('team')
  if (team && team.id !== null)
    return plain('threads_by_team', { sql: 't.team_id = ?', params: [team.id] }, [team])
  const priority = asked('priority')
  if (priority && priority.value !== 'medium') {
    const lead = { sql: 't.priority_shown = ?', params: [priority.value] }
    return plain('threads_by_priority', lead, [priority])
  }
  const assignee = asked('assignee')
  // One person's threads are few; what nobody has is found in the inbox.
  if (assignee && assignee.id !== null) return plain('threads_by_assignee', testSql(assignee), [assignee])
  return plain('threads_by_inbox', { sql: '', params: [] }, [])
}

const domainOf = (address: string): (ThreadTest & { on: 'domain' }) | undefined =>
  address.includes('@')
    ? { on: 'domain', domain: address.slice(address.indexOf('@') + 1).toLowerCase() }
    : undefined

const and = (parts: readonly Sql[]): Sql => {
  const said = parts.filter(({ sql }) => sql !== '')
  return { sql: said.map(({ sql }) => sql).join(' AND '), params: said.flatMap(({ params }) => params) }
}

const negatable = (condition: ThreadCondition): Sql => {
  const { sql, params } = testSql(condition)
  return condition.not ? { sql: `NOT (${sql})`, params } : { sql, params }
}

/** What of a source a walk is asked for, and what is left to look at. `after` is the place that it begins behind. */
function divide(
  source: ThreadSource,
  counting: boolean,
  place: { sort: ThreadOrder; after: ThreadPosition | null } | null,
): { walk: Walk; where: Sql; rest: Sql } {
  const walk = walkOf(source.conditions, counting)
  const { alias, at, id } = walk
  const parts: Sql[] = [
    walk.lead,
    { sql: `${alias}.inbox_id = ?`, params: [source.inboxId] },
    { sql: `${alias}.listed_as = ?`, params: [source.listedAs] },
  ]
  const taken = new Set<ThreadCondition>(walk.known)
  const hasTimes = !walk.from.includes('_unread')
  for (const condition of source.conditions) {
    if ((condition.on !== 'before' && condition.on !== 'after') || condition.not || !hasTimes) continue
    taken.add(condition)
    // The place where it goes on says so already, and an index takes one bound on either side.
    const said = place?.after && (condition.on === 'before') === (place.sort === 'newest')
    if (!said)
      parts.push({ sql: `${at} ${condition.on === 'before' ? '<' : '>='} ?`, params: [condition.at] })
  }
  if (place?.after) {
    const { after, sort } = place
    parts.push({
      sql: `(${at}, ${id}) ${sort === 'newest' ? '<' : '>'} (?, ?)`,
      params: [after.at, after.id],
    })
  }
  const rest = source.conditions.filter((each) => !taken.has(each)).map(negatable)
  return { walk, where: and(parts), rest: and(rest) }
}

/** Whether each row of the walk has to be looked at. */
export const looksAtRows = (source: ThreadSource, counting = false): boolean =>
  divide(source, counting, null).rest.sql !== ''

export type SourcePage = {
  sort: ThreadOrder
  after: ThreadPosition | null
  /** Where a stretch ends; that one is still in it. Null: at the end. */
  until: ThreadPosition | null
  limit: number
}

const direction = (sort: ThreadOrder): string => (sort === 'newest' ? 'DESC' : 'ASC')

/** One page of a source, in order. @param columns of `t` */
export function sourcePageSql(source: ThreadSource, page: SourcePage, columns: string): Sql {
  const { walk, where, rest } = divide(source, false, page)
  const { at, id } = walk
  const bound: Sql =
    page.until === null
      ? { sql: '', params: [] }
      : {
          sql: `(${at}, ${id}) ${page.sort === 'newest' ? '>=' : '<='} (?, ?)`,
          params: [page.until.at, page.until.id],
        }
  const all = and([where, bound, rest])
  const order = direction(page.sort)
  return {
    sql: `SELECT ${columns} FROM ${walk.from} WHERE ${all.sql} ORDER BY ${at} ${order}, ${id} ${order} LIMIT ?`,
    params: [...all.params, page.limit],
  }
}

/** The last place of the next `size` rows of a walk; nothing where there are fewer. */
export function stretchEndSql(
  source: ThreadSource,
  { sort, after }: Pick<SourcePage, 'sort' | 'after'>,
  size: number,
): Sql {
  const { walk, where } = divide(source, false, { sort, after })
  const { at, id } = walk
  const order = direction(sort)
  // The marks know the place themselves.
  const from = walk.from.replace(/ CROSS JOIN .*/, '')
  return {
    sql: `SELECT ${at} AS at, ${id} AS id FROM ${from} WHERE ${where.sql}
      ORDER BY ${at} ${order}, ${id} ${order} LIMIT 1 OFFSET ?`,
    params: [...where.params, size - 1],
  }
}

/**
 * How many of the first `scan` rows of a walk fulfil all (`n`), and how many were looked at (`scanned`).
 * @param scan  where nothing is left to look at, as many as are counted
 */
export function sourceCountSql(source: ThreadSource, scan: number): Sql {
  const { walk, where, rest } = divide(source, true, null)
  if (rest.sql === '') {
    const from = walk.from.replace(/ CROSS JOIN .*/, '')
    return {
      sql: `SELECT count(*) AS n, count(*) AS scanned FROM (SELECT 1 FROM ${from} WHERE ${where.sql} LIMIT ?)`,
      params: [...where.params, scan],
    }
  }
  return {
    sql: `SELECT coalesce(sum(fits), 0) AS n, count(*) AS scanned FROM
      (SELECT (${rest.sql}) AS fits FROM ${walk.from} WHERE ${where.sql} LIMIT ?)`,
    params: [...rest.params, ...where.params, scan],
  }
}

/** The same as ids, where several sources may hold one thread: those of the first `scan` rows that fulfil all. */
export function sourceIdsSql(source: ThreadSource, scan: number): Sql {
  const { walk, where, rest } = divide(source, true, null)
  return {
    sql: `SELECT ${walk.id} AS id, ${rest.sql === '' ? '1' : `(${rest.sql})`} AS fits FROM ${walk.from}
      WHERE ${where.sql} LIMIT ?`,
    params: [...rest.params, ...where.params, scan],
  }
}

/** Which of the threads (a JSON array) have which tags that are there: two columns. */
export const tagsOfThreadsSql = `SELECT x.thread_id, x.tag_id FROM json_each(?) j
  CROSS JOIN thread_tags x ON x.thread_id = j.value CROSS JOIN tags g ON g.id = x.tag_id
  WHERE g.removed_at IS NULL ORDER BY g.name COLLATE NOCASE, g.id`
