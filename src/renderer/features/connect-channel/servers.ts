import type { ServerProposal, ServerSecurity, ServerSettings } from '@contract/channels.ts'

/** The fields of one server as typed: the port is text until it is a number. */
export type ServerForm = { host: string; port: string; security: ServerSecurity; user: string }
export type Protocol = 'imap' | 'smtp'
export type ServerProblem =
  'host_missing' | 'host_invalid' | 'port_invalid' | 'user_missing' | 'none_not_loopback'
export type ServerField = 'host' | 'port' | 'security' | 'user'

/** The usual ports: RFC 8314 for TLS, RFC 9051 and RFC 6409 for STARTTLS. */
const PORTS: Record<Protocol, Record<ServerSecurity, number>> = {
  imap: { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 25 },
}

export const usualPort = (protocol: Protocol, security: ServerSecurity) => PORTS[protocol][security]

/** True for this machine itself: only there a connection may go without encryption. */
export function isLoopback(host: string): boolean {
  const name = host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  )
}

/** Changing the security changes the port along, unless the port was chosen by hand. */
export function withSecurity(form: ServerForm, protocol: Protocol, security: ServerSecurity): ServerForm {
  const usual = Object.values(PORTS[protocol]).map(String)
  const keep = form.port.trim() !== '' && !usual.includes(form.port.trim())
  return { ...form, security, port: keep ? form.port : String(usualPort(protocol, security)) }
}

/** What is wrong with a server's fields, by field. Empty when they can be tried. */
export function serverProblems(
  form: ServerForm,
  protocol: Protocol,
): Partial<Record<ServerField, ServerProblem>> {
  const problems: Partial<Record<ServerField, ServerProblem>> = {}
  const host = form.host.trim()
  if (host === '') problems.host = 'host_missing'
  else if (/[\s/@]|:\/\//.test(host) || host.length > 253) problems.host = 'host_invalid'
  if (!/^\d{1,5}$/.test(form.port.trim()) || Number(form.port) < 1 || Number(form.port) > 65_535) {
    problems.port = 'port_invalid'
  }
  if (form.security === 'none' && !isLoopback(host)) problems.security = 'none_not_loopback'
  // A submission server may want no login, IMAP always does.
  if (protocol === 'imap' && form.user.trim() === '') problems.user = 'user_missing'
  return problems
}

/** The fields as the contract wants them; call only when `serverProblems` is empty. */
export const toSettings = (form: ServerForm): ServerSettings => ({
  host: form.host.trim(),
  port: Number(form.port),
  security: form.security,
  user: form.user.trim(),
})

export const toForm = (settings: ServerSettings): ServerForm => ({
  host: settings.host,
  port: String(settings.port),
  security: settings.security,
  user: settings.user ?? '',
})

/** A first guess to edit where nothing was found: the names that most servers have. */
export function blankForms(address: string): Record<Protocol, ServerForm> {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return {
    imap: { host: `imap.${domain}`, port: '993', security: 'tls', user: address },
    smtp: { host: `smtp.${domain}`, port: '465', security: 'tls', user: address },
  }
}

/** Where a proposal comes from, the more certain first; a guess is said to be one. */
const CERTAINTY: ServerProposal['source'][] = ['autoconfig', 'srv', 'bundled_table', 'guess']

export const byCertainty = (proposals: readonly ServerProposal[]) =>
  [...proposals].sort((a, b) => CERTAINTY.indexOf(a.source) - CERTAINTY.indexOf(b.source))
