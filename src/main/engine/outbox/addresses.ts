import { domainToASCII } from 'node:url'
import type { Mailbox } from '../../../contract/common.ts'

/** RFC 1035 section 2.3.1, with the digits that RFC 1123 section 2.1 lets a label begin with. */
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/**
 * Why an address cannot be sent to, in words, or null when it can: one `@`, a local part without quotes, spaces or
 * controls, a domain with two labels (or localhost-like test domains). Quoted local parts are refused rather than
 * guessed at, so that `"a@evil.test x"@good.test` goes nowhere (fault 29).
 */
export function addressProblem(address: string): string | null {
  if (address.trim() === '') return 'The address is empty.'
  if (/[\u0000-\u0020\u007f<>()[\]\\,;:"]/.test(address))
    return `"${address}" has a character that an address cannot have.`
  const at = address.lastIndexOf('@')
  if (at < 1 || address.indexOf('@') !== at)
    return `"${address}" is no address: it needs a name, one @ and a domain.`
  const local = address.slice(0, at)
  if (Buffer.byteLength(local) > 64 || local.startsWith('.') || local.endsWith('.') || local.includes('..')) {
    return `"${address}" is no address: the part before the @ is malformed.`
  }
  const written = address.slice(at + 1)
  // What a URL parser makes of "/", "?" or "%41" in a host would be another domain than the one that was typed.
  const domain = /^[\u0080-\u{10ffff}A-Za-z0-9.-]+$/u.test(written) ? domainToASCII(written) : ''
  if (domain.length > 253 || !DOMAIN.test(domain) || /(?:^|\.)\d+$/.test(domain))
    return `"${address}" is no address: "${written}" is no domain.`
  return null
}

/** The address as it goes into the envelope: domain in ASCII (RFC 5891), local part as it is. */
export function envelopeAddress({ address }: Mailbox): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`
}
