import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../src/main/engine/search/query.ts'
import type { SearchFilters } from '../../src/main/engine/search/types.ts'

/** Wednesday 2026-04-15, 13:30 local time. */
const NOW = new Date(2026, 3, 15, 13, 30).getTime()
const day = (year: number, month: number, date: number) => new Date(year, month - 1, date).getTime()

const nothing: SearchFilters = {
  from: [],
  to: [],
  hasAttachment: null,
  before: null,
  after: null,
  in: [],
  status: null,
  unread: null,
  assigned: null,
  assignee: [],
}
const parse = (text: string) => parseQuery(text, NOW)
const filtersOf = (text: string) => {
  const { filters, problems } = parse(text)
  expect(problems).toEqual([])
  return filters
}

describe('words', () => {
  it.each([
    ['', null],
    ['   ', null],
    ['invoice', '"invoice" *'],
    ['invoice ', '"invoice"'],
    ['unpaid invoice', '"unpaid" AND "invoice" *'],
    ['"unpaid invoice"', '"unpaid invoice"'],
    ['"unpaid inv', '"unpaid inv" *'],
    ['“unpaid invoice” x', '"unpaid invoice" AND "x"'],
    ['invoice -draft ', '("invoice") NOT ("draft")'],
    ['invoice -draft -"second notice" ', '("invoice") NOT ("draft" OR "second notice")'],
    ['subject:invoice ', 'subject : "invoice"'],
    ['subject:"unpaid invoice" Acme', 'subject : "unpaid invoice" AND "Acme" *'],
    ['-subject:x invoice ', '("invoice") NOT (subject : "x")'],
    ['filename:report x', 'files : "report" * AND "x"'],
    ['filename:"report.pdf"', 'files : "report.pdf"'],
    // A single letter is no beginning, but a single Chinese character is.
    ['a', '"a"'],
    ['日', '"日" *'],
    // Not operators, only words with a colon.
    ['http://acme.test/x ', '"http://acme.test/x"'],
    ['12:30 ', '"12:30"'],
    ['re: ', '"re:"'],
    ['constructor: ', '"constructor:"'],
    // Nothing is syntax of the index.
    [
      'a" OR b* NEAR(c) ^d {e} ',
      '"a"" AND "OR" AND "b*" AND "NEAR(c)" AND "^d" AND "{e}"'.replace('"a""', '"a"""'),
    ],
    ['a\u0000b ', '"a b"'],
  ])('%j looks for %s', (text, fts) => {
    expect(parse(text)).toMatchObject({
      fts,
      ftsNot: null,
      filters: nothing,
      problems: [],
      impossible: false,
    })
  })

  it('that must not be there stand alone when nothing else is asked for', () => {
    expect(parse('-draft')).toMatchObject({ fts: null, ftsNot: '"draft"' })
    expect(parse('-draft is:open -subject:x')).toMatchObject({
      fts: null,
      ftsNot: '"draft" OR subject : "x"',
    })
  })

  it('to mark are those that were asked for', () => {
    expect(parse('invoice "second notice" subject:Acme -draft from:ann filename:x invoice').words).toEqual([
      'invoice',
      'second notice',
      'Acme',
    ])
  })

  it('without letters or digits are named, and the rest is looked for', () => {
    expect(parse('🎉 invoice ')).toMatchObject({
      fts: '"invoice"',
      problems: [{ text: '🎉', message: '"🎉" has no letters or digits to look for.' }],
      words: ['invoice'],
    })
    expect(parse('- invoice ')).toMatchObject({ fts: '"invoice"', problems: [] })
  })

  it('are listed as they were understood', () => {
    expect(parse('-from:"Ann Lee" x').terms).toEqual([
      { field: 'from', text: 'Ann Lee', quoted: true, negated: true },
      { field: 'any', text: 'x', quoted: false, negated: false },
    ])
  })
})

