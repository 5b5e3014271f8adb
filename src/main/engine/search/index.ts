import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ReadableDb } from '../store/statements.ts'
import { recipientsOf } from '../store/queries/messages.ts'
import { hits, newerHits, nextStretch, type SearchHit } from '../store/queries/search.ts'
import { fold, type ResolvedQuery } from './resolve.ts'
import type { TextFilter } from './types.ts'

/** Candidates that are looked at in one go, between which other calls have their turn. */
const STRETCH = 4000
const HITS = 200
/** After this long a page is given out as it is, with a cursor to go on from, in ms. */
const PAGE_MS = 700

export type SearchPage = {
  /** The newest hit of each thread, newest first. */
  hits: SearchHit[]
  /** The rowid before which the next page begins; null at the end. */
  next: number | null
}

/**
 * One page of threads with a hit, newest hit first, each thread once over all pages. Work is bounded: what a query
 * without words has to walk through is walked in short stretches, and a page may come with fewer rows than asked for.
 * @param before the rowid that `next` gave
 */
export async function searchMessages(
  db: ReadableDb,
  query: ResolvedQuery,
  options: { before: number | null; limit: number; signal?: AbortSignal | undefined },
): Promise<SearchPage> {
  if (query.isEmpty || query.impossible || query.scope.inboxIds?.length === 0) return { hits: [], next: null }
  const range = rowidRange(query)
  const first = options.before
  let before = Math.min(first ?? range.before, range.before)
  const found = new Map<string, SearchHit>()
  const deadline = performance.now() + PAGE_MS
  for (;;) {
    const stretch = nextStretch(db, query.fts, { from: range.from, before }, STRETCH)
    if (stretch.oldest === null) return { hits: [...found.values()], next: null }
    for (;;) {
      const part = hits(db, query, { from: stretch.oldest, before }, HITS)
      for (const hit of keepPeople(db, query, part)) {
        if (found.has(hit.thread_id) || wasShown(db, query, hit, first)) continue
        if (found.size === options.limit) {
          // A further thread: it begins the next page.
          return { hits: [...found.values()], next: hit.rowid + 1 }
        }
        found.set(hit.thread_id, hit)
      }
      before = part.length === HITS ? (part.at(-1)?.rowid ?? stretch.oldest) : stretch.oldest
      if (part.length < HITS) break
    }
    if (stretch.n < STRETCH) return { hits: [...found.values()], next: null }
    await nextTurn()
    options.signal?.throwIfAborted()
    if (performance.now() > deadline) return { hits: [...found.values()], next: before }
  }
}

/** Rowids are in date order (see store/tables/messages.ts), so that dates cut the walk short. */
const ROWIDS_PER_MS = 1024

function rowidRange({ scope }: ResolvedQuery): { from: number; before: number } {
  return {
    from: scope.after === null ? 0 : Math.max(0, scope.after) * ROWIDS_PER_MS,
    // A crowded millisecond spills into the next ones: a second of room.
    before: scope.before === null ? Number.MAX_SAFE_INTEGER : (scope.before + 1000) * ROWIDS_PER_MS,
  }
}

/** True when the thread has a newer hit, so that it stood on an earlier page. */
function wasShown(db: ReadableDb, query: ResolvedQuery, hit: SearchHit, first: number | null): boolean {
  if (first === null) return false
  return keepPeople(db, query, newerHits(db, query, hit.thread_id, first)).length > 0
}

/** The index knows all people of a message together; who wrote and who received is decided here. */
function keepPeople(db: ReadableDb, query: ResolvedQuery, found: readonly SearchHit[]): readonly SearchHit[] {
  if (query.from.length === 0 && query.to.length === 0) return found
  const fromKept = found.filter((hit) => holdsAll(query.from, [`${hit.from_name} ${hit.from_address}`]))
  if (query.to.length === 0) return fromKept
  const recipients = new Map<number, string[]>()
  for (const one of recipientsOf(
    db,
    fromKept.map((hit) => hit.rowid),
  )) {
    if (one.kind === 'reply_to') continue
    recipients.set(one.message_rowid, [
      ...(recipients.get(one.message_rowid) ?? []),
      `${one.name} ${one.address}`,
    ])
  }
  return fromKept.filter((hit) => holdsAll(query.to, recipients.get(hit.rowid) ?? []))
}

const holdsAll = (filters: readonly TextFilter[], people: readonly string[]): boolean =>
  filters.every(({ text, negated }) => people.some((person) => fold(person).includes(fold(text))) !== negated)
