import { PROVIDERS } from './providers.ts'
import { keyOf, list, recipientsOf, type SendCheck } from './types.ts'

/** Short names are one letter away from much that exists. */
const SHORTEST = 9
/** Real ones that are one letter away from a larger one. */
const REAL = new Set([
  ...PROVIDERS,
  'mail.com',
  'email.com',
  'ymail.com',
  'rocketmail.com',
  'hotmail.de',
  'hotmail.fr',
  'hotmail.it',
  'hotmail.es',
  'outlook.de',
  'outlook.fr',
  'outlook.it',
  'outlook.es',
  'yahoo.ca',
  'yahoo.de',
  'yahoo.fr',
  'yahoo.it',
  'yahoo.es',
  'yahoo.co.jp',
  'yahoo.co.in',
  'protonmail.ch',
  'icloud.co',
])

/** A recipient's domain is one slip of the finger away from a large provider's, as gmial.com is. */
export const domainTypo: SendCheck = (mail, known) => {
  // Whoever wrote to us from there has it.
  const proven = new Set(known.answersTo.map(({ address }) => keyOf(address)))
  const hits = recipientsOf(mail).flatMap(({ key, address, place }) => {
    const domain = key.slice(key.lastIndexOf('@') + 1)
    const meant = proven.has(key) ? null : meantDomain(domain)
    return meant ? [{ address, meant, place }] : []
  })
  const [first] = hits
  if (!first) return null
  return {
    words: {
      addresses: list([...new Set(hits.map(({ address }) => address))]),
      meant: list([...new Set(hits.map(({ meant }) => meant))]),
    },
    count: hits.length,
    place: first.place,
  }
}

/** The provider's domain that was most likely meant; null for one that is right or merely unknown. */
export function meantDomain(domain: string): string | null {
  if (REAL.has(domain)) return null
  return PROVIDERS.find((each) => each.length >= SHORTEST && isOneSlip(domain, each)) ?? null
}

/** One letter too many, too few, another one, or two neighbours swapped. */
export function isOneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (x.length <= 1 && y.length <= 1) return true
  return x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0]
}
