/** Stands for a token without a value; conditions take it for nothing, filters pass it on. */
export type Unfilled = { unfilledToken: string }

/** No filter makes a text longer than this: doubling one thirty times is a gigabyte. */
const LONGEST = 10_000

const isUnfilled = (value: unknown): value is Unfilled =>
  typeof value === 'object' && value !== null && 'unfilledToken' in value

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

type Filter = (value: unknown, ...args: unknown[]) => unknown

/** A filter over texts; a token without a value, as what is filtered or as what it is filtered with, stays one. */
const over =
  (change: (text: string, ...args: string[]) => string): Filter =>
  (value, ...args) => {
    const open = [value, ...args].find(isUnfilled)
    if (open) return open
    const text = change(textOf(value), ...args.map(textOf))
    if (text.length > LONGEST) throw new Error('text limit exceeded')
    return text
  }

const STYLES = { short: 'short', medium: 'medium', long: 'long', full: 'full' } as const

/** "2026-11-21" as people write it; what is no date stays as it is. */
function dateText(text: string, style = 'long'): string {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.slice(0, 10)) : NaN
  if (Number.isNaN(at)) return text
  const dateStyle = STYLES[style as keyof typeof STYLES] ?? 'long'
  return new Intl.DateTimeFormat('en', { dateStyle, timeZone: 'UTC' }).format(at)
}

/** Every filter that there is. */
export const FILTERS: Record<string, Filter> = {
  default: (value, fallback) =>
    isUnfilled(value) || value === null || value === undefined || value === '' || value === false
      ? fallback
      : value,
  upcase: over((text) => text.toUpperCase()),
  downcase: over((text) => text.toLowerCase()),
  capitalize: over((text) => text.charAt(0).toUpperCase() + text.slice(1)),
  strip: over((text) => text.trim()),
  first_word: over((text) => text.trim().split(/\s+/)[0] ?? ''),
  append: over((text, more = '') => text + more),
  prepend: over((text, more = '') => more + text),
  replace: over((text, from = '', to = '') =>
    from === ''
      ? text
      : text
          .split(from)
          .join(to)
          .slice(0, LONGEST + 1),
  ),
  truncate: over((text, length = '50') => {
    const most = Math.max(1, Number(length) || 50)
    return text.length > most ? `${text.slice(0, most - 1)}…` : text
  }),
  url_encode: over((text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))),
  date: over(dateText),
}
