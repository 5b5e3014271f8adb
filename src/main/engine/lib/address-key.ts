import { domainToASCII } from 'node:url'

/** Domains where dots in the local part mean nothing and what follows a plus is a tag: one mailbox, many spellings. */
const GMAIL = new Set(['gmail.com', 'googlemail.com'])
/** Providers that deliver `name+tag` to `name`, dots being significant. */
const PLUS_TAGS = new Set([
  'outlook.com',
  'hotmail.com',
  'live.com',
  'msn.com',
  'icloud.com',
  'me.com',
  'mac.com',
  'fastmail.com',
  'protonmail.com',
  'proton.me',
  'pm.me',
])

/**
 * What two spellings of one mailbox have in common (B2): lower case, the domain in its ASCII form (RFC 5890), dots and
 * tags as the provider treats them. Only for comparing; mail goes to the address as written.
 */
export function addressKey(address: string): string {
  const trimmed = address.trim()
  const at = trimmed.lastIndexOf('@')
  if (at < 0) return trimmed.toLowerCase()
  const domain = domainToASCII(trimmed.slice(at + 1)) || trimmed.slice(at + 1).toLowerCase()
  const local = trimmed.slice(0, at).normalize('NFC').toLowerCase()
  if (GMAIL.has(domain)) return `${withoutTag(local).replaceAll('.', '')}@gmail.com`
  return `${PLUS_TAGS.has(domain) ? withoutTag(local) : local}@${domain}`
}

const withoutTag = (local: string): string => local.replace(/(?<=.)\+.*$/s, '')
