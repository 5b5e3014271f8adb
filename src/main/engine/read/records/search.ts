import type { RecordType } from '../../../../contract/records.ts'
import { propertiesOf } from '../../crm/records/catalogue.ts'
import { matchesFew, matchOf, recordPage, type RecordScope } from '../../store/queries/records/lists.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { inboxFilter, type Access } from '../../team/access.ts'
import { numberOf, wordsOf } from './list.ts'
import { summaryOf, type Summary } from './summaries.ts'

/** What pickers show first of each type. */
const NEAREST = { contact: 'last_seen_at', company: 'name', deal: 'created_at', ticket: 'number' } as const

/**
 * The nearest records by the beginnings of words: those lately in touch, the newest deals and tickets; without words the
 * first of each.
 */
export function searchRecords(
  db: ReadableDb,
  access: Access,
  input: { query: string; types: readonly RecordType[]; limit: number },
): Summary[] {
  const types = [...new Set(input.types)]
  const found = types.map((type) => nearest(db, access, type, input.query, input.limit))
  // Taking turns, so that no type hides the others.
  const rows: Summary[] = []
  for (let i = 0; rows.length < input.limit && found.some((list) => i < list.length); i += 1)
    rows.push(...found.flatMap((list) => list.slice(i, i + 1)))
  return rows.slice(0, input.limit)
}

function nearest(db: ReadableDb, access: Access, type: RecordType, query: string, limit: number): Summary[] {
  const property = propertiesOf(db, type).find(({ key }) => key === NEAREST[type])
  if (!property) return []
  const number = type === 'ticket' ? numberOf(db, query) : null
  const scope: RecordScope = {
    type,
    conditions: number === null ? [] : [{ property, test: 'is', value: number }],
    match: number === null ? matchOf(wordsOf(query)) : null,
    inboxIds: inboxFilter(access),
  }
  const sort = { property, descending: type !== 'company' }
  return recordPage(db, { scope, sort, after: null, limit }, matchesFew(db, scope)).flatMap(({ id }) => {
    const summary = summaryOf(db, access, type, id)
    return summary ? [summary] : []
  })
}
