import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { changedList, changesOf, useEdited } from '@/stores/edited.ts'

describe('a form over what the engine has', () => {
  it('shows what comes until something is changed, and that from then on', () => {
    const known = ref<{ name: string } | null>(null)
    const form = useEdited(() => known.value)
    expect(form.value).toBeNull()
    known.value = { name: 'first' }
    expect(form.value).toEqual({ name: 'first' })
    form.value = { name: 'mine' }
    known.value = { name: 'late' }
    expect(form.value).toEqual({ name: 'mine' })
  })

  it('sends only what was changed in it', () => {
    const began = { name: 'Ours', color: 'red', ids: ['a', 'b'], settings: { match: 'all' }, note: null }
    expect(changesOf(began, { ...began, ids: ['a', 'b'], settings: { match: 'all' } })).toEqual({})
    expect(changesOf(began, { ...began, name: 'Mine', ids: ['b'] })).toEqual({ name: 'Mine', ids: ['b'] })
    expect(changesOf<{ a?: number }>({}, { a: 1 })).toEqual({ a: 1 })
  })

  it('leaves what others did with a list meanwhile', () => {
    expect(changedList(['a', 'b'], ['b', 'c'], ['a', 'b', 'd'])).toEqual(['b', 'd', 'c'])
    expect(changedList(['a', 'b'], ['a', 'b', 'c'], ['b', 'c'])).toEqual(['b', 'c'])
    expect(changedList([], ['a'], [])).toEqual(['a'])
  })
})
