const OPENABLE = new Set(['http:', 'https:', 'mailto:', 'tel:', 'sip:'])

/**
 * An address that may be handed to the system, as it is to be handed over, or null. Everything else
 * (`file:`, `smb:`, `ms-…:`, `javascript:`, our own scheme) can start programs or reach files (fault 65).
 *
 * @param url as the renderer or a mail gives it; hostile
 */
export function externalUrl(url: unknown): string | null {
  if (typeof url !== 'string' || url.length > 100_000) return null
  const parsed = URL.parse(url)
  if (parsed === null || !OPENABLE.has(parsed.protocol)) return null
  // The parser's own form: what was checked is what is opened.
  return parsed.href
}
