import { domainToASCII } from 'node:url'

/** Domains where dots in the local part mean nothing. */
const GMAIL = new Set(['gmail.com', 'googlemail.com'])

/**
 * What two spellings of one destination have in common: lower case, the domain in its ASCII form (RFC 5890), Gmail's
 * dots left out. Unlike the key of a mailbox it keeps the tag behind a plus, because tags tell hosted addresses apart.
 * Only for comparing; mail goes to the address as written.
 */
export function deliveryKey(address: string): string {
  const trimmed = address.trim()
  const at = trimmed.lastIndexOf('@')
  if (at < 0) return trimmed.toLowerCase()
  const domain = domainToASCII(trimmed.slice(at + 1)) || trimmed.slice(at + 1).toLowerCase()
  const local = trimmed.slice(0, at).normalize('NFC').toLowerCase()
  if (!GMAIL.has(domain)) return `${local}@${domain}`
  const plus = local.indexOf('+')
  const name = plus < 0 ? local : local.slice(0, plus)
  return `${name.replaceAll('.', '')}${plus < 0 ? '' : local.slice(plus)}@gmail.com`
}

/** The domain of an address in its ASCII form, lower case; empty when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@')
  if (at < 0) return ''
  const domain = address
    .slice(at + 1)
    .trim()
    .replace(/\.$/, '')
  return domainToASCII(domain) || domain.toLowerCase()
}
