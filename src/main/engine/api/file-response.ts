/**
 * Types that a browser may show as they are: none of them can run a script. SVG can, so it is not among them.
 */
const SHOWN = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/x-icon',
  'image/vnd.microsoft.icon',
  'application/pdf',
])

/** Text that is worth a look, shown as plain text whatever it is: a table, notes, a log, a calendar entry. */
const SHOWN_AS_TEXT = new Set([
  'text/plain',
  'text/csv',
  'text/markdown',
  'text/calendar',
  'text/x-log',
  'application/json',
  'message/rfc822',
])

const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
/** The browser's own PDF viewer does not work in a sandbox; a PDF has no way to our origin. */
const PDF_POLICY =
  "default-src 'none'; img-src 'self' data:; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

export type ServedFile = { name: string; mimeType: string; bytes: Buffer; etag: string }

/** Plain words for whoever opens a path that leads nowhere. */
export const plainResponse = (status: number, text: string): Response =>
  new Response(`${text}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': SANDBOX,
    },
  })

/**
 * Serves bytes from mail: hostile by nature. What cannot do harm is shown, all else only saved. Ranges (RFC 9110
 * section 14) for the viewers of large files.
 * @param download asks for a save dialog for what could be shown too
 */
export function fileResponse(request: Request, file: ServedFile, download: boolean): Response {
  const { bytes } = file
  const type = servedType(file, download)
  const inline = !download && type !== OPAQUE
  const headers = new Headers({
    'content-type': type,
    'content-disposition': disposition(inline ? 'inline' : 'attachment', file.name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': type === 'application/pdf' ? PDF_POLICY : SANDBOX,
    'cache-control': 'private, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    etag: file.etag,
  })
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers })
  const range = rangeOf(request, file.etag, bytes.byteLength)
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${bytes.byteLength}`)
    return new Response(null, { status: 416, headers })
  }
  const part = range ? bytes.subarray(range.first, range.last + 1) : bytes
  headers.set('content-length', String(part.byteLength))
  if (range) headers.set('content-range', `bytes ${range.first}-${range.last}/${bytes.byteLength}`)
  const body = request.method === 'HEAD' ? null : new Uint8Array(part)
  return new Response(body, { status: range ? 206 : 200, headers })
}

const OPAQUE = 'application/octet-stream'

function servedType({ mimeType, bytes }: ServedFile, download: boolean): string {
  if (SHOWN.has(mimeType)) return mimeType
  if (!SHOWN_AS_TEXT.has(mimeType)) return OPAQUE
  return download ? mimeType : `text/plain; charset=${charsetOf(bytes)}`
}

/** UTF-8 where the bytes are that, else the superset of Latin-1 that browsers read (Encoding Standard). */
function charsetOf(bytes: Buffer): string {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252'
    throw error
  }
}

/** Content-Disposition with a plain name for old readers and the true one in UTF-8 (RFC 6266, RFC 8187). */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '_')
    .replace(/["\\%]/g, '_')
  const encoded = encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

type Range = { first: number; last: number }

/** The one range that a request asks for; null for none, several, or one of another version (RFC 9110 section 13.1.5). */
function rangeOf(request: Request, etag: string, size: number): Range | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range')?.trim() ?? '')
  const condition = request.headers.get('if-range')
  if (!match || (condition !== null && condition !== etag)) return null
  const [, from = '', to = ''] = match
  if (from === '' && to === '') return null
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 }
  }
  const first = Number(from)
  const last = Math.min(to === '' ? size - 1 : Number(to), size - 1)
  if (to !== '' && Number(to) < first) return null
  return first >= size ? 'unsatisfiable' : { first, last }
}
