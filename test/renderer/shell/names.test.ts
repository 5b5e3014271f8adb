import { describe, expect, it } from 'vitest'
import { hueOf, initialsOf } from '@/ui/names.ts'
import { keyCaps } from '@/ui/key-caps.ts'

describe('small words', () => {
  it.each([
    ['Ada Agent', 'AA'],
    ['Ada Maria van Agent', 'AA'],
    ['info@acme.test', 'I'],
    ['żółw', 'Ż'],
    ['山田 太郎', '山太'],
    ['👋 !', '?'],
    ['', '?'],
  ])('%s has the initials %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials)
  })

  it('gives a name the same hue everywhere', () => {
    expect(hueOf('Ada Agent')).toBe(hueOf('ada agent'))
    expect(hueOf('Ada Agent')).not.toBe(hueOf('Ben Bell'))
  })

  it('draws keys as the system calls them', () => {
    expect(keyCaps('Mod+k', false)).toEqual([['Ctrl', 'K']])
    expect(keyCaps('Mod+k', true)).toEqual([['⌘', 'K']])
    expect(keyCaps('g i', false)).toEqual([['G'], ['I']])
    expect(keyCaps('#', false)).toEqual([['#']])
  })
})
