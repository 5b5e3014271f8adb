import type { SearchScope } from '../store/queries/search.ts'
import type { AssigneeFilter, ParsedQuery, SearchFilters, TextFilter } from './types.ts'

/** The people and places that a query can name: only those that the searcher may know of. */
export type Names = {
  meId: string
  users: readonly { id: string; name: string; email: string }[]
  /** The inboxes that the searcher can see. */
  inboxes: readonly { id: string; name: string }[]
  /** True when there are no others, so that no condition is needed. */
  seesAll: boolean
}

export type ResolvedQuery = Pick<ParsedQuery, 'fts' | 'ftsNot' | 'problems' | 'impossible'> & {
  scope: SearchScope
  from: readonly TextFilter[]
  to: readonly TextFilter[]
  /** Nothing in it asks for anything. */
  isEmpty: boolean
}

/** Lower case, without accents, as the full-text index sees letters. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}+/gu, '')
    .toLowerCase()

type AssigneeCondition = SearchScope['assignees'][number]

type Draft = {
  scope: Omit<SearchScope, 'assignees'> & { assignees: AssigneeCondition[] }
  problems: ParsedQuery['problems']
  impossible: boolean
}

/** Turns the names in a query into ids. What names nobody is a problem, and finds nothing rather than everything. */
export function resolveQuery(parsed: ParsedQuery, names: Names): ResolvedQuery {
  const { filters } = parsed
  const draft: Draft = {
    scope: {
      inboxIds: names.seesAll ? null : names.inboxes.map((inbox) => inbox.id),
      status: filters.status,
      unread: filters.unread,
      hasAttachment: filters.hasAttachment,
      sent: null,
      assignees: [],
      before: filters.before,
      after: filters.after,
    },
    problems: [...parsed.problems],
    impossible: parsed.impossible,
  }
  if (filters.assigned !== null) draft.scope.assignees.push({ ids: [null], negated: filters.assigned })
  for (const place of filters.in) resolvePlace(draft, place, names)
  for (const assignee of filters.assignee) resolveAssignee(draft, assignee, names)
  return {
    fts: parsed.fts,
    ftsNot: parsed.ftsNot,
    problems: draft.problems,
    impossible: draft.impossible,
    scope: draft.scope,
    from: filters.from,
    to: filters.to,
    isEmpty: parsed.fts === null && parsed.ftsNot === null && asksNothing(filters),
  }
}

const asksNothing = (filters: SearchFilters): boolean =>
  Object.values(filters).every((filter) => filter === null || (Array.isArray(filter) && filter.length === 0))

function fail(draft: Draft, text: string, message: string): void {
  draft.problems.push({ text, message })
  draft.impossible = true
}

function resolvePlace(draft: Draft, { text, negated }: TextFilter, names: Names): void {
  const { scope } = draft
  const wanted = fold(text)
  const named =
    names.inboxes.find((inbox) => fold(inbox.name) === wanted) ??
    names.inboxes.find((inbox) => fold(inbox.name).startsWith(wanted))
  const exact = named && fold(named.name) === wanted
  const view = exact ? undefined : VIEWS[wanted]
  if (view) {
    if (!view(draft, negated, names))
      fail(draft, `in:${text}`, `in:${text} contradicts the rest, so nothing can match.`)
    return
  }
  if (!named) {
    const known = names.inboxes.map((inbox) => inbox.name).join(', ')
    return fail(draft, `in:${text}`, `There is no inbox or view "${text}". Inboxes here: ${known || 'none'}.`)
  }
  const before = scope.inboxIds ?? names.inboxes.map((inbox) => inbox.id)
  scope.inboxIds = before.filter((id) => (id === named.id) !== negated)
}

/** Demands a status; false when the other one is demanded already. */
function demandStatus({ scope }: Draft, status: 'open' | 'closed' | 'spam'): boolean {
  const before = scope.status
  scope.status = status
  return before === null || before === status
}

type PlaceRule = (draft: Draft, negated: boolean, names: Names) => boolean

/** What each view means for a message. Drafts and what waits to be sent are not in the index. */
const VIEWS: Record<string, PlaceRule> = {
  open: (draft, negated) => demandStatus(draft, negated ? 'closed' : 'open'),
  closed: (draft, negated) => demandStatus(draft, negated ? 'open' : 'closed'),
  // What is not asked for spam finds none.
  spam: (draft, negated) => negated || demandStatus(draft, 'spam'),
  sent({ scope }, negated) {
    const before = scope.sent
    scope.sent = !negated
    return before === null || before === scope.sent
  },
  unassigned(draft, negated) {
    draft.scope.assignees.push({ ids: [null], negated })
    return negated || demandStatus(draft, 'open')
  },
  mine(draft, negated, names) {
    draft.scope.assignees.push({ ids: [names.meId], negated })
    return negated || demandStatus(draft, 'open')
  },
  drafts(draft) {
    fail(draft, 'in:drafts', 'Drafts are not searched. They are listed under Drafts.')
    return true
  },
  outbox(draft) {
    fail(draft, 'in:outbox', 'The outbox is not searched. It is listed under Outbox.')
    return true
  },
}

function resolveAssignee(draft: Draft, filter: AssigneeFilter, names: Names): void {
  const { negated } = filter
  const { assignees } = draft.scope
  if (filter.kind !== 'name') {
    assignees.push({ ids: [filter.kind === 'me' ? names.meId : null], negated })
    return
  }
  const wanted = fold(filter.text)
  const ids = names.users
    .filter((user) => fold(user.name).includes(wanted) || fold(user.email).startsWith(wanted))
    .map((user) => user.id)
  if (ids.length > 0) assignees.push({ ids, negated })
  else fail(draft, `assignee:${filter.text}`, `There is no user "${filter.text}".`)
}
