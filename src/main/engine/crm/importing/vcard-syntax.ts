/**
 * The syntax of vCard in its three versions: 2.1 (the Versit Consortium's), 3.0 (RFC 2426) and 4.0 (RFC 6350).
 */

export type VcardLine = {
  /** "item1" of "item1.EMAIL", lower case, or empty. */
  group: string
  /** In upper case. */
  name: string
  /** Parameters by their name in upper case; those of 2.1 that stand alone are collected as TYPE. */
  params: Map<string, string[]>
  /** As it was written, transfer encoding undone. */
  value: string
}

const QUOTED_PRINTABLE = /(?:;|=)QUOTED-PRINTABLE\b/i
/** Pictures, sounds and keys: nothing that a record holds, and megabytes of it. */
const BINARY = /^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:]/i

/**
 * Puts together what was folded. Of 3.0 and 4.0 (RFC 6350 section 3.2) a line that begins with a space or a tab goes on
 * with the one before, without it; a line in quoted-printable (2.1) that ends in "=" goes on with the next.
 * @param longest  characters from which on nothing more is added
 */
export function* unfold(lines: Iterable<string>, longest = Infinity): Generator<string> {
  let current: string | null = null
  let isQuoted = false
  let isBinary = false
  for (const line of lines) {
    if (isBinary && /^[ \t]/.test(line)) continue
    if (current !== null && isQuoted && current.endsWith('=')) {
      if (current.length < longest) current = current.slice(0, -1) + line
      continue
    }
    if (current !== null && /^[ \t]/.test(line)) {
      if (current.length < longest) current += line.slice(1)
      continue
    }
    if (current !== null) yield current
    isBinary = BINARY.test(line)
    current = isBinary ? null : line
    const colon = line.indexOf(':')
    isQuoted = colon > 0 && QUOTED_PRINTABLE.test(line.slice(0, colon))
  }
  if (current !== null) yield current
}

/** One unfolded line, or null for what is none. */
export function parseLine(line: string): VcardLine | null {
  const colon = outsideQuotes(line, ':')
  if (colon < 1) return null
  const [head = '', ...parts] = splitOutside(line.slice(0, colon), ';')
  const dot = head.indexOf('.')
  const name = head
    .slice(dot + 1)
    .trim()
    .toUpperCase()
  if (!/^[A-Z0-9-]+$/.test(name)) return null
  const params = new Map<string, string[]>()
  const add = (key: string, values: string[]) => params.set(key, [...(params.get(key) ?? []), ...values])
  for (const part of parts) {
    const equals = part.indexOf('=')
    if (equals < 0) {
      const word = part.trim()
      // 2.1 leaves the names away: "TEL;WORK;VOICE", "NOTE;QUOTED-PRINTABLE".
      if (/^(quoted-printable|base64|8bit|7bit|b)$/i.test(word)) add('ENCODING', [word])
      else if (word) add('TYPE', [word])
      continue
    }
    const values = splitOutside(part.slice(equals + 1), ',').map(paramText)
    add(part.slice(0, equals).trim().toUpperCase(), values)
  }
  let value = line.slice(colon + 1)
  const encoding = params.get('ENCODING')?.[0]?.toLowerCase()
  if (encoding === 'quoted-printable') value = quotedPrintable(value, params.get('CHARSET')?.[0])
  return { group: dot > 0 ? head.slice(0, dot).toLowerCase() : '', name, params, value }
}

/** Quotes off, and the circumflex escapes of RFC 6868 undone. */
const paramText = (text: string): string =>
  text
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .replace(/\^(.)/g, (whole, escaped: string) => ({ n: '\n', "'": '"', '^': '^' })[escaped] ?? whole)

function outsideQuotes(text: string, wanted: string): number {
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '"') quoted = !quoted
    else if (!quoted && text[i] === wanted) return i
  }
  // Quotation marks that do not pair are nobody's.
  return quoted ? text.indexOf(wanted) : -1
}

function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = []
  for (let rest = text; ;) {
    const at = outsideQuotes(rest, separator)
    if (at < 0) return [...parts, rest]
    parts.push(rest.slice(0, at))
    rest = rest.slice(at + 1)
  }
}

/** RFC 2045 section 6.7, in the charset of the line, else UTF-8 where it is valid, else Windows-1252. */
function quotedPrintable(value: string, charset: string | undefined): string {
  const bytes: number[] = []
  for (let i = 0; i < value.length; i += 1) {
    const hex = value[i] === '=' ? /^[0-9a-f]{2}/i.exec(value.slice(i + 1, i + 3)) : null
    if (hex) {
      bytes.push(parseInt(hex[0], 16))
      i += 2
    } else bytes.push(...Buffer.from(value[i]!, 'utf8'))
  }
  const decode = (label: string) => new TextDecoder(label, { fatal: true }).decode(Uint8Array.from(bytes))
  for (const label of [charset ?? 'utf-8', 'utf-8', 'windows-1252']) {
    try {
      return decode(label)
    } catch (error) {
      // An unknown label, or bytes that contradict it.
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error
    }
  }
  return value
}

/** The parts of a structured value ("family;given;…"), escapes undone (RFC 6350 section 3.4). */
export function splitValue(value: string, separator: ';' | ','): string[] {
  const parts: string[] = []
  let part = ''
  for (let i = 0; i < value.length; i += 1) {
    const character = value[i]!
    if (character === '\\' && i + 1 < value.length) {
      part += character + value[i + 1]!
      i += 1
    } else if (character === separator) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part].map(unescapeText)
}

/** `\n`, `\,`, `\;` and `\\` as what they stand for. */
export const unescapeText = (value: string): string =>
  value.replace(/\\([\s\S])/g, (whole, escaped: string) => {
    if (escaped === 'n' || escaped === 'N') return '\n'
    return /[,;\\:]/.test(escaped) ? escaped : whole
  })

/** Text as a value (RFC 6350 section 3.4). */
export const escapeText = (text: string): string =>
  text
    .replace(/\\/g, '\\\\')
    .replace(/\r\n?|\n/g, '\\n')
    .replace(/([,;])/g, '\\$1')

/** A parameter's value: in quotation marks where it has to be, circumflex escapes by RFC 6868. */
export function paramValue(text: string): string {
  const escaped = text
    .replace(/\^/g, '^^')
    .replace(/"/g, "^'")
    .replace(/\r\n?|\n/g, '^n')

    .replace(/[\x00-\x1f\x7f]/g, ' ')
  return /[,;:]/.test(escaped) ? `"${escaped}"` : escaped
}

/** Lines of at most 75 octets, the next beginning with a space, no character cut in two (RFC 6350 section 3.2). */
export function fold(line: string): string {
  let folded = ''
  let octets = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > 75) {
      folded += '\r\n '
      octets = 1
    }
    folded += character
    octets += size
  }
  return `${folded}\r\n`
}
