import type { ChannelProblem, ServerSettings } from '../../../contract/channels.ts'
import { ChannelError } from './types.ts'

/** What was being talked to when something failed; named in the words that the user reads. */
export type ProblemContext = {
  protocol: 'IMAP' | 'SMTP'
  server: ServerSettings
}

/** The fields that Node, imapflow and nodemailer put on their errors. All of it is foreign input. */
type ForeignError = {
  code?: unknown
  originalCode?: unknown
  message?: unknown
  responseText?: unknown
  response?: unknown
  responseCode?: unknown
  responseStatus?: unknown
  serverResponseCode?: unknown
  authenticationFailed?: unknown
  tlsFailed?: unknown
  reason?: unknown
  command?: unknown
  cause?: unknown
  _err?: unknown
}

const MAX_SERVER_TEXT = 500

/**
 * What a server wrote, as one line of plain text: no control or direction characters, bounded. It is shown
 * as the server's words and never read as HTML (fault 20). Null when nothing is left.
 */
export function plainServerText(text: unknown): string | null {
  if (typeof text !== 'string') return null
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (plain === '') return null
  return plain.length > MAX_SERVER_TEXT ? `${plain.slice(0, MAX_SERVER_TEXT)}…` : plain
}

const CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet (or this computer’s clock is wrong)',
  CERT_REVOKED: 'was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'belongs to another server',
  HOSTNAME_MISMATCH: 'belongs to another server',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that this computer does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an authority that this computer does not know',
  CERT_UNTRUSTED: 'comes from an authority that this computer does not know',
  CERT_REJECTED: 'was rejected',
  CERT_SIGNATURE_FAILURE: 'has a wrong signature',
  CERT_CHAIN_TOO_LONG: 'has a chain that is too long',
  INVALID_CA: 'was issued by something that is no authority',
  INVALID_PURPOSE: 'was made for another purpose',
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])
const TIMED_OUT = new Set([
  'ETIMEDOUT',
  'ETIMEOUT',
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
  'ESOCKETTIMEDOUT',
])
const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'NoConnection',
  'EConnectionClosed',
  'StateLogout',
  'ECONNECTION',
  'ESOCKET',
])
const THROTTLED =
  /too many|rate.?limit|throttl|try again later|temporarily (?:blocked|locked)|maximum number of connections/i

const at = ({ server }: ProblemContext) => `${server.host}:${server.port}`

/** One problem in the shape of the contract, with the server's own words cleaned. */
export function problem(
  code: ChannelProblem['code'],
  message: string,
  hint: string,
  serverText: unknown = null,
): ChannelProblem {
  return { code, message, hint, serverText: plainServerText(serverText) }
}

/** Every code on an error and on what caused it, outermost first. */
function codes(error: unknown): string[] {
  const found: string[] = []
  for (let one: unknown = error, depth = 0; one && typeof one === 'object' && depth < 5; depth++) {
    const { code, originalCode, cause, _err } = one as ForeignError
    for (const value of [originalCode, code]) if (typeof value === 'string') found.push(value)
    one = cause ?? _err ?? (one as { errors?: unknown[] }).errors?.[0]
  }
  return found
}

/** The text that the server sent with a refusal, if the error carries one. */
function serverWords(error: ForeignError): string | null {
  return (
    plainServerText(error.responseText) ?? plainServerText(error.response) ?? plainServerText(error.reason)
  )
}

/**
 * Puts a failure of a connection into words: what happened and what to do. Knows the errors of Node's sockets
 * and TLS, of imapflow and of nodemailer; anything else becomes `unknown` with its message.
 */
