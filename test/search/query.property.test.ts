import Database from 'better-sqlite3'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseQuery } from '../../src/main/engine/search/query.ts'
import { cpuTime } from '../support/cpu-time.ts'

const NOW = Date.UTC(2026, 3, 15)
const COLUMNS = ['subject', 'people', 'body', 'files'] as const
type Doc = Record<(typeof COLUMNS)[number], string>

const openIndex = () => {
  const db = new Database(':memory:')
  db.exec(`CREATE VIRTUAL TABLE mail USING fts5(subject, people, body, files, content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 2", prefix='2 3')`)
  const insert = db.prepare<[number, string, string, string, string]>(
    'INSERT INTO mail (rowid, subject, people, body, files) VALUES (?, ?, ?, ?, ?)',
  )
  const match = db.prepare<[string], { rowid: number }>(
    'SELECT rowid FROM mail WHERE mail MATCH ? ORDER BY rowid',
  )
  return {
    add: (rowid: number, doc: Doc) => insert.run(rowid, doc.subject, doc.people, doc.body, doc.files),
    clear: () => db.exec('DELETE FROM mail'),
    match: (expression: string) => match.all(expression).map((row) => row.rowid),
  }
}
let index: ReturnType<typeof openIndex>
beforeAll(() => {
  index = openIndex()
})

const pieces = fc.constantFrom(
  '"',
  "'",
  '-',
  '*',
  '(',
  ')',
  ':',
  '^',
  '+',
  '{',
  '}',
  ',',
  ' ',
  '\u0000',
  '\n',
  'AND',
  'OR',
  'NOT',
  'NEAR(',
  'subject:',
  'from:',
  'to:',
  'filename:',
  'is:',
  'before:',
  'has:attachment',
  'in:',
  'assignee:',
  'ab',
  'é',
  '日本',
  '🎉',
  '\ud800',
  '\u0301',
  '“',
  '”',
  '\u{1e900}',
  '7d',
)

describe('whatever is typed', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(pieces, { maxLength: 25 }).map((all) => all.join('')),
  )

  it('becomes an expression that SQLite takes, and never throws', () => {
    let expressions = 0
    fc.assert(
      fc.property(anything, (text) => {
        const { fts, ftsNot } = parseQuery(text, NOW)
        expect(fts !== null && ftsNot !== null).toBe(false)
        for (const expression of [fts, ftsNot]) {
          if (expression === null) continue
          expressions += 1
          index.match(expression)
        }
      }),
      { numRuns: 5000 },
    )
    expect(expressions).toBeGreaterThan(1000)
  })

  it.each([
    ['words', 'a '.repeat(5000)],
    ['negations', '-a '.repeat(5000)],
    ['quotes', '"'.repeat(5000)],
    ['one word', 'x'.repeat(1_000_000)],
    ['dashes', '-'.repeat(100_000)],
    ['operators', 'from:a '.repeat(5000)],
  ])('is bounded: thousands of %s', (_, text) => {
    const start = cpuTime()
    const { fts, ftsNot } = parseQuery(text, NOW)
    for (const expression of [fts, ftsNot]) if (expression !== null) index.match(expression)
    expect(cpuTime() - start).toBeLessThan(1000)
  })
})

describe('what the operators say', () => {
  const vocabulary = ['alpha', 'alps', 'alp', 'beta', 'Bär', 'or', 'not', 'e2e']
  const word = fc.constantFrom(...vocabulary)
  const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '))
  const doc: fc.Arbitrary<Doc> = fc.record({ subject: text, people: text, body: text, files: text })
  const part = fc.record({
    field: fc.constantFrom('', '', 'subject:', 'filename:'),
    words: fc.array(word, { minLength: 1, maxLength: 2 }),
    negated: fc.boolean(),
  })

  const fold = (all: string) =>
    all.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(' ').filter(Boolean)
  /** The plain meaning: the phrase stands in one of the columns, its last word maybe longer. */
  const holds = (one: Doc, columns: readonly (keyof Doc)[], phrase: string[], prefix: boolean) =>
    columns.some((column) => {
      const has = fold(one[column])
      return has.some((_, at) =>
        phrase.every((wanted, offset) => {
          const found = has[at + offset]
          if (found === undefined) return false
          return prefix && offset === phrase.length - 1 ? found.startsWith(wanted) : found === wanted
        }),
      )
    })

  it('is what is found', () => {
    let found = 0
    fc.assert(
      fc.property(
        fc.array(doc, { minLength: 1, maxLength: 6 }),
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.nat({ max: 3 }),
        (docs, parts, cut) => {
          index.clear()
          docs.forEach((one, at) => index.add(at + 1, one))
          // The last word is cut short, as while it is being typed: unquoted, it is a beginning.
          const typed = parts.map(({ field, words, negated }, at) => {
            const last = at === parts.length - 1
            const quoted = words.length > 1
            const kept = last && !quoted ? words[0]!.slice(0, Math.max(2, words[0]!.length - cut)) : words[0]!
            const shown = quoted ? `"${words.join(' ')}"` : kept
            const phrase = fold(quoted ? words.join(' ') : kept)
            const prefix = !quoted && !negated && (last || field === 'filename:')
            return { source: `${negated ? '-' : ''}${field}${shown}`, field, phrase, negated, prefix }
          })
          const query = typed.map((one) => one.source).join(' ')
          const { fts, ftsNot, problems } = parseQuery(query, NOW)
          expect(problems).toEqual([])
          const everyone = docs.map((_, at) => at + 1)
          const excluded = ftsNot === null ? [] : index.match(ftsNot)
          const answer = (fts === null ? everyone : index.match(fts)).filter((at) => !excluded.includes(at))
          const expected = everyone.filter((at) =>
            typed.every(({ field, phrase, negated, prefix }) => {
              const columns: readonly (keyof Doc)[] =
                field === 'subject:' ? ['subject'] : field === 'filename:' ? ['files'] : COLUMNS
              return holds(docs[at - 1]!, columns, phrase, prefix) !== negated
            }),
          )
          expect(answer, query).toEqual(expected)
          found += answer.length
        },
      ),
      { numRuns: 1500 },
    )
    expect(found).toBeGreaterThan(500)
  })
})
