/** Numbers, amounts and dates as people and programs write them. */

/**
 * A number written with any separators: the last of "." and "," is the decimal one where both stand, or where other
 * than three digits follow it. "1.234" and "1,234" are a thousand and more; "0.125" is not. Null for what is none.
 */
export function numberOf(text: string): number | null {
  const bare = text.replace(/[\s\u00a0\u202f'’]/g, '')
  const match = /^([+-]?)(\d[\d.,]*|[.,]\d+)$/.exec(bare.replace(/^\((.*)\)$/, '-$1'))
  if (!match) return null
  const [, sign, digits = ''] = match
  const dot = digits.lastIndexOf('.')
  const comma = digits.lastIndexOf(',')
  const last = Math.max(dot, comma)
  let decimal = -1
  if (dot >= 0 && comma >= 0) decimal = last
  else if (last >= 0) {
    const separators = digits.split(digits[last]!).length - 1
    const grouped = digits.length - last - 1 === 3 && !/^0?[.,]/.test(digits)
    if (separators === 1 && !grouped) decimal = last
  }
  const whole = decimal < 0 ? digits : digits.slice(0, decimal)
  // Groups of three, or of two as in India.
  if (!/^(\d*|\d{1,3}([.,]\d{2,3})*)$/.test(whole)) return null
  const fraction = decimal < 0 ? '' : digits.slice(decimal + 1)
  const value = Number(`${whole.replace(/[.,]/g, '') || '0'}.${fraction || '0'}`)
  return Number.isFinite(value) ? (sign === '-' ? -value : value) : null
}

const SIGNS: Record<string, string> = {
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  '¥': 'JPY',
  zł: 'PLN',
  '₹': 'INR',
  '₺': 'TRY',
}

/** An amount with its currency, where it names one: "1.234,50 €", "USD 1,200", "1000 zł". */
export function amountOf(text: string): { amount: number; currency: string | null } | null {
  let rest = text.trim()
  let currency: string | null = null
  for (const [sign, code] of Object.entries(SIGNS)) {
    if (!rest.toLowerCase().includes(sign)) continue
    currency = code
    rest = rest.toLowerCase().replace(sign, '')
    break
  }
  const code = /(?:^|[\s\d])([A-Z]{3})(?:$|[\s\d])/.exec(` ${rest} `)?.[1]
  if (code && currency === null) {
    currency = code
    rest = rest.replace(code, '')
  }
  const amount = numberOf(rest.trim())
  return amount === null ? null : { amount, currency }
}

/** How a column writes days: the day or the month first; null where nothing tells. */
export type DateOrder = 'day' | 'month' | null

/** What one cell says about that: only a date whose one part cannot be a month does. */
export function dateOrderOf(text: string): DateOrder {
  const match = /^(\d{1,2})[/-](\d{1,2})[/-]\d{4}\b/.exec(text.trim())
  if (!match) return null
  const [first, second] = [Number(match[1]), Number(match[2])]
  if (first > 12 && second <= 12) return 'day'
  if (second > 12 && first <= 12) return 'month'
  return null
}

/**
 * A day as "2026-11-21", a time of day left out; null for what is none, and for "03/04/2026" where `order` does not say
 * whether that is in March or in April.
 */
export function dateOf(text: string, order: DateOrder): string | null {
  const bare = text.trim()
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s].*)?$/.exec(bare)
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  // With dots the day is first everywhere.
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:\s.*)?$/.exec(bare)
  if (dotted) return day(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]))
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:\s.*)?$/.exec(bare)
  if (!slashed) return null
  const [first, second, year] = [Number(slashed[1]), Number(slashed[2]), Number(slashed[3])]
  const written = dateOrderOf(bare) ?? (first === second ? 'day' : order)
  if (written === null) return null
  return written === 'day' ? day(year, second, first) : day(year, first, second)
}

function day(year: number, month: number, dayOfMonth: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== dayOfMonth || year < 1000) return null
  return date.toISOString().slice(0, 10)
}

const YES = new Set([
  'yes',
  'y',
  'true',
  '1',
  'x',
  'on',
  'si',
  'sì',
  'sí',
  's',
  'vero',
  'verdadero',
  'tak',
  't',
  'prawda',
])
const NO = new Set(['no', 'n', 'false', '0', 'off', 'falso', 'nie', 'fałsz'])

/** Yes or no in the four languages; null for anything else. */
export function yesOrNo(text: string): boolean | null {
  const word = text.trim().toLowerCase()
  if (YES.has(word)) return true
  return NO.has(word) ? false : null
}
