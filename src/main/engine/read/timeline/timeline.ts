import type { TimelineFilter } from '../../../../contract/activities.ts'
import type { RecordType } from '../../../../contract/records.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Access } from '../../team/access.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { RecordEntryShape } from '../shapes.ts'
import { TIMELINE_SOURCES } from './registry.ts'
import { openScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { type Position } from './source.ts'

/** Where a page ends: the time of its last entry, and each source's own place. */
type Place = { until: number; positions: readonly Position[] }

const START: Place = { until: LATEST, positions: TIMELINE_SOURCES.map(({ start }) => start) }

/**
 * What happened on a record, newest first, a page at a time. Every source is read no further than a page by its own
 * order; the pages are merged by time, each entry once, whatever happens between two pages.
 * @param options.filters  groups of entries; all when there are none
 * @param options.limit  things on a page; one that changed several fields is as many entries
 * @throws DomainError NOT_FOUND (no such record, or none that the user may see), BAD_INPUT for a strange cursor
 */
export function timelineOf(
  db: ReadableDb,
  access: Access,
  record: { type: RecordType; id: string },
  options: { filters: readonly TimelineFilter[]; cursor: string | undefined; limit: number },
): { entries: RecordEntryShape[]; nextCursor: string | null } {
  const { filters, cursor, limit } = options
  const place = cursor === undefined ? START : placeOf(cursor)
  const scope = openScope(db, access, record, place.until)
  const wanted = TIMELINE_SOURCES.map(({ filter }) => filters.length === 0 || filters.includes(filter))
  const opened = TIMELINE_SOURCES.map((source, i) =>
    wanted[i] ? source.open(scope, place.positions[i]!, limit + 1) : null,
  )
  const moments = opened.map((source) => source?.moments ?? [])
  const order = merged(moments, limit)
  const counts = moments.map((_, i) => order.filter((source) => source === i).length)
  const shown = opened.map((source, i) => source?.show(counts[i]!) ?? [])
  const taken = moments.map(() => 0)
  const entries = order.flatMap((source) => shown[source]![taken[source]!++]!)
  if (moments.every((found, i) => found.length === counts[i])) return { entries, nextCursor: null }
  const last = order.at(-1)!
  const positions = moments.map((found, i) =>
    counts[i]! > 0 ? found[counts[i]! - 1]!.position : justBefore(found[0]?.position, place.positions[i]!),
  )
  const until = moments[last]![counts[last]! - 1]!.at
  return { entries, nextCursor: encodeCursor([until, ...positions.flat()]) }
}

/**
 * The place of a source of which nothing was taken: its next page begins with what it has now, and not with what happens
 * meanwhile, which is newer than this page. One that has nothing stays so.
 * @param head  its newest moment, if there is one
 * @param alike  any of its places
 */
const justBefore = (head: Position | undefined, alike: Position): Position =>
  head
    ? [...head.slice(0, -1), after(head.at(-1)!)]
    : alike.map((part) => (typeof part === 'number' ? 0 : ''))

/** The least that is greater; of ids, which are UUIDs, greater than this one and smaller than the next. */
const after = (part: number | string): number | string => (typeof part === 'number' ? part + 1 : `${part}~`)

/**
 * Which source each of the newest moments comes from. A source is taken in its own order, so that what is left of it
 * begins after what was taken, even where its times do not fall evenly (the log of another machine's clock).
 */
function merged(moments: readonly (readonly { at: number }[])[], limit: number): number[] {
  const heads = moments.map(() => 0)
  const order: number[] = []
  while (order.length < limit) {
    let best = -1
    for (const [i, found] of moments.entries()) {
      const head = found[heads[i]!]
      if (head && (best < 0 || head.at > moments[best]![heads[best]!]!.at)) best = i
    }
    if (best < 0) break
    heads[best]! += 1
    order.push(best)
  }
  return order
}

function placeOf(cursor: string): Place {
  const kinds = START.positions.flat().map((part) => (typeof part === 'number' ? 'number' : 'string'))
  const [until, ...parts] = decodeCursor(cursor, ['number', ...kinds])
  return { until: Number(until), positions: START.positions.map((start) => parts.splice(0, start.length)) }
}
