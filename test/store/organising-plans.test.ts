import { expect, test } from 'vitest'
import {
  looksAtRows,
  sourceCountSql,
  sourceIdsSql,
  sourcePageSql,
  stretchEndSql,
  tagsOfThreadsSql,
  type ThreadCondition,
  type ThreadSource,
} from '../../src/main/engine/store/queries/thread-conditions.ts'
import {
  threadQueryCount,
  threadStretch,
  type ThreadQuery,
} from '../../src/main/engine/store/queries/thread-queries.ts'
import { tagUsesSql } from '../../src/main/engine/store/tables/tags.ts'
import { emptyStore } from '../support/plans.ts'

/** Lists by conditions walk an index in their order, and look at no more rows than a stretch, whatever they ask for. */

const empty = emptyStore()
const { planOf } = empty

const conditions = {
  assignee: { on: 'assignee', id: 'u' },
  nobody: { on: 'assignee', id: null },
  team: { on: 'team', id: 't' },
  'no team': { on: 'team', id: null },
  tag: { on: 'tag', id: 'g' },
  follower: { on: 'follower', id: 'u' },
  urgent: { on: 'priority', value: 'urgent' },
  medium: { on: 'priority', value: 'medium' },
  unread: { on: 'unread' },
  attachment: { on: 'attachment' },
  sender: { on: 'sender', address: 'a@x.test' },
  domain: { on: 'domain', domain: 'x.test' },
  words: { on: 'words', words: ['one', 'two'] },
  before: { on: 'before', at: 5 },
  after: { on: 'after', at: 1 },
} as const satisfies Record<string, ThreadCondition>
/** Those that an index leads along, and whether nothing is left to look at. */
const LEADERS: Record<string, string> = {
  assignee: 'threads_by_assignee',
  team: 'threads_by_team',
  tag: 'thread_tags_listed',
  follower: 'thread_followers_listed',
  urgent: 'threads_by_priority',
  domain: 'threads_by_domain',
  sender: 'threads_by_domain',
  before: 'threads_by_inbox',
  after: 'threads_by_inbox',
}
const source = (...all: ThreadCondition[]): ThreadSource => ({
  listedAs: 'open',
  inboxId: 'i',
  conditions: all,
})

const cases: [name: string, source: ThreadSource][] = [['nothing', source()]]
for (const [name, condition] of Object.entries(conditions)) {
  cases.push([name, source(condition)])
  cases.push([`not ${name}`, source({ ...condition, not: true })])
  for (const [other, second] of Object.entries(conditions))
    if (name !== other) cases.push([`${name} and ${other}`, source(condition, second)])
}

test.each(cases)('%s: pages, stretches and counts walk one index in order', (_name, one) => {
  for (const sort of ['newest', 'oldest'] as const) {
    for (const after of [null, { at: 3, id: 'x' }]) {
      const pages = [null, { at: 2, id: 'y' }].map(
        (until) => sourcePageSql(one, { sort, after, until, limit: 51 }, 't.id').sql,
      )
      for (const sql of [...pages, stretchEndSql(one, { sort, after }, 20_000).sql]) {
        const plan = planOf(sql).join('\n')
        expect(plan).not.toMatch(/SCAN|TEMP B-TREE/)
        expect(plan).toMatch(/SEARCH/)
      }
    }
  }
  for (const sql of [sourceCountSql(one, 1001).sql, sourceIdsSql(one, 1001).sql]) {
    const plan = planOf(sql).join('\n')
    expect(plan.replace(/SCAN \(subquery-\d+\)/, '')).not.toMatch(/SCAN|TEMP B-TREE/)
  }
})

test.each(Object.entries(LEADERS))(
  '%s leads along %s, and its bounds are asked of the index',
  (name, index) => {
    const one = source(conditions[name as keyof typeof conditions])
    const { sql } = sourcePageSql(
      one,
      { sort: 'newest', after: { at: 3, id: 'x' }, until: null, limit: 51 },
      't.id',
    )
    const plan = planOf(sql).join('\n')
    expect(plan).toContain(index)
    expect(plan).toMatch(/inbox_id=\?|assignee_id=\?/)
    expect(plan).toMatch(/\(sort_at,(id|thread_id)\)[<>]\(\?,\?\)/)
    expect(looksAtRows(one)).toBe(name === 'sender')
  },
)

