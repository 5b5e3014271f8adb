import { toUSVString } from 'node:util'
import { decodeByteString, decodeBytes } from './charset.ts'
import { limits } from './limits.ts'

/** The header fields of one entity: lower-case name → unfolded values in the order they came, one char a byte. */
export type Fields = Map<string, string[]>

export type HeaderBlock = {
  fields: Fields
  /** Where the body begins. */
  bodyStart: number
  /** True when a limit cut the block (fault 56). */
  cut: boolean
}

/**
 * Reads the header block of `source` (one character a byte) between two offsets: RFC 5322 section 2.2, with LF or
 * CRLF. A block that has no field at all is a body from its first line on. Lines that are no field are skipped.
 * Linear in the length of the block.
 */
export function readHeaderBlock(source: string, start: number, end: number): HeaderBlock {
  const fields: Fields = new Map()
  let cut = false
  let position = start
  let current: string[] | null = null
  let kept = 0
  let any = false
  while (position < end) {
    let lineEnd = source.indexOf('\n', position)
    let next = lineEnd + 1
    if (lineEnd === -1 || lineEnd >= end) {
      lineEnd = end
      next = end
    }
    if (lineEnd > position && source.charCodeAt(lineEnd - 1) === 13) lineEnd--
    if (lineEnd === position) return { fields, bodyStart: next, cut }

    const first = source.charCodeAt(position)
    if (first === 32 || first === 9) {
      if (!any) {
        // White space before any field: a line of blanks ends an empty header, anything else is the body.
        const blank = source.slice(position, lineEnd).trim() === ''
        return { fields, bodyStart: blank ? next : position, cut }
      }
      if (current !== null) {
        const last = current.length - 1
        if (kept > limits.headerBlock || current[last]!.length > limits.headerBlock) cut = true
        else {
          // Unfolding (RFC 5322 section 2.2.3) keeps the white space that follows the break.
          current[last] += source.slice(position, lineEnd)
          kept += lineEnd - position
        }
      }
    } else {
      const colon = source.indexOf(':', position)
      const name =
        colon === -1 || colon >= lineEnd || colon - position > 200 ? null : fieldName(source, position, colon)
      if (name === null) {
        // An mbox separator may precede the fields ("From x Mon Jan…"); other garbage before them is a body.
        if (!any && !/^>?From /.test(source.slice(position, position + 6)))
          return { fields, bodyStart: position, cut }
        current = null
      } else {
        any = true
        if (kept > limits.headerBlock) {
          cut = true
          // Who wrote it and which message it is are wanted even from behind ten megabytes of padding.
          current = essential.has(name) ? (fields.get(name) ?? newList(fields, name)) : null
        } else {
          current = fields.get(name) ?? newList(fields, name)
        }
        if (current !== null && current.length >= limits.sameField) {
          // The last ones count, as for a verifier of signatures (RFC 6376 section 5.4.2).
          current.shift()
          cut ||= !trace.has(name)
        }
        if (current !== null) {
          const value = source.slice(colon + 1, Math.min(lineEnd, colon + 1 + limits.headerBlock))
          if (lineEnd - colon > limits.headerBlock) cut = true
          current.push(value)
          kept += lineEnd - position
        }
      }
    }
    position = next
  }
  return { fields, bodyStart: end, cut }
}

const essential = new Set([
  'from',
  'message-id',
  'subject',
  'date',
  'content-type',
  'content-transfer-encoding',
])
/** Fields that every hop adds. */
const trace = new Set([
  'received',
  'x-received',
  'authentication-results',
  'arc-seal',
  'arc-message-signature',
])

function newList(fields: Fields, name: string): string[] {
  const list: string[] = []
  fields.set(name, list)
  return list
}

/** RFC 5322 section 3.6.8, and the white space before the colon of section 4.5. */
function fieldName(source: string, start: number, colon: number): string | null {
  const name = source.slice(start, colon).trimEnd()
  return /^[!-9;-~]+$/.test(name) ? name.toLowerCase() : null
}

/** The last value of a field, the one that signatures cover first (RFC 6376 section 5.4.2), or null. */
export function lastOf(fields: Fields, name: string): string | null {
  const list = fields.get(name)
  return list === undefined ? null : list[list.length - 1]!
}

const encodedWord = /=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=/g

/**
 * Decodes an unstructured value (one char a byte): encoded words (RFC 2047, also inside quotes and with raw 8-bit
 * bytes), raw 8-bit text. Line breaks and control characters become blanks, so that nothing decoded can ever start
 * a header line (fault 27); overrides of the writing direction are dropped.
 */
export function decodeText(value: string): string {
  return cleanText(decodeWords(value.length > limits.field ? value.slice(0, limits.field) : value))
}

