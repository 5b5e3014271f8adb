import { domainToUnicode } from 'node:url'

/** Letters of other scripts that look like a Latin one in most fonts. */
const confusable = /^[аеорсухіјѕһԁԛԝӏґοανρυικτγηωօսհոցզ0-9-]+$/u

/**
 * Why a domain may be meant to be taken for another one (fault 61), or null: Latin letters mixed with Cyrillic,
 * Greek and the like in one label, or a label made only of letters that look Latin. A domain that is honestly
 * written in another script is none of this.
 *
 * @returns the domain as it looks and as it is, for the warning
 */
export function lookalikeDomain(domain: string): string | null {
  const ascii = /^[\x21-\x7e]*$/.test(domain)
  if (ascii && !/(?:^|\.)xn--/i.test(domain)) return null
  const shown = ascii ? domainToUnicode(domain) : domain.normalize('NFC').toLowerCase()
  const bare = shown === '' ? domain : shown
  for (const label of bare.split('.')) {
    if (/^[\x21-\x7e]*$/.test(label)) continue
    if (/[\u0300-\u036f]/.test(label.normalize('NFC'))) return `${bare} (${domain})`
    if (mixed(label) || wholly(label, bare)) return `${bare} (${domain})`
  }
  return null
}

function mixed(label: string): boolean {
  const latin = /\p{Script=Latin}/u.test(label)
  const others = [
    /\p{Script=Cyrillic}/u,
    /\p{Script=Greek}/u,
    /\p{Script=Armenian}/u,
    /\p{Script=Cherokee}/u,
  ].filter((script) => script.test(label))
  return (latin && others.length > 0) || others.length > 1
}

function wholly(label: string, domain: string): boolean {
  // Under a Cyrillic or Greek top-level domain such a word is at home.
  const last = domain.slice(domain.lastIndexOf('.') + 1)
  return /^[a-z0-9-]+$/.test(last) && confusable.test(label)
}

/** The address that a display name shows while the mail comes from another one (fault 61), or null. */
export function addressInName(name: string, address: string): string | null {
  const plain = name.normalize('NFKC')
  if (!plain.includes('@')) return null
  const match = /[^\s@<>"'(),;:]{1,64}@[^\s@<>"'(),;:]{1,253}/.exec(plain)
  if (match === null || !/\.[^\s.]{2,}$|^[^@]+@[^.]+$/.test(match[0].replace(/\.+$/, ''))) return null
  const shown = match[0].replace(/[.]+$/, '').toLowerCase()
  return shown === address.toLowerCase() ? null : shown
}
