import type { Operator, SearchTerm } from './types.ts'

/** What people type, by operator. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  from: 'from',
  to: 'to',
  cc: 'to',
  bcc: 'to',
  subject: 'subject',
  filename: 'filename',
  has: 'has',
  before: 'before',
  after: 'after',
  in: 'in',
  is: 'is',
  assignee: 'assignee',
}

export type Token = SearchTerm & {
  /** As typed, for problems. */
  source: string
  /** Still being typed: nothing follows it, and no quote closed it. */
  open: boolean
}

const OPENING = /["“”„]/u
const CLOSING = /["“”]/u

/**
 * Splits what was typed into words, phrases and operators with their values. Anything is understood somehow: what is
 * no known operator is a word, a quote that is not closed reaches to the end.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const space = (index: number) => /\s/u.test(text[index] ?? ' ')
  while (at < text.length) {
    if (space(at)) {
      at += 1
      continue
    }
    const start = at
    const negated = text[at] === '-'
    if (negated) at += 1
    const operator = operatorAt(text, at)
    if (operator) at += operator.length
    const field = operator?.operator ?? 'any'
    if (OPENING.test(text[at] ?? '')) {
      let end = at + 1
      while (end < text.length && !CLOSING.test(text[end] ?? '')) end += 1
      const value = text.slice(at + 1, end)
      const open = end >= text.length
      at = end + 1
      tokens.push({ field, text: value, quoted: true, negated, source: text.slice(start, at), open })
    } else {
      const from = at
      while (at < text.length && !space(at)) at += 1
      const source = text.slice(start, at)
      tokens.push({
        field,
        text: text.slice(from, at),
        quoted: false,
        negated,
        source,
        open: at >= text.length,
      })
    }
  }
  return tokens
}

function operatorAt(text: string, at: number): { operator: Operator; length: number } | null {
  const match = /^([a-z]{2,8}):/i.exec(text.slice(at, at + 9))
  const name = match?.[1]?.toLowerCase()
  if (!match || name === undefined || !Object.hasOwn(OPERATORS, name)) return null
  const operator = OPERATORS[name]
  return operator ? { operator, length: match[0].length } : null
}
