import type { EmptyReason } from '../../../../contract/common.ts'
import type { FilterCondition, ListSettings, RecordType } from '../../../../contract/records.ts'
import { mustHaveProperty, propertiesOf, propertyName, type Property } from '../../crm/records/catalogue.ts'
import { normalisePhone } from '../../crm/records/phones.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { Condition } from '../../store/queries/records/conditions.ts'
import {
  countRecords,
  COUNTED,
  matchesFew,
  matchOf,
  recordPage,
  type RecordScope,
} from '../../store/queries/records/lists.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { ticketNumbered } from '../../store/tables/tickets.ts'
import { theWorkspace } from '../../store/tables/workspaces.ts'
import { inboxFilter, type Access } from '../../team/access.ts'
import { decodeCursor, pageOf } from '../cursor.ts'
import { recordRows, type RecordRowShape } from './rows.ts'

export type RecordListInput = {
  type: RecordType
  settings: ListSettings
  query: string
  cursor?: string | undefined
  limit: number
}

type RecordListShape = {
  rows: RecordRowShape[]
  nextCursor: string | null
  count: number
  capped: boolean
  emptyReason: EmptyReason | null
}

/**
 * One page of a list with its count.
 * @param isSyncing  mail is still coming in that makes contacts, companies and tickets
 * @throws DomainError BAD_INPUT for filters and orders that do not fit
 */
export function listRecords(
  db: ReadableDb,
  access: Access,
  input: RecordListInput,
  isSyncing = false,
): RecordListShape {
  const { type, settings, limit } = input
  const properties = propertiesOf(db, type)
  const sorted = mustHaveProperty(properties, type, settings.sort.key, 'sort')
  if (!sorted.sortable)
    throw new DomainError(
      'BAD_INPUT',
      `A list cannot be sorted by "${propertyName(sorted)}". Choose another column.`,
      { field: 'sort' },
    )
  const scope = scopeOf(db, access, input, properties)
  const isFew = matchesFew(db, scope)
  const page = recordPage(
    db,
    {
      scope,
      sort: { property: sorted, descending: settings.sort.descending },
      after: input.cursor === undefined ? null : placeOf(input.cursor),
      limit: limit + 1,
    },
    isFew,
  )
  const { shown, nextCursor } = pageOf(page, limit, ({ place, id }) => [String(place), id, typeof place])
  const isAll = input.cursor === undefined && page.length <= limit
  const counted = isAll ? page.length : countRecords(db, scope, isFew)
  const wanted = new Set(settings.columns)
  return {
    rows: recordRows(
      db,
      type,
      shown.map(({ id }) => id),
      properties.filter((property) => wanted.has(property.key) || isAlwaysThere(property)),
    ),
    nextCursor,
    count: Math.min(counted, COUNTED),
    capped: counted > COUNTED,
    emptyReason: counted > 0 ? null : emptyReason(input, isSyncing),
  }
}

/** An amount is nothing without its currency, a record's name and stage are always of use. */
const isAlwaysThere = (property: Property): boolean =>
  property.id === null && !['notes', 'contact_count', 'pipeline', 'phone'].includes(property.key)

function emptyReason({ type, settings, query }: RecordListInput, isSyncing: boolean): EmptyReason {
  if (settings.filters.length > 0 || query.trim() !== '') return 'no_match'
  return isSyncing && type !== 'deal' ? 'still_syncing' : 'nothing_here'
}

function placeOf(cursor: string): { place: string | number; id: string } {
  const [place, id, kind] = decodeCursor(cursor, ['string', 'string', 'string'])
  return { place: kind === 'number' ? Number(place) : String(place), id: String(id) }
}

function scopeOf(
  db: ReadableDb,
  access: Access,
  input: Pick<RecordListInput, 'type' | 'settings' | 'query'>,
  properties: readonly Property[],
): RecordScope {
  const country = theWorkspace(db)?.phone_country ?? ''
  const conditions = input.settings.filters.map((filter) =>
    conditionOf(mustHaveProperty(properties, input.type, filter.key, 'filters'), filter, country),
  )
  const numbered = input.type === 'ticket' ? numberOf(db, input.query) : null
  if (numbered !== null) {
    const property = mustHaveProperty(properties, 'ticket', 'number', 'query')
    conditions.push({ property, test: 'is', value: numbered })
  }
  return {
    type: input.type,
    conditions,
    match: numbered === null ? matchOf(wordsOf(input.query)) : null,
    inboxIds: inboxFilter(access),
  }
}

export const wordsOf = (query: string): string[] =>
  query
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 20)

/** "#12" asks for the ticket of that number; "12" too, where there is one. */
export function numberOf(db: ReadableDb, query: string): number | null {
  const written = /^\s*(#?)(\d{1,15})\s*$/.exec(query)
  if (!written) return null
  const number = Number(written[2])
  return written[1] === '#' || ticketNumbered(db, number) ? number : null
}

const TEXT = ['is', 'is_not', 'contains', 'begins_with']
const TESTS: Partial<Record<Property['type'], readonly string[]>> = {
  number: ['is', 'is_not', 'at_least', 'at_most', 'before', 'after'],
  amount: ['is', 'is_not', 'at_least', 'at_most'],
  date: ['is', 'is_not', 'before', 'after', 'at_least', 'at_most'],
  time: ['before', 'after', 'at_least', 'at_most'],
  boolean: ['is', 'is_not'],
  choice: ['is', 'is_not', 'contains', 'begins_with'],
  user: ['is', 'is_not'],
  company: TEXT,
  stage: ['is', 'is_not'],
}

/** A filter as the store can use it. @throws DomainError BAD_INPUT that names the property */
function conditionOf(property: Property, filter: FilterCondition, country: string): Condition {
  const { test } = filter
  if (test === 'is_empty' || test === 'is_not_empty') return { property, test, value: null }
  const refuse = (message: string): DomainError =>
    new DomainError('BAD_INPUT', `Filter on ${propertyName(property)}: ${message}`, { field: 'filters' })
  if (!(TESTS[property.type] ?? TEXT).includes(test))
    throw refuse(`"${test.replaceAll('_', ' ')}" does not fit. Choose another test.`)
  const { value } = filter
  if (value === null || value === '') throw refuse('there is nothing to compare with. Fill in the value.')
  switch (property.type) {
    case 'number':
    case 'amount':
      if (typeof value !== 'number') throw refuse('this has to be a number.')
      return { property, test, value }
    case 'time': {
      const at = typeof value === 'number' ? value : Date.parse(`${value}T00:00:00Z`)
      if (!Number.isFinite(at)) throw refuse(`"${value}" is no day. Write it like 2026-11-21.`)
      return { property, test, value: at }
    }
    case 'date':
      if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value))
        throw refuse(`"${value}" is no day. Write it like 2026-11-21.`)
      return { property, test, value }
    case 'boolean':
      if (typeof value !== 'boolean') throw refuse('this has to be yes or no.')
      return { property, test, value: Number(value) }
    case 'phone':
      return {
        property,
        test,
        value: test === 'is' || test === 'is_not' ? normalisePhone(String(value), country) : String(value),
      }
    default:
      if (typeof value === 'boolean') throw refuse('this has to be text.')
      return { property, test, value: String(value) }
  }
}