describe('operators', () => {
  it('for people filter, and narrow the full-text search down where they can', () => {
    expect(parse('from:ann@acme.test TO:"Ben Bell" -cc:eve ')).toMatchObject({
      fts: 'people : "ann@acme.test" * AND people : "Ben Bell" *',
      ftsNot: null,
      filters: {
        from: [{ text: 'ann@acme.test', negated: false }],
        to: [
          { text: 'Ben Bell', negated: false },
          { text: 'eve', negated: true },
        ],
      },
    })
  })

  it.each<[string, Partial<SearchFilters>]>([
    ['has:attachment', { hasAttachment: true }],
    ['-has:attachments', { hasAttachment: false }],
    ['is:open', { status: 'open' }],
    ['is:Closed', { status: 'closed' }],
    ['-is:closed', { status: 'open' }],
    ['is:unread', { unread: true }],
    ['is:read', { unread: false }],
    ['-is:read', { unread: true }],
    ['is:assigned', { assigned: true }],
    ['is:unassigned', { assigned: false }],
    ['-is:unassigned', { assigned: true }],
    ['in:Support', { in: [{ text: 'Support', negated: false }] }],
    ['-in:"Second line"', { in: [{ text: 'Second line', negated: true }] }],
    ['assignee:me', { assignee: [{ kind: 'me', negated: false }] }],
    ['-assignee:none', { assignee: [{ kind: 'none', negated: true }] }],
    ['assignee:"Ben Bell"', { assignee: [{ kind: 'name', text: 'Ben Bell', negated: false }] }],
    ['assignee:"me"', { assignee: [{ kind: 'name', text: 'me', negated: false }] }],
    ['before:2026-05-31', { before: day(2026, 5, 31) }],
    ['after:2026-05-31', { after: day(2026, 5, 31) }],
    ['-before:2026-05-31', { after: day(2026, 5, 31) }],
    ['after:2026-05', { after: day(2026, 5, 1) }],
    ['before:2026', { before: day(2026, 1, 1) }],
    ['after:2026/5/3', { after: day(2026, 5, 3) }],
    ['after:yesterday', { after: day(2026, 4, 14) }],
    ['before:today', { before: day(2026, 4, 15) }],
    ['after:7d', { after: day(2026, 4, 8) }],
    ['after:2w', { after: day(2026, 4, 1) }],
    ['after:1m', { after: day(2026, 3, 15) }],
    ['after:1y', { after: day(2025, 4, 15) }],
    ['after:2024-02-29', { after: day(2024, 2, 29) }],
    ['after:2025 before:2026 after:2024 before:2027', { after: day(2025, 1, 1), before: day(2026, 1, 1) }],
  ])('%j filters', (text, filters) => {
    expect(filtersOf(text)).toEqual({ ...nothing, ...filters })
    expect(parse(text)).toMatchObject({ fts: null, ftsNot: null, words: [], impossible: false })
  })

  it('count months back to a day that exists', () => {
    const endOfMarch = new Date(2026, 2, 31, 9).getTime()
    expect(parseQuery('after:1m', endOfMarch).filters.after).toBe(day(2026, 2, 28))
  })

  it.each([
    ['before:soon', 'before: wants a date like 2026-05-31, 2026-05, 2026, yesterday or 7d.'],
    ['after:2026-02-30', 'after: wants a date like 2026-05-31, 2026-05, 2026, yesterday or 7d.'],
    ['before:2026-13', 'before: wants a date like 2026-05-31, 2026-05, 2026, yesterday or 7d.'],
    ['before:', 'before: wants a date like 2026-05-31, 2026-05, 2026, yesterday or 7d.'],
    ['from:', 'from: wants a name or an address.'],
    ['from:🎉', '"🎉" has no letters or digits to look for.'],
    ['has:money', 'has: knows only attachment.'],
    ['is:mine', 'is: knows open, closed, unread, read, assigned and unassigned.'],
    ['assignee:""', 'There is nothing between the quotes.'],
  ])('%j is named as a problem and filters nothing', (text, message) => {
    expect(parse(text)).toMatchObject({
      fts: null,
      filters: nothing,
      problems: [{ text, message }],
      impossible: false,
    })
  })

  it.each([
    'is:open is:closed',
    'is:read is:unread',
    'has:attachment -has:attachment',
    'is:assigned is:unassigned',
    'after:2026 before:2026',
    'after:2026-05 before:2025',
  ])('%j can match nothing, and says so', (text) => {
    const { impossible, problems } = parse(text)
    expect(impossible).toBe(true)
    expect(problems).toHaveLength(1)
  })
})
