import { describe, expect, it } from 'vitest'
import { EntityName } from '@contract/events.ts'
import { ALL, fold, touches, type Change } from '@/stores/change.ts'

const change = (...changes: Change['changes']): Change => ({ rev: 1, changes })

describe('what a commit makes stale', () => {
  it('is what it names', () => {
    expect(touches(change({ entity: 'threads', ids: ['a'] }), { threads: ['a', 'b'] })).toBe(true)
    expect(touches(change({ entity: 'threads', ids: ['c'] }), { threads: ['a', 'b'] })).toBe(false)
    expect(touches(change({ entity: 'drafts', ids: ['a'] }), { threads: ['a'] })).toBe(false)
    expect(touches(change({ entity: 'threads', ids: ['c'] }), { threads: true })).toBe(true)
  })

  it('is everything of an entity where the ids are too many to name', () => {
    expect(touches(change({ entity: 'threads', ids: null }), { threads: ['a'] })).toBe(true)
  })

  it('is every entity of the contract where nobody knows what was missed', () => {
    expect([...ALL].sort()).toEqual([...EntityName.options].sort())
  })

  it('is the union of several commits', () => {
    const folded = fold([
      { rev: 3, changes: [{ entity: 'threads', ids: ['a'] }] },
      {
        rev: 5,
        changes: [
          { entity: 'threads', ids: ['b', 'a'] },
          { entity: 'drafts', ids: null },
        ],
      },
      { rev: 4, changes: [{ entity: 'drafts', ids: ['x'] }] },
    ])
    expect(folded).toEqual({
      rev: 5,
      changes: [
        { entity: 'threads', ids: ['a', 'b'] },
        { entity: 'drafts', ids: null },
      ],
    })
  })
})
