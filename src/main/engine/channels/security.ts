import * as tls from 'node:tls'
import type { ServerSettings } from '../../../contract/channels.ts'
import { isLoopback } from '../lib/loopback.ts'
import { problem, type ProblemContext } from './problems.ts'
import { ChannelError } from './types.ts'

export { isLoopback }

/** Throws a ChannelError where a connection would go without encryption over a network. */
export function refuseCleartext(server: ServerSettings, protocol: ProblemContext['protocol']): void {
  if (server.security !== 'none' || isLoopback(server.host)) return
  throw new ChannelError(
    problem(
      'tls_stripped',
      `${protocol} to ${server.host} would go over the network without encryption, password included.`,
      'Choose TLS or STARTTLS. Only a server on this computer may be used without.',
    ),
  )
}

let trusted: { extra: string; context: tls.SecureContext } | null = null

/**
 * The authorities that certificates are checked against: those that come with Node, those that the system
 * trusts (a company's own authority is installed there), and `extra` ones (PEM).
 */
function trust(extra: readonly string[]): tls.SecureContext {
  const key = extra.join('\n')
  if (trusted?.extra === key) return trusted.context
  // Loaded at the first encrypted connection, not at start: reading the system's store costs tens of ms.
  const ca = new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...extra])
  const context = tls.createSecureContext({ ca: [...ca], minVersion: 'TLSv1.2' })
  trusted = { extra: key, context }
  return context
}

/** TLS options for a server: the name is checked, TLS 1.2 at least (RFC 8996), and there is no way around. */
export function tlsOptions(server: ServerSettings, extraCa: readonly string[] = []): tls.ConnectionOptions {
  if (server.security === 'none') return {}
  return { secureContext: trust(extraCa), minVersion: 'TLSv1.2', rejectUnauthorized: true }
}
