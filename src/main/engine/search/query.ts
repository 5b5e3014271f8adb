import { startOfDate } from './dates.ts'
import { ftsExpression, ftsString, isSearchable } from './fts.ts'
import { tokenize } from './tokens.ts'
import type { Token } from './tokens.ts'
import type { ParsedQuery, SearchFilters } from './types.ts'

/** Longer queries are cut; the contract allows 1,000 characters. */
const LONGEST = 2000

type Draft = {
  wanted: string[]
  unwanted: string[]
  filters: SearchFilters
  words: string[]
  problems: ParsedQuery['problems']
  impossible: boolean
}

/**
 * Understands what was typed into the search box: words and "phrases" that must all be there, `-` before what must
 * not, and operators. The last word counts as a beginning while it is being typed.
 * Never throws: what cannot be used is named in `problems`, and the rest is searched for.
 * @param now in ms, for dates like `yesterday`; days begin in local time
 */
export function parseQuery(text: string, now: number): ParsedQuery {
  const tokens = tokenize(text.slice(0, LONGEST))
  const draft: Draft = {
    wanted: [],
    unwanted: [],
    filters: {
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
    },
    words: [],
    problems: [],
    impossible: false,
  }
  for (const token of tokens) {
    // A dash by itself is punctuation.
    if (token.field === 'any' && !token.quoted && token.text === '') continue
    if (token.text.trim() === '')
      problem(draft, token, token.quoted ? 'There is nothing between the quotes.' : WANTS[token.field])
    else understand(draft, token, now)
  }
  const { wanted, unwanted, filters, words, problems, impossible } = draft
  return {
    terms: tokens.map((token) => ({
      field: token.field,
      text: token.text,
      quoted: token.quoted,
      negated: token.negated,
    })),
    ...ftsExpression(wanted, unwanted),
    filters,
    impossible,
    problems,
    words: [...new Set(words)],
  }
}

const WANTS: Readonly<Record<Token['field'], string>> = {
  any: '',
  from: 'from: wants a name or an address.',
  to: 'to: wants a name or an address.',
  subject: 'subject: wants a word or a "phrase".',
  filename: 'filename: wants a part of a name.',
  has: 'has: knows only attachment.',
  before: 'before: wants a date like 2026-05-31, 2026-05, 2026, yesterday or 7d.',
  after: 'after: wants a date like 2026-05-31, 2026-05, 2026, yesterday or 7d.',
  in: 'in: wants the name of an inbox or a view.',
  is: 'is: knows open, closed, unread, read, assigned and unassigned.',
  assignee: 'assignee: wants a name, me or none.',
}

const problem = (draft: Draft, token: Token, message: string): void => {
  draft.problems.push({ text: token.source, message })
}

function understand(draft: Draft, token: Token, now: number): void {
  const { filters } = draft
  const { text, negated } = token
  switch (token.field) {
    case 'any':
    case 'subject': {
      const column = token.field === 'any' ? null : 'subject'
      if (lookFor(draft, token, column, token.open) && !negated) draft.words.push(text.trim())
      return
    }
    case 'filename':
      // Names are remembered by a piece of them, so a piece is enough unless it is quoted.
      lookFor(draft, token, 'files', token.open || !token.quoted)
      return
    case 'from':
    case 'to':
      // The index holds all people of a message together: it narrows down who is wanted, and cannot say who is not.
      if (!negated && !lookFor(draft, token, 'people', true)) return
      filters[token.field].push({ text: text.trim(), negated })
      return
    case 'has':
      if (!/^(attachments?|files?)$/i.test(text)) return problem(draft, token, WANTS.has)
      return demand(draft, token, 'hasAttachment', !negated)
    case 'before':
    case 'after':
      return limitTime(draft, token, now)
    case 'in':
      filters.in.push({ text: text.trim(), negated })
      return
    case 'is':
      return demandState(draft, token)
    case 'assignee': {
      const name = text.trim()
      const special = token.quoted ? null : name.toLowerCase()
      if (special === 'me' || special === 'none') filters.assignee.push({ kind: special, negated })
      else filters.assignee.push({ kind: 'name', text: name, negated })
    }
  }
}

/** Adds a text to the full-text expression. @returns false when there is nothing in it to look for */
function lookFor(
  draft: Draft,
  token: Token,
  column: 'subject' | 'people' | 'files' | null,
  prefix: boolean,
): boolean {
  if (!isSearchable(token.text)) {
    problem(draft, token, `"${token.text.trim()}" has no letters or digits to look for.`)
    return false
  }
  const string = ftsString(token.text, prefix && !token.negated)
  const list = token.negated ? draft.unwanted : draft.wanted
  list.push(column === null ? string : `${column} : ${string}`)
  return true
}

function limitTime(draft: Draft, token: Token, now: number): void {
  const { filters } = draft
  const time = startOfDate(token.text, now)
  if (time === null) return problem(draft, token, WANTS[token.field])
  // What is not before a moment is at it or after it.
  const isBefore = (token.field === 'before') !== token.negated
  if (isBefore) filters.before = filters.before === null ? time : Math.min(filters.before, time)
  else filters.after = filters.after === null ? time : Math.max(filters.after, time)
  if (filters.before !== null && filters.after !== null && filters.after >= filters.before) {
    contradict(draft, token, 'No time is both after and before these dates.')
  }
}

function demandState(draft: Draft, token: Token): void {
  const { negated } = token
  switch (token.text.trim().toLowerCase()) {
    case 'open':
      return demand(draft, token, 'status', negated ? 'closed' : 'open')
    case 'closed':
      return demand(draft, token, 'status', negated ? 'open' : 'closed')
    case 'unread':
      return demand(draft, token, 'unread', !negated)
    case 'read':
      return demand(draft, token, 'unread', negated)
    case 'assigned':
      return demand(draft, token, 'assigned', !negated)
    case 'unassigned':
      return demand(draft, token, 'assigned', negated)
    default:
      return problem(draft, token, WANTS.is)
  }
}

function demand<Key extends 'status' | 'unread' | 'assigned' | 'hasAttachment'>(
  draft: Draft,
  token: Token,
  key: Key,
  value: NonNullable<SearchFilters[Key]>,
): void {
  const before = draft.filters[key]
  if (before !== null && before !== value) {
    return contradict(
      draft,
      token,
      `${token.source} contradicts what stands before it, so nothing can match.`,
    )
  }
  draft.filters[key] = value
}

function contradict(draft: Draft, token: Token, message: string): void {
  draft.impossible = true
  problem(draft, token, message)
}
