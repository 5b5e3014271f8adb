import { describe, expect, test } from 'vitest'
import { RecordType } from '../../src/contract/records.ts'
import { builtInProperties, type Property } from '../../src/main/engine/crm/records/catalogue.ts'
import type { Condition } from '../../src/main/engine/store/queries/records/conditions.ts'
import { builtInKeys, fieldOf } from '../../src/main/engine/store/queries/records/fields.ts'
import {
  recordCountSql,
  recordPageSql,
  type RecordScope,
} from '../../src/main/engine/store/queries/records/lists.ts'
import { associationsSql } from '../../src/main/engine/store/tables/associations.ts'
import { emptyStore } from '../support/plans.ts'

const empty = emptyStore()

const planOf = ({ sql, params }: { sql: string; params: (string | number | null)[] }): string =>
  empty.planOf(sql, params).join('\n')

const propertyOf = (type: RecordType, key: string): Property =>
  builtInProperties(type).find((property) => property.key === key)!

const scopeOf = (type: RecordType, conditions: readonly Condition[] = [], match: string | null = null) =>
  ({ type, conditions, match, inboxIds: null }) satisfies RecordScope

const pageOf = (
  scope: RecordScope,
  key: string,
  options: { after?: boolean; descending?: boolean; isFew?: boolean } = {},
) =>
  recordPageSql(
    {
      scope,
      sort: { property: propertyOf(scope.type, key), descending: options.descending ?? false },
      after: options.after ? { place: 'x', id: 'y' } : null,
      limit: 100,
    },
    options.isFew ?? false,
  )

test.each(RecordType.options)(
  'every built-in property of a %s is known to the store, and no other',
  (type) => {
    const properties = builtInProperties(type)
    expect(builtInKeys(type).sort()).toEqual(properties.map(({ key }) => key).sort())
    for (const property of properties)
      if (property.sortable) expect([property.key, fieldOf(type, property).sort]).not.toContain(null)
  },
)

/** The orders that people look at records in. */
const WALKS: [RecordType, string, index: string][] = [
  ['contact', 'name', 'contacts_by_name'],
  ['contact', 'last_name', 'contacts_by_last_name'],
  ['contact', 'email', 'contacts_by_email'],
  ['contact', 'last_seen_at', 'contacts_by_last_seen'],
  ['company', 'name', 'companies_by_name'],
  ['company', 'domain', 'companies_by_listed_domain'],
  ['company', 'created_at', 'companies_by_created'],
  ['deal', 'name', 'deals_by_name'],
  ['deal', 'close_date', 'deals_by_close_date'],
  ['deal', 'created_at', 'deals_by_created'],
  ['ticket', 'number', 'tickets_listed_number'],
  ['ticket', 'subject', 'tickets_by_subject'],
  ['ticket', 'created_at', 'tickets_by_created'],
]

describe.each(WALKS)('%s by %s', (type, key, index) => {
  test.each([true, false])('walks along its index, descending %s', (descending) => {
    const first = planOf(pageOf(scopeOf(type), key, { descending }))
    expect(first).toMatch(new RegExp(`^SCAN r USING (COVERING )?INDEX ${index}$`))
    // The next page begins where the last one ended.
    const next = planOf(pageOf(scopeOf(type), key, { descending, after: true }))
    expect(next).toMatch(new RegExp(`^SEARCH r USING (COVERING )?INDEX ${index} `))
  })
})

const isValue = (type: RecordType, key: string): Condition => ({
  property: propertyOf(type, key),
  test: 'is',
  value: 'x',
})

const FILTERED: [RecordType, filter: string, sort: string, index: string][] = [
  ['contact', 'owner_id', 'name', 'contacts_by_owner'],
  ['contact', 'lifecycle_stage', 'name', 'contacts_by_stage'],
  ['company', 'owner_id', 'name', 'companies_by_owner'],
  ['deal', 'stage', 'close_date', 'deals_by_stage'],
  ['deal', 'owner_id', 'close_date', 'deals_by_owner'],
  ['ticket', 'status', 'created_at', 'tickets_by_status'],
  ['ticket', 'owner_id', 'created_at', 'tickets_by_owner'],
]

test.each(FILTERED)('%s filtered on %s by %s walks along the index of both', (type, filter, sort, index) => {
  const plan = planOf(pageOf(scopeOf(type, [isValue(type, filter)]), sort))
  expect(plan).toMatch(new RegExp(`^SEARCH r USING (COVERING )?INDEX ${index} `))
  expect(plan).not.toContain('TEMP B-TREE')
})

test('contacts of one company are looked up, not searched for', () => {
  const plan = planOf(pageOf(scopeOf('contact', [isValue('contact', 'company')]), 'job_title'))
  expect(plan).toContain('SEARCH r USING INDEX contacts_by_company')
})

test('an order without an index reads the table once instead of jumping about in it', () => {
  expect(planOf(pageOf(scopeOf('contact'), 'job_title'))).toBe('SCAN r\nUSE TEMP B-TREE FOR ORDER BY')
})

test.each(RecordType.options)(
  'words of few %ss are looked up; those of many are asked for along the order',
  (type) => {
    const key = type === 'ticket' ? 'subject' : 'name'
    const few = planOf(pageOf(scopeOf(type, [], '"x"*'), key, { isFew: true }))
    expect(few).toMatch(/SCAN f VIRTUAL TABLE INDEX \d+:M/)
    expect(few).toMatch(/SEARCH r USING (COVERING )?INDEX sqlite_autoindex/)
    const many = planOf(pageOf(scopeOf(type, [], '"x"*'), key))
    expect(many).toMatch(/^SCAN r USING (COVERING )?INDEX/)
    expect(many).not.toContain('TEMP B-TREE FOR ORDER BY')
  },
)

test.each(RecordType.options)('counting %ss walks along an index', (type) => {
  expect(planOf(recordCountSql(scopeOf(type), false))).toMatch(/SCAN r USING (COVERING )?INDEX/)
})

test('associations are looked up from both ends', () => {
  const plan = planOf({ sql: associationsSql(2), params: ['a', 'b', 'contact', 'a', 'b', 'contact', 100] })
  expect(plan).toContain(
    'SEARCH associations USING INDEX associations_a (a_id=? AND a_type=? AND removed_at=?)',
  )
  expect(plan).toContain(
    'SEARCH associations USING INDEX associations_b (b_id=? AND b_type=? AND removed_at=?)',
  )
})
