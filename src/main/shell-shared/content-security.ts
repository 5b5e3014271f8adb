/**
 * The policy of the application's own page, the same in both shells. Mail is shown in sandboxed frames
 * that carry a narrower policy of their own and inherit this one as well.
 *
 * @param connect the sources the page may talk to, besides its own origin (the web shell's WebSocket)
 */
export function contentSecurityPolicy(connect: string[] = []): string {
  return [
    "default-src 'self'",
    "img-src 'self' data: blob: https: http:",
    // Components set positions as inline styles; a style cannot run code.
    "style-src 'self' 'unsafe-inline'",
    "script-src 'self'",
    "font-src 'self' data:",
    "object-src 'none'",
    "frame-src 'self' blob: about:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ['connect-src', "'self'", ...connect].join(' '),
  ].join('; ')
}

/** Headers of every page and asset of the application itself. */
export function documentHeaders(connect: string[] = []): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(connect),
    ...resourceHeaders,
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()',
  }
}

/** Headers of everything that a shell sends, stored mail included. */
export const resourceHeaders: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/**
 * What a file from `/files/…` may do when it is opened as a page of its own, where the engine did not say:
 * a sender's HTML or SVG must not become a page of our origin. PDF is left to the browser's viewer, which a
 * sandbox would disable.
 */
export function filePolicy(contentType: string): string {
  const sandbox = /^application\/pdf\b/i.test(contentType) ? '' : '; sandbox'
  return `default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'${sandbox}`
}