export function problemOf(error: unknown, context: ProblemContext): ChannelProblem {
  if (error instanceof ChannelError) return error.problem
  const foreign: ForeignError = error && typeof error === 'object' ? error : { message: String(error) }
  const all = codes(error)
  const has = (set: Set<string>) => all.find((code) => set.has(code))
  const { server, protocol } = context
  const words = serverWords(foreign)

  const certificate = all.find((code) => code in CERTIFICATE)
  if (certificate) {
    return problem(
      'certificate',
      `The certificate of ${server.host} ${CERTIFICATE[certificate]}.`,
      certificate === 'ERR_TLS_CERT_ALTNAME_INVALID' || certificate === 'HOSTNAME_MISMATCH'
        ? 'Use the server name that your provider gives. If it is right, somebody may be intercepting the connection: tell your administrator.'
        : 'Nothing was sent. Ask whoever runs the server for a valid certificate; a company’s own authority must be installed on this computer.',
    )
  }
  if (all.includes('ENOTFOUND') || all.includes('ENODATA')) {
    return problem(
      'dns',
      `There is no server named ${server.host}.`,
      'Check the spelling of the server name, and whether this computer is online.',
    )
  }
  if (all.includes('EAI_AGAIN') || all.includes('EDNS') || all.includes('ESERVFAIL')) {
    return problem(
      'dns',
      `The name ${server.host} could not be looked up.`,
      'Check whether this computer is online.',
    )
  }
  if (all.includes('STARTTLS_INJECTION')) {
    return problem(
      'tls_stripped',
      `${at(context)} sent data before the connection was encrypted.`,
      'No password was sent. Somebody may be tampering with the connection: try another network, and tell your administrator.',
    )
  }
  const closed =
    has(new Set(['ECONNRESET', 'EPIPE'])) !== undefined || /closed unexpectedly/.test(String(foreign.message))
  const refused = !closed && (protocol === 'SMTP' ? all.includes('ETLS') : foreign.tlsFailed === true)
  const spoken = all.find((code) => /^ERR_SSL_|^EPROTO$|^ERR_TLS_/.test(code))
  if (spoken) {
    return problem(
      'server_error',
      `${at(context)} does not speak TLS as expected (${spoken}).`,
      server.security === 'tls'
        ? 'This port may want STARTTLS: choose it, or use the port for TLS (993 for IMAP, 465 for SMTP).'
        : 'The server’s encryption is broken or too old: ask your provider.',
      words,
    )
  }
  if (has(TIMED_OUT)) {
    return problem(
      'timeout',
      all.includes('GREETING_TIMEOUT')
        ? `${at(context)} accepted the connection but said nothing.`
        : `${at(context)} did not answer in time.`,
      all.includes('GREETING_TIMEOUT') && server.security !== 'tls'
        ? 'This port may want TLS from the start: choose TLS. Otherwise the server is overloaded; it is tried again.'
        : 'Check the server name and port and your network. It is tried again.',
      words,
    )
  }
  const reachable = has(UNREACHABLE)
  if (reachable) {
    return problem(
      'unreachable',
      reachable === 'ECONNREFUSED'
        ? `Nothing accepts connections at ${at(context)}.`
        : `There is no way to ${at(context)} from this network.`,
      'Check the server name and port, and whether a firewall or VPN is in between.',
    )
  }
  if (refused) {
    return problem(
      'tls_stripped',
      `${at(context)} offers no encryption (STARTTLS), although it is required.`,
      'No password was sent. Choose TLS if the server has it. If it used to work, somebody may be tampering with the connection.',
      words,
    )
  }
  if (foreign.authenticationFailed === true || all.includes('EAUTH'))
    return loginProblem(foreign, context, words)

  if (
    all.includes('ETHROTTLE') ||
    (words !== null && THROTTLED.test(words)) ||
    foreign.serverResponseCode === 'LIMIT'
  ) {
    return problem(
      'throttled',
      `${server.host} asks to slow down.`,
      'Fewer connections are used, and it is tried again later.',
      words,
    )
  }
  if (
    typeof foreign.responseStatus === 'string' ||
    typeof foreign.responseCode === 'number' ||
    words !== null
  ) {
    return problem(
      'server_error',
      `${server.host} refused a step.`,
      'It is tried again. If it lasts, ask your provider.',
      words,
    )
  }
  if (has(LOST)) {
    return problem(
      'unreachable',
      `The connection to ${at(context)} was lost.`,
      'It is tried again. If it lasts, check your network.',
      words,
    )
  }
  const message = plainServerText(foreign.message) ?? 'no reason given'
  return problem(
    'unknown',
    `Talking to ${at(context)} failed: ${message}`,
    'It is tried again. If it lasts, report this text.',
  )
}

function loginProblem(error: ForeignError, context: ProblemContext, words: string | null): ChannelProblem {
  const { server } = context
  const code = error.serverResponseCode
  const number = error.responseCode
  // RFC 5530: UNAVAILABLE, INUSE and LIMIT say nothing about the password; nor does a 4xx (RFC 4954 section 6).
  const temporary = code === 'UNAVAILABLE' || code === 'INUSE' || (typeof number === 'number' && number < 500)
  if (code === 'LIMIT' || (words !== null && THROTTLED.test(words))) {
    return problem(
      'throttled',
      `${server.host} does not allow a login at the moment.`,
      'It is tried again later; there is nothing to do.',
      words,
    )
  }
  if (temporary) {
    return problem(
      'server_error',
      `${server.host} cannot check logins at the moment.`,
      'It is tried again.',
      words,
    )
  }
  return problem(
    'login_refused',
    `${server.host} refused the login of ${server.user === undefined || server.user === '' ? 'this address' : server.user}.`,
    'Check user name and password. Many providers want an app password, and IMAP switched on in their settings.',
    words ?? error.message,
  )
}

/** The failure as the error that channels reject with. */
export function channelError(error: unknown, context: ProblemContext): ChannelError {
  return error instanceof ChannelError ? error : new ChannelError(problemOf(error, context), { cause: error })
}
