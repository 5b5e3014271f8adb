import freeMail from 'email-providers'

const freeMailDomains = new Set<string>(freeMail)

/** Second labels that belong to the registry, not to the company: acme.co.uk is "acme". */
const REGISTRY_LABELS = new Set(['co', 'com', 'org', 'net', 'gov', 'ac', 'edu', 'gob', 'ltd', 'plc'])

/**
 * The company that mail from an address speaks for, or null for free-mail and address-less domains.
 * @returns the domain that identifies it, and a first name for it ("acme.co.uk" gives "Acme")
 */
export function companyOfAddress(address: string): { domain: string; name: string } | null {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  const labels = domain.split('.')
  if (!address.includes('@') || labels.length < 2 || labels.some((label) => label === '')) return null
  // mail.gmail.com is as free as gmail.com.
  for (let from = 0; from < labels.length - 1; from += 1) {
    if (freeMailDomains.has(labels.slice(from).join('.'))) return null
  }
  const registryLabels = labels.length > 2 && REGISTRY_LABELS.has(labels.at(-2)!) ? 2 : 1
  const own = labels.slice(-(registryLabels + 1))
  const label = own[0]!
  return { domain: own.join('.'), name: label.charAt(0).toUpperCase() + label.slice(1) }
}