test('a count of a tag, of followed ones and of what is unread there touches the index alone', () => {
  for (const all of [
    [conditions.tag],
    [conditions.tag, conditions.unread],
    [conditions.follower],
    [conditions.follower, conditions.unread],
  ]) {
    const plan = planOf(sourceCountSql(source(...all), 1001).sql).join('\n')
    expect(plan).toMatch(/COVERING INDEX thread_(tags|followers)_(listed|unread)/)
    expect(plan).not.toMatch(/threads\b/)
  }
  expect(planOf(tagUsesSql).join('\n')).toMatch(/COVERING INDEX thread_tags_listed/)
  expect(planOf(tagsOfThreadsSql).join('\n').replace('SCAN j', '')).not.toMatch(/SCAN/)
})

const THREADS = 1900
/** So many threads, of which those with the same remainder share a mark. */
function fill(): void {
  empty.store.write(({ db }) => {
    db.run(`INSERT INTO inboxes (id, name, access, created_at) VALUES ('i', 'I', 'everyone', 0)`)
    db.run(
      `INSERT INTO channels (id, kind, purpose, inbox_id, address, from_name, address_key, created_at)
       VALUES ('c', 'imap', 'team', 'i', 'a@b.test', '', 'a@b.test', 0)`,
    )
    for (let n = 0; n < THREADS; n += 1) {
      db.run(
        `INSERT INTO threads (id, inbox_id, channel_id, root_message_id, subject, snippet, sender_name, sender_address,
           status, first_at, sort_at, message_count, unread_count, attachment_count)
         VALUES (?, 'i', 'c', ?, ?, '', '', 'a@x.test', 'open', 0, ?, 1, ?, 0)`,
        [`t${n}`, `r${n}`, n % 500 === 7 ? 'rare' : 'often', n, Number(n % 2 === 0)],
      )
      if (n % 3 === 0) db.run(`INSERT INTO thread_tags (thread_id, tag_id) VALUES (?, 'g')`, [`t${n}`])
    }
  })
}

test('stretch by stretch everything is found once; counts say when they did not look at everything', () => {
  fill()
  const rare = { listedAs: ['open'], branches: [[{ on: 'words', words: ['rare'] }]] } as const
  /** Everything of a list in stretches of 100 rows, and how many there were. */
  const walk = (query: ThreadQuery, sort: 'newest' | 'oldest'): { found: string[]; rounds: number } => {
    const found: string[] = []
    let after: { at: number; id: string } | null = null
    let rounds = 0
    do {
      const part = threadStretch(empty.store.read, query, ['i'], { sort, after, limit: 50 }, 100)
      found.push(...part.rows.map((row) => row.id))
      after = part.next
      rounds += 1
    } while (after !== null)
    return { found, rounds }
  }
  const all = ['t1507', 't1007', 't507', 't7']
  expect(walk(rare, 'newest').found).toEqual(all)
  expect(walk(rare, 'oldest').found).toEqual(all.toReversed())
  expect(walk(rare, 'newest').rounds).toBeGreaterThanOrEqual(THREADS / 100)
  // Side by side with one that an index leads to, which is always further ahead.
  const both = { listedAs: ['open'], branches: [[{ on: 'tag', id: 'g' }], ...rare.branches] } as const
  const expected = Array.from({ length: THREADS }, (_, n) => n)
    .filter((n) => n % 3 === 0 || n % 500 === 7)
    .map((n) => `t${n}`)
  expect(walk(both, 'oldest').found).toEqual(expected)
  expect(walk(both, 'newest').found).toEqual(expected.toReversed())
  const tag = { listedAs: ['open'], branches: [[{ on: 'tag', id: 'g' }]] } as const
  expect(threadQueryCount(empty.store.read, tag, ['i'])).toEqual({ count: 634, capped: false })
  expect(threadQueryCount(empty.store.read, rare, ['i'])).toEqual({ count: 4, capped: false })
  // Twenty inboxes share what one count may look at.
  const many = ['i', ...Array.from({ length: 19 }, (_, n) => `other${n}`)]
  expect(threadQueryCount(empty.store.read, rare, many)).toMatchObject({ capped: true })
  expect(threadQueryCount(empty.store.read, tag, many)).toEqual({ count: 634, capped: false })
  const either = { listedAs: ['open'], branches: [...tag.branches, ...rare.branches] } as const
  // Alternatives share it, too: of the rare ones it found one that has no tag.
  expect(threadQueryCount(empty.store.read, either, ['i'])).toEqual({ count: 634 + 1, capped: true })
  const open = { listedAs: ['open'], branches: [[]] } as const
  expect(threadQueryCount(empty.store.read, open, ['i'])).toEqual({ count: 1000, capped: true })
  const unread = { listedAs: ['open'], branches: [[{ on: 'tag', id: 'g' }, { on: 'unread' }]] } as const
  expect(threadQueryCount(empty.store.read, unread, ['i'])).toEqual({ count: 317, capped: false })
})
