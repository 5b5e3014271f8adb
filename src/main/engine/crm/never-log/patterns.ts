import { domainToASCII, domainToUnicode } from 'node:url'
import { addressKey } from '../../lib/address-key.ts'
import { DomainError } from '../../lib/domain-error.ts'

/**
 * What stands on the Never Log list: an address ("mario@rossi.test"), a domain with all those under it ("rossi.test"),
 * or either with wildcards ("*@*.rossi.test", "no-reply*@rossi.test", "*.rossi.test").
 */
export type NeverLogPattern =
  | { kind: 'address'; text: string; key: string }
  | { kind: 'domain'; text: string; domain: string }
  | { kind: 'wildcard'; text: string; local: string; domain: string }

const refuse = (message: string): never => {
  throw new DomainError('BAD_INPUT', message, { field: 'pattern' })
}

/**
 * Reads what somebody wrote. `text` of the result is how it is kept and shown: without a name, brackets or a leading @,
 * in lower case, a domain in its readable form.
 * @throws DomainError BAD_INPUT, in words that say what to write instead
 */
export function parsePattern(written: string): NeverLogPattern {
  const text = bare(written)
  if (text === '') return refuse('Write an address ("mario@rossi.test") or a domain ("rossi.test").')
  if (/[\s,;]/.test(text)) return refuse('Write one address or domain at a time, without spaces or commas.')
  if (/[/:?#\\()<>[\]"]/.test(text))
    return refuse(
      `"${text}" is neither an address nor a domain. Write it like mario@rossi.test or rossi.test.`,
    )
  const at = text.lastIndexOf('@')
  const local = at < 0 ? null : text.slice(0, at)
  const domain = readableDomain(at < 0 ? text : text.slice(at + 1))
  if (local?.includes('@')) return refuse(`"${text}" has more than one @.`)
  if (local === '' || domain === null)
    return refuse(`"${text}" has no valid domain. Write it like mario@rossi.test or rossi.test.`)
  if (!domain.includes('*') && !domain.includes('.'))
    return refuse(`"${domain}" is no whole domain. Write it with its ending, like ${domain}.com.`)
  if (/^[*.]+$/.test(domain) && (local === null || /^\*+$/.test(local)))
    return refuse('That would cover everybody. To log nothing at all, switch logging off for the address.')
  if (local === null && !domain.includes('*'))
    return { kind: 'domain', text: domain, domain: comparable(domain) }
  if (local !== null && !`${local}${domain}`.includes('*'))
    return { kind: 'address', text: `${local}@${domain}`, key: addressKey(`${local}@${domain}`) }
  // "*.rossi.test" without an @ is about domains: anybody there.
  const shown = local === null ? domain : `${local}@${domain}`
  return { kind: 'wildcard', text: shown, local: local ?? '*', domain: comparable(domain) }
}

/** The same for what is on the list already; null for what another version wrote and this one cannot read. */
export function readPattern(text: string): NeverLogPattern | null {
  try {
    return parsePattern(text)
  } catch {
    return null
  }
}

/** Whether a pattern covers an address, in whichever spelling (case, IDN, Gmail's dots and tags). */
export function covers(pattern: NeverLogPattern, address: string): boolean {
  const key = addressKey(address)
  if (pattern.kind === 'address') return key === pattern.key
  const at = key.lastIndexOf('@')
  const domain = key.slice(at + 1)
  if (at < 0 || domain === '') return false
  if (pattern.kind === 'domain') return domain === pattern.domain || domain.endsWith(`.${pattern.domain}`)
  if (!glob(pattern.domain, domain) && !glob(readable(pattern.domain), readable(domain))) return false
  // As the mailbox is known, and as it was written: a pattern may be about the tag of a plus-address.
  const written = address.trim().normalize('NFC').toLowerCase()
  return (
    glob(pattern.local, key.slice(0, at)) || glob(pattern.local, written.slice(0, written.lastIndexOf('@')))
  )
}

/** "Mario Rossi <mario@rossi.test>", "mailto:mario@rossi.test" and "@rossi.test" all mean what they hold. */
function bare(written: string): string {
  const inner = /<([^<>]*)>\s*$/.exec(written)?.[1] ?? written
  return inner
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^@/, '')
    .replace(/\.$/, '')
    .normalize('NFC')
    .toLowerCase()
}

/** Lower case, punycode decoded; null when it is no domain (RFC 1035 section 2.3.4, RFC 5890). */
function readableDomain(domain: string): string | null {
  const labels = domain.split('.')
  const decoded = labels.map((label) => {
    if (label.includes('*')) return /^[\p{L}\p{N}\p{M}_*-]{1,63}$/u.test(label) ? label : ''
    const ascii = domainToASCII(label)
    // A label alone that is a number would be read as an IP address.
    if (/^\d+$/.test(label)) return label
    return ascii !== '' && ascii.length <= 63 && !/^-|-$/.test(ascii) ? domainToUnicode(ascii) : ''
  })
  return domain.length > 253 || decoded.includes('') ? null : decoded.join('.')
}

/** As `addressKey` writes a domain; labels with a wildcard stay as they are. */
function comparable(domain: string): string {
  if (domain.includes('*'))
    return domain
      .split('.')
      .map((label) => (label.includes('*') ? label : domainToASCII(label) || label))
      .join('.')
  return addressKey(`a@${domain}`).slice(2)
}

const readable = (domain: string): string =>
  domain
    .split('.')
    .map((label) => (label.includes('*') ? label : domainToUnicode(label) || label))
    .join('.')

/** `*` stands for any number of characters. Linear in both lengths' product at worst, so no pattern can hang it. */
function glob(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      resume = t
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
