import { describe, expect, it } from 'vitest'
import { matchScore } from '@/shell/match.ts'

describe('what is typed into the palette', () => {
  it('fits best at the beginning, then at a word, then inside, then by letters in order', () => {
    const scores = ['Close conversation', 'Go to Closed', 'Disclose', 'Colour loose'].map((text) =>
      matchScore(text, 'clos'),
    )
    expect(scores).toEqual([4, 3, 2, 1])
    expect(matchScore('Reply', 'clos')).toBe(0)
  })

  it('does not mind case, accents or spaces around', () => {
    expect(matchScore('Éva Nowák', ' eva')).toBe(4)
    expect(matchScore('Anything', '')).toBe(1)
  })
})
