import { isIP } from 'node:net'

/** True for names and addresses of this computer itself (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3). */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  if (isIP(name) === 4) return name.startsWith('127.')
  return name === '::1' || /^::ffff:127\./.test(name)
}
