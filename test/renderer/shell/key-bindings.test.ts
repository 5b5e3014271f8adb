import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  boundKeys,
  forgetOwnKeys,
  hasOwnKeys,
  setKeyPreset,
  setOwnKeys,
  useKeysOf,
} from '@/shell/key-bindings.ts'

const kept = new Map<string, string>()
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
})

describe('the keys of a user', () => {
  beforeEach(() => {
    kept.clear()
    useKeysOf('nobody')
    forgetOwnKeys()
    setKeyPreset('gmail')
  })

  it('are the given ones until others are chosen, and again when those are forgotten', () => {
    expect(boundKeys('go.open', ['g a'])).toEqual(['g a'])
    setOwnKeys(new Map([['go.open', ['Mod+Shift+o', 'g 1']]]))
    expect(boundKeys('go.open', ['g a'])).toEqual(['Mod+Shift+o', 'g 1'])
    setOwnKeys(new Map([['go.open', []]]))
    expect(boundKeys('go.open', ['g a'])).toEqual([])
    setOwnKeys(new Map([['go.open', null]]))
    expect(boundKeys('go.open', ['g a'])).toEqual(['g a'])
    expect(hasOwnKeys('go.open')).toBe(false)
    expect(boundKeys('constructor', undefined)).toEqual([])
  })

  it('are each user’s own, and stay', () => {
    useKeysOf('ada')
    setOwnKeys(new Map([['a', ['x']]]))
    useKeysOf('ben')
    expect(boundKeys('a', ['y'])).toEqual(['y'])
    setKeyPreset('chords')
    expect(boundKeys('a', ['y', 'Mod+y', 'Escape', 'g Mod+y'])).toEqual(['Mod+y', 'Escape'])
    useKeysOf('ada')
    expect(boundKeys('a', ['y'])).toEqual(['x'])
    useKeysOf('ben')
    setOwnKeys(new Map([['a', ['q']]]))
    expect(boundKeys('a', ['y'])).toEqual(['q'])
  })

  it('survive an entry that somebody broke', () => {
    const broken = { ada: { preset: 'vim', own: { a: 'x', b: ['y'], c: [1] } }, ben: null }
    for (const text of [JSON.stringify(broken), '[', 'null', '7']) {
      kept.set('anteroom.keys', text)
      useKeysOf('ada')
      expect(boundKeys('a', ['given'])).toEqual(['given'])
      expect(boundKeys('c', ['given'])).toEqual(['given'])
    }
    kept.set('anteroom.keys', JSON.stringify(broken))
    useKeysOf('ada')
    expect(boundKeys('b', ['given'])).toEqual(['y'])
    useKeysOf('ben')
    expect(boundKeys('b', ['given'])).toEqual(['given'])
  })
})
