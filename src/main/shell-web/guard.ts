import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request was refused. Each has a text at `desktop.refused.<reason>`. */
export type Refusal = 'host' | 'origin' | 'cross_site' | 'token'

export type Verdict =
  /** `url` is the request's target on the host it was sent to. */
  | { kind: 'allow'; url: URL }
  /** The right token came in the URL: set the cookie and go on without it. */
  | { kind: 'sign_in'; location: string }
  | { kind: 'refuse'; reason: Refusal }

/** What a verdict needs of a request. */
export type GuardedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

/**
 * The cookie's name carries the port, because browsers share the cookies of one host between its ports:
 * two workspaces on one machine must not sign each other out.
 */
export function cookieName(port: number): string {
  return `anteroom-${port}`
}

/**
 * Decides about a request to the web shell (fault 71). In order: the Host must be ours (a foreign name that
 * resolves to 127.0.0.1 is DNS rebinding), an Origin must be our own where one is sent, other sites may
 * not load or post anything here, and the session token must be there.
 *
 * SameSite=Strict alone is not enough: to a browser every port of 127.0.0.1 is the same site, so another
 * program's page on this machine counts as a friend. Hence the Origin and Sec-Fetch-Site checks.
 *
 * @param request method, URL and headers as Node gives them
 * @param port the port that the shell listens on
 * @param token the session token
 */
export function judge(request: GuardedRequest, port: number, token: string): Verdict {
  const host = request.headers.host?.toLowerCase()
  // Browsers leave the port out where it is the scheme's own.
  const suffix = port === 80 ? '' : `:${port}`
  if (host !== `127.0.0.1${suffix}` && host !== `localhost${suffix}`)
    return { kind: 'refuse', reason: 'host' }
  const origin = request.headers.origin
  if (origin !== undefined && origin !== `http://${host}`) return { kind: 'refuse', reason: 'origin' }

  const read = request.method === 'GET' || request.method === 'HEAD'
  const site = request.headers['sec-fetch-site']
  const typedOrOwn = site === undefined || site === 'none' || site === 'same-origin'
  // A link on another page may lead here (the cookie decides then); embedding, fetching and posting may not.
  const topNavigation =
    read &&
    request.headers['sec-fetch-mode'] === 'navigate' &&
    request.headers['sec-fetch-dest'] === 'document'
  if (!typedOrOwn && !topNavigation) return { kind: 'refuse', reason: 'cross_site' }

  const url = parseTarget(request.url, host)
  if (url === null) return { kind: 'refuse', reason: 'host' }
  const given = url.searchParams.get('token')
  const isPage = !url.pathname.startsWith('/files/') && url.pathname !== '/rpc'
  if (given !== null && read && isPage) {
    if (!same(given, token)) return { kind: 'refuse', reason: 'token' }
    url.searchParams.delete('token')
    return { kind: 'sign_in', location: url.pathname + url.search }
  }
  const cookie = readCookie(request.headers.cookie, cookieName(port))
  return cookie !== null && same(cookie, token) ? { kind: 'allow', url } : { kind: 'refuse', reason: 'token' }
}

/**
 * The same for a WebSocket, where a browser always sends an Origin and no cross-origin rule protects:
 * without our own Origin it is refused.
 */
export function judgeSocket(request: GuardedRequest, port: number, token: string): Verdict {
  if (request.headers.host !== undefined && request.headers.origin === undefined) {
    const verdict = judge(request, port, token)
    return verdict.kind === 'refuse' && verdict.reason === 'host'
      ? verdict
      : { kind: 'refuse', reason: 'origin' }
  }
  return judge(request, port, token)
}

/** The request's target as a URL of our own host, or null where it is none (`*`, an absolute URL). */
function parseTarget(target: string | undefined, host: string): URL | null {
  // "//evil.test/x" would be read as another host by the URL parser: collapse leading slashes first.
  if (target === undefined || !target.startsWith('/')) return null
  return URL.parse('/' + target.replace(/^[/\\]+/, ''), `http://${host}`)
}

function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key, ...rest] = pair.trim().split('=')
    if (key === name) return rest.join('=')
  }
  return null
}

/** Compares in a time that does not tell how much was right. */
function same(given: string, wanted: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(wanted)
  return a.length === b.length && timingSafeEqual(a, b)
}
