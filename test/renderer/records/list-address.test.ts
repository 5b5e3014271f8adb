import { describe, expect, it } from 'vitest'
import type { ListSettings } from '@contract/records.ts'
import { queryOf, sameSettings, settingsOf } from '@/features/records/list/list-address.ts'

const base: ListSettings = {
  columns: ['email', 'company'],
  filters: [],
  sort: { key: 'name', descending: false },
}

describe('what a list shows, in the address', () => {
  it('is nothing as long as nothing was changed', () => {
    expect(queryOf(base, base)).toEqual({})
    expect(settingsOf({}, base)).toEqual(base)
    expect(sameSettings(base, { ...base })).toBe(true)
  })

  it('comes back from the address as it was', () => {
    const settings: ListSettings = {
      columns: ['email'],
      sort: { key: 'last_seen_at', descending: true },
      filters: [
        { key: 'email', test: 'contains', value: '@acme & co?' },
        { key: 'company', test: 'is_empty', value: null },
        { key: 'message_count', test: 'at_least', value: 3 },
      ],
    }
    const query = queryOf(settings, base)
    expect(query).toMatchObject({ columns: 'email', sort: '-last_seen_at' })
    expect(settingsOf(query as Record<string, string>, base)).toEqual(settings)
    expect(sameSettings(settings, base)).toBe(false)
  })

  it('can say that a saved view shows without its filters', () => {
    const view = { ...base, filters: [{ key: 'email', test: 'is_empty' as const, value: null }] }
    expect(settingsOf(queryOf(base, view) as Record<string, string>, view)).toEqual(base)
  })

  it.each([
    ['not JSON', '{'],
    ['no list', '{"key":"email"}'],
    ['an unknown test', '[["email","destroys","x"]]'],
    ['no key', '[["","is","x"]]'],
    ['no condition', '["email"]'],
  ])('leaves out a filter that is %s', (_, filters) => {
    expect(settingsOf({ filters }, base).filters).toEqual([])
  })

  it('takes an object for no value', () => {
    expect(settingsOf({ filters: '[["email","is",{"a":1}]]' }, base).filters).toEqual([
      { key: 'email', test: 'is', value: null },
    ])
  })
})
