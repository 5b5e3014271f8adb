/** One part of what was typed, understood. */
export type SearchTerm = {
  /** `any`: a word or phrase without an operator. */
  field: 'any' | Operator
  /** Without quotes. */
  text: string
  quoted: boolean
  negated: boolean
}

export type Operator =
  'from' | 'to' | 'subject' | 'filename' | 'has' | 'before' | 'after' | 'in' | 'is' | 'assignee'

export type TextFilter = { text: string; negated: boolean }

export type AssigneeFilter =
  | { kind: 'me' | 'none'; negated: boolean }
  /** A user's name, a part of it, or the address. */
  | { kind: 'name'; text: string; negated: boolean }

/** What the full-text index does not know. All of it must hold, besides `fts`; null means "either". */
export type SearchFilters = {
  /** Sender's name or address holds the text. Where it is not negated, `fts` has narrowed it down already. */
  from: TextFilter[]
  /** Name or address of a recipient (To, Cc, Bcc) holds the text. */
  to: TextFilter[]
  hasAttachment: boolean | null
  /** Earlier than this, in ms. */
  before: number | null
  /** At this time or later, in ms. */
  after: number | null
  /** Name of an inbox, or of a view (`unassigned`, `mine`, `open`, `closed`, `spam`, `sent`, `drafts`, `outbox`). */
  in: TextFilter[]
  status: 'open' | 'closed' | null
  unread: boolean | null
  assigned: boolean | null
  assignee: AssigneeFilter[]
}

export type ParsedQuery = {
  terms: SearchTerm[]
  /** For `MATCH` over the columns subject, people, body, files. Null when no word narrows the search down. */
  fts: string | null
  /**
   * What `MATCH` must not find. Set only while `fts` is null, because NOT needs a left side in FTS5: use it as
   * `rowid NOT IN (SELECT rowid … MATCH ?)`.
   */
  ftsNot: string | null
  filters: SearchFilters
  /** Two parts exclude each other (`is:open is:closed`): nothing can match, and there is no need to look. */
  impossible: boolean
  /** What could not be used; the rest is searched for all the same. Same shape as the contract's QueryProblem. */
  problems: { text: string; message: string }[]
  /** What to mark in the results: the words and phrases that were asked for. */
  words: string[]
}
