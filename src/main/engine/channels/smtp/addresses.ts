import { domainToASCII } from 'node:url'

/** An address as it goes into MAIL FROM or RCPT TO. */
export type RoutableAddress = {
  /** As the caller wrote it. */
  given: string
  /** The domain in its ASCII form (RFC 5890). */
  address: string
  /** The local part is not ASCII: only a server with SMTPUTF8 can take it (RFC 6531). */
  needsUtf8: boolean
}

// RFC 5321 section 4.1.2 without quoted local parts: an address such as `"a@evil.test x"@good.test` is legal but
// is routed differently by different programs, so it is refused (fault 29). Dots may repeat, some providers issue that.
const LOCAL = /^[^\s"(),:;<>@[\]\\\p{Cc}\p{Cf}]{1,64}$/u
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i
const LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]$/i

// What a domain with letters beyond ASCII may hold. Checked first, because `domainToASCII` follows the URL standard:
// it drops line ends and decodes `%2e`.
const IDN = /^[\p{L}\p{M}\p{N}.-]+$/u

/** The address if it can be routed without doubt, else null. Takes the bare address, no display name. */
export function routable(given: string): RoutableAddress | null {
  const at = given.lastIndexOf('@')
  if (at < 1 || Buffer.byteLength(given) > 320) return null
  const local = given.slice(0, at)
  const domain = given.slice(at + 1)
  if (!LOCAL.test(local) || Buffer.byteLength(local) > 64) return null
  const needsUtf8 = /[^\x20-\x7e]/.test(local)
  if (LITERAL.test(domain)) return { given, address: given, needsUtf8 }
  const ascii = /^[\x21-\x7e]+$/.test(domain) ? domain : IDN.test(domain) ? domainToASCII(domain) : ''
  const labels = ascii.split('.')
  if (ascii === '' || ascii.length > 253 || !labels.every((label) => LABEL.test(label))) return null
  return { given, address: `${local}@${ascii}`, needsUtf8 }
}
