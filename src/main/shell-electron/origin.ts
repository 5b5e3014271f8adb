/** The scheme that the application's own page is served by, and that deep links from outside begin with. */
export const SCHEME = 'anteroom'

/** The application's own page. Nothing else is ever shown in a window. */
export const ORIGIN = `${SCHEME}://app`

/** The address of a route of the renderer, which routes by the fragment. */
export function routeUrl(route: string): string {
  return `${ORIGIN}/#${route}`
}

/**
 * Whether a URL is the application's own page (whatever route it shows), not merely something of our
 * origin: stored mail below `/files/` is of our origin too, and is not ours.
 */
export function isOwnPage(url: string): boolean {
  const parsed = URL.parse(url)
  // Node gives "null" as the origin of every scheme it does not know, so scheme and host are compared.
  return (
    parsed !== null && parsed.protocol === `${SCHEME}:` && parsed.host === 'app' && parsed.pathname === '/'
  )
}

/** Whether a URL is a stored file, served below `/files/`. */
export function isOwnFile(url: string): boolean {
  const parsed = URL.parse(url)
  return (
    parsed !== null &&
    parsed.protocol === `${SCHEME}:` &&
    parsed.host === 'app' &&
    parsed.pathname.startsWith('/files/')
  )
}

/**
 * Whether a text may be handed to the renderer as a route: a path of ours, of sensible length, that
 * cannot be read as another host.
 */
export function isRoute(route: unknown): route is string {
  return typeof route === 'string' && /^\/(?![/\\])[^\0-\x1f\\]*$/.test(route) && route.length <= 200_000
}
