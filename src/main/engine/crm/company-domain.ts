import { domainToASCII, domainToUnicode } from 'node:url'
import freeMail from 'email-providers'

const freeMailDomains = new Set<string>(freeMail)

/** Second labels that belong to the registry, not to the company: acme.co.uk is "acme". */
const REGISTRY_LABELS = new Set(['co', 'com', 'org', 'net', 'gov', 'ac', 'edu', 'gob', 'ltd', 'plc'])

/** A host name with two labels or more that is no address in digits. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The company that mail from an address speaks for, or null for free-mail and address-less domains.
 * @returns the domain that identifies it, in ASCII, and a first name for it ("acme.co.uk" gives "Acme")
 */
export function companyOfAddress(address: string): { domain: string; name: string } | null {
  const at = address.lastIndexOf('@')
  const written = address.slice(at + 1)
  if (at < 0 || !/^[\u0080-\u{10ffff}A-Za-z0-9.-]+$/u.test(written)) return null
  const domain = domainToASCII(written)
  if (!HOST_NAME.test(domain)) return null
  const labels = domain.split('.')
  // mail.gmail.com is as free as gmail.com.
  for (let from = 0; from < labels.length - 1; from += 1) {
    if (freeMailDomains.has(labels.slice(from).join('.'))) return null
  }
  const isRegistry = labels.at(-1)!.length === 2 && REGISTRY_LABELS.has(labels.at(-2)!)
  if (isRegistry && labels.length === 2) return null
  const own = labels.slice(isRegistry ? -3 : -2)
  const label = domainToUnicode(own[0]!) || own[0]!
  return { domain: own.join('.'), name: label.charAt(0).toUpperCase() + label.slice(1) }
}
