/**
 * What the reader is willing to parse. Sanitising costs time for each tag and each style, and the HTML
 * parser itself can be made to build a million nodes from 20 KB (unclosed formatting elements are repeated
 * in every later block, HTML 13.2.4.3), so the cost is estimated in one pass over the characters before
 * anything parses them. A mail that is over budget is shown as text (fault 57).
 */
export const BUDGET = {
  /** Characters, `data:` addresses left out. */
  length: 2_000_000,
  /** Characters with everything. */
  total: 12_000_000,
  tags: 12_000,
  depth: 200,
  /** Formatting elements that the parser would have to repeat, summed over all blocks. */
  repeats: 120_000,
} as const

export type OverBudget = 'length' | 'tags' | 'depth' | 'repeats'

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '))
/** Their end tags are optional, and their like closes them, so that they do not nest by themselves. */
const SELF_ENDING = new Set(
  'p li dt dd tr td th thead tbody tfoot option optgroup colgroup rp rt html head body'.split(' '),
)
/** HTML 13.2.4.2: these are opened again in the next block when they were left open. */
const FORMATTING = new Set('a b big code em font i nobr s small strike strong tt u'.split(' '))

const isLetter = (code: number) => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
const isNameCode = (code: number) =>
  isLetter(code) || (code >= 48 && code <= 58) || code === 45 || code === 95

/**
 * Estimates what `html` would cost.
 * @returns the first limit it breaks, or null when it may be parsed. Linear in the length, at most `BUDGET.total`.
 */
export const overBudget = (html: string): OverBudget | null => {
  if (html.length > BUDGET.total) return 'length'
  if (html.length > BUDGET.length && lengthWithoutData(html) > BUDGET.length) return 'length'
  let tags = 0
  let depth = 0
  let formatting = 0
  let repeats = 0
  let at = html.indexOf('<')
  while (at !== -1) {
    const closing = html.charCodeAt(at + 1) === 47
    const start = closing ? at + 2 : at + 1
    if (isLetter(html.charCodeAt(start))) {
      let end = start + 1
      while (end < html.length && end - start < 24 && isNameCode(html.charCodeAt(end))) end += 1
      const name = html.slice(start, end).toLowerCase()
      tags += 1
      if (tags > BUDGET.tags) return 'tags'
      const step = closing ? -1 : 1
      if (FORMATTING.has(name)) formatting = Math.max(0, formatting + step)
      else if (!closing && !VOID.has(name)) {
        repeats += formatting
        if (repeats > BUDGET.repeats) return 'repeats'
      }
      if (!VOID.has(name) && !SELF_ENDING.has(name)) {
        depth = Math.max(0, depth + step)
        if (depth > BUDGET.depth) return 'depth'
      }
    }
    at = html.indexOf('<', start)
  }
  return null
}

const lengthWithoutData = (html: string): number => {
  let length = html.length
  let at = html.indexOf('data:image/')
  while (at !== -1) {
    let end = at + 11
    // Base64 and the few characters around it; anything else ends the address.
    while (end < html.length && !' "\'<>)'.includes(html[end] ?? ' ')) end += 1
    length -= end - at
    at = html.indexOf('data:image/', end)
  }
  return length
}