/** As `decodeText`, without the cleaning. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return decodeByteString(value)
  let out = ''
  let position = 0
  // Neighbours with one charset are joined before decoding: senders split characters between words.
  let pending: Uint8Array[] = []
  let pendingCharset = ''
  const flush = () => {
    if (pending.length > 0)
      out += decodeBytes(pending.length === 1 ? pending[0]! : Buffer.concat(pending), pendingCharset)
    pending = []
  }
  encodedWord.lastIndex = 0
  for (let match = encodedWord.exec(value); match !== null; match = encodedWord.exec(value)) {
    const between = value.slice(position, match.index)
    // White space between two encoded words is not shown (RFC 2047 section 6.2).
    if (pending.length === 0 || between.trim() !== '') {
      flush()
      out += decodeByteString(between)
    }
    const charset = match[1]!.toLowerCase()
    if (pending.length > 0 && charset !== pendingCharset) flush()
    pendingCharset = charset
    pending.push(match[2] === 'b' || match[2] === 'B' ? Buffer.from(match[3]!, 'base64') : decodeQ(match[3]!))
    position = match.index + match[0].length
  }
  flush()
  return out + decodeByteString(value.slice(position))
}

function decodeQ(value: string): Uint8Array {
  // RFC 2047 section 4.2: underscore is a space, =XX a byte.
  const bytes = value
    .replace(/_/g, ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

/** Controls and line breaks to single blanks, embedded direction overrides out, well formed, trimmed. */
export function cleanText(value: string): string {
  const plain = value
    .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
  return toUSVString(plain.trim())
}

/** A value with its parameters (Content-Type, Content-Disposition): RFC 2045 section 5.1, RFC 2231. */
export type Parameterised = { value: string; params: Map<string, string> }

/**
 * Splits `value; name=value; …`. Quoted strings, comments, continuations (`name*0=`), charsets (`name*=utf-8''…`)
 * and encoded words in quotes are understood; parameter names come in lower case, values decoded and uncleaned.
 */
export function parseParameterised(raw: string): Parameterised {
  const source = raw.length > limits.field ? raw.slice(0, limits.field) : raw
  const parts = splitParameters(source)
  const params = new Map<string, string>()
  const segments = new Map<string, { index: number; encoded: boolean; value: string }[]>()
  for (const part of parts.slice(1, 200)) {
    const equals = part.indexOf('=')
    if (equals === -1) continue
    const rawName = part.slice(0, equals).trim().toLowerCase()
    const value = unquote(part.slice(equals + 1).trim())
    const match = /^([^*]+)\*(?:(\d{1,3})(\*)?)?$/.exec(rawName)
    if (match === null) {
      if (!params.has(rawName)) params.set(rawName, decodeWords(value))
      continue
    }
    const name = match[1]!
    const list = segments.get(name) ?? []
    list.push({
      index: match[2] === undefined ? 0 : Number(match[2]),
      encoded: match[2] === undefined || match[3] !== undefined,
      value,
    })
    segments.set(name, list)
  }
  for (const [name, list] of segments) {
    list.sort((a, b) => a.index - b.index)
    let charset: string | null = null
    let bytes = ''
    for (const [position, segment] of list.entries()) {
      let value = segment.value
      if (segment.encoded) {
        if (position === 0) {
          const marks = /^([^']*)'[^']*'/.exec(value)
          if (marks !== null) {
            charset = marks[1]!
            value = value.slice(marks[0].length)
          }
        }
        value = value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
          String.fromCharCode(parseInt(hex, 16)),
        )
      }
      bytes += value
    }
    // RFC 2231 section 4: the extended form wins over the plain one.
    params.set(
      name,
      charset === null ? decodeWords(bytes) : decodeBytes(Buffer.from(bytes, 'latin1'), charset),
    )
  }
  return { value: /^\s*([^\s;]*)/.exec(parts[0] ?? '')![1]!.toLowerCase(), params }
}

function splitParameters(source: string): string[] {
  const parts: string[] = []
  let current = ''
  let quoted = false
  let comment = 0
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!
    if (quoted) {
      current += char
      if (char === '\\' && i + 1 < source.length) current += source[++i]!
      else if (char === '"') quoted = false
    } else if (comment > 0) {
      if (char === '\\') i++
      else if (char === '(') comment++
      else if (char === ')') comment--
    } else if (char === '"') {
      quoted = true
      current += char
    } else if (char === '(') comment++
    else if (char === ';') {
      parts.push(current)
      current = ''
    } else current += char
  }
  parts.push(current)
  return parts
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  let out = ''
  for (let i = 1; i < value.length && value[i] !== '"'; i++) {
    // A backslash that escapes nothing special is kept: Windows paths are sent unescaped.
    if (value[i] === '\\' && (value[i + 1] === '"' || value[i + 1] === '\\')) i++
    out += value[i]!
  }
  return out
}
