import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { FilterCondition, ListSettings, PropertyValue } from '@contract/records.ts'
import type { FilterTest } from '../words.ts'

const TESTS: readonly FilterTest[] = [
  'is',
  'is_not',
  'contains',
  'begins_with',
  'is_empty',
  'is_not_empty',
  'at_least',
  'at_most',
  'before',
  'after',
]
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/**
 * What a list shows, read from the address: what is not in it is as in `base`. Addresses come from anywhere, so whatever
 * is not understood is left out.
 */
export function settingsOf(query: LocationQuery, base: ListSettings): ListSettings {
  const { columns, sort, filters } = query
  return {
    columns: isText(columns) ? columns.split(',').filter(Boolean).slice(0, 50) : base.columns,
    sort: isText(sort) ? { key: sort.replace(/^-/, ''), descending: sort.startsWith('-') } : base.sort,
    filters: isText(filters) ? readFilters(filters) : base.filters,
  }
}

/** What of the settings has to stand in the address beside a saved view, or beside what a list begins with. */
export function queryOf(settings: ListSettings, base: ListSettings): LocationQueryRaw {
  return {
    ...(same(settings.columns, base.columns) ? {} : { columns: settings.columns.join(',') }),
    ...(same(settings.sort, base.sort)
      ? {}
      : { sort: `${settings.sort.descending ? '-' : ''}${settings.sort.key}` }),
    ...(same(settings.filters, base.filters)
      ? {}
      : { filters: JSON.stringify(settings.filters.map(({ key, test, value }) => [key, test, value])) }),
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export const sameSettings = (a: ListSettings, b: ListSettings): boolean =>
  Object.keys(queryOf(a, b)).length === 0

function readFilters(text: string): FilterCondition[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return []
  }
  if (!Array.isArray(parsed)) return []
  return parsed.slice(0, 20).flatMap((each: unknown) => {
    if (!Array.isArray(each)) return []
    const [key, test, value] = each as unknown[]
    if (!isText(key) || !TESTS.includes(test as FilterTest)) return []
    return [{ key, test: test as FilterTest, value: isValue(value) ? value : null }]
  })
}

const isValue = (value: unknown): value is PropertyValue =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)
