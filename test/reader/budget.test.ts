import { describe, expect, it } from 'vitest'
import { BUDGET, overBudget } from '../../src/renderer/features/thread/reader/budget.ts'

describe('what the reader is willing to parse (fault 57)', () => {
  it.each([
    ['a long letter', '<p>words</p>'.repeat(3_000)],
    ['cells whose end tags are left out', '<table>' + '<tr><td>a<td>b'.repeat(3_000)],
    ['paragraphs and items left open', '<p>a<p>b<li>c<br>'.repeat(2_500)],
    ['a picture of 3 MB inside', `<img src="data:image/png;base64,${'A'.repeat(3_000_000)}">`],
    ['less-than signs', '1 < 2 <3 <- <! '.repeat(50_000)],
    [
      'tables in tables, as newsletters are made',
      '<table><tr><td>'.repeat(30) + 'x' + '</td></tr></table>'.repeat(30),
    ],
  ])('takes %s', (_name, html) => {
    expect(overBudget(html)).toBeNull()
  })

  it.each([
    ['10 MB', 'length', '<div>words words words words</div>'.repeat(300_000)],
    ['13 MB of picture', 'length', `<img src="data:image/png;base64,${'A'.repeat(BUDGET.total)}">`],
    ['100,000 tags', 'tags', '<b>x</b>'.repeat(50_000)],
    ['100,000 nested tags', 'depth', '<div>'.repeat(100_000)],
    ['formatting left open over many blocks', 'repeats', '<font>'.repeat(150) + '<p>x'.repeat(3_000)],
  ] as const)('refuses %s: %s', (_name, limit, html) => {
    expect(overBudget(html)).toBe(limit)
  })
})
