import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'

/**
 * Labels seen in mail that the Encoding Standard's table lacks. UTF-7 is missing on purpose: it lets markup pass
 * every filter (fault 58), so its bytes are read as the ASCII that they are.
 */
const aliases: Record<string, string> = {
  ansi: 'windows-1252',
  'ansi_x3.110-1983': 'windows-1252',
  'unicode-1-1-utf-8': 'utf-8',
  utf8mb4: 'utf-8',
  'utf-8-mac': 'utf-8',
  'x-utf-8': 'utf-8',
  utf16: 'utf-16le',
  'ucs-2': 'utf-16le',
  unicode: 'utf-16le',
  'iso8859-8-i': 'iso-8859-8-i',
  'x-mac-roman': 'macintosh',
  macroman: 'macintosh',
  'cp-850': 'cp850',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  windows932: 'shift_jis',
  'windows-932': 'shift_jis',
  cp936: 'gbk',
  'windows-936': 'gbk',
  ms936: 'gbk',
  cp949: 'euc-kr',
  ks_c_5601: 'euc-kr',
  uhc: 'euc-kr',
  cp950: 'big5',
  'big5-eten': 'big5',
  'iso-2022-jp-ms': 'iso-2022-jp',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  tis620: 'windows-874',
  koi8_u: 'koi8-u',
  cp20866: 'koi8-r',
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const lenientUtf8 = new TextDecoder('utf-8')
const windows1252 = new TextDecoder('windows-1252')
const decoders = new Map<string, TextDecoder | null>()

/**
 * Decodes bytes under a declared charset label (any case, or null when none was declared). Never throws: unknown
 * labels, UTF-7 and bytes that contradict their label are read as UTF-8 where they are valid UTF-8, else as
 * windows-1252.
 */
export function decodeBytes(bytes: Uint8Array, label: string | null): string {
  if (bytes.length === 0) return ''
  const name = normalise(label)
  const plain = isAscii(bytes)
  if (plain && !statefulCharsets.test(name)) return latin1(bytes)
  if (name === 'iso-2022-kr') return decodeIso2022Kr(bytes)
  if (name === 'hz-gb-2312') return decodeHz(bytes)
  if (name === 'utf-8' || name === '') return guess(bytes, name === 'utf-8')
  // A us-ascii label over 8-bit bytes says nothing (RFC 2045 section 6.4 forbids it); neither does a wrong one.
  if (name === 'us-ascii' || name === 'ascii') return guess(bytes, false)
  const decoder = decoderFor(name)
  return decoder === null ? guess(bytes, false) : decoder.decode(bytes)
}

/** Decodes a string whose characters are bytes (a header as it came): UTF-8 where valid, else windows-1252. */
export function decodeByteString(value: string): string {
  if (/^[\x00-\x7f]*$/.test(value)) return value
  return guess(Buffer.from(value, 'latin1'), false)
}

/** Charsets whose ASCII-looking bytes are not ASCII. */
const statefulCharsets = /^(?:iso-2022|hz|utf-?16|utf-?32|ucs|unicode$|csiso2022|csunicode|x-user-defined)/

function normalise(label: string | null): string {
  if (label === null) return ''
  // RFC 2184 style languages, quotes and stray punctuation around the label.
  const name = label
    .trim()
    .toLowerCase()
    .replace(/^['"]+|['";]+$/g, '')
    .replace(/\*.*$/, '')
  return aliases[name] ?? name
}

function decoderFor(name: string): TextDecoder | null {
  const known = decoders.get(name)
  if (known !== undefined) return known
  let decoder: TextDecoder | null = null
  const tries = [
    name,
    name.replace(/_/g, '-'),
    name.replace(/^(?:cp|ms|win|x-cp|windows)-?(\d+)$/, 'windows-$1'),
  ]
  for (const label of tries) {
    try {
      decoder = new TextDecoder(label)
      break
    } catch {
      // Not a label of the Encoding Standard: the next spelling, and at last the guess.
    }
  }
  // Labels come from the mail: the table must not grow for ever.
  if (decoders.size < 200) decoders.set(name, decoder)
  return decoder
}

function guess(bytes: Uint8Array, declaredUtf8: boolean): string {
  if (isUtf8(bytes)) return strict.decode(bytes)
  if (!declaredUtf8) return windows1252.decode(bytes)
  // Declared UTF-8 with a few broken sequences (a cut-off end, one bad byte) is still UTF-8.
  const text = lenientUtf8.decode(bytes)
  let broken = 0
  let wide = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0xfffd) broken++
    else if (code > 0x7f) wide++
  }
  return broken > wide ? windows1252.decode(bytes) : text
}

/** One character a byte, however long. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** RFC 1557: KS X 1001 between SO and SI, ASCII elsewhere; the header sequence ESC $ ) C is dropped. */
function decodeIso2022Kr(bytes: Uint8Array): string {
  const out = Buffer.alloc(bytes.length)
  let length = 0
  let wide = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === 0x1b && bytes[i + 1] === 0x24 && bytes[i + 2] === 0x29) i += 3
    else if (byte === 0x0e) wide = true
    else if (byte === 0x0f) wide = false
    else out[length++] = wide && byte > 0x20 ? byte | 0x80 : byte
  }
  return new TextDecoder('euc-kr').decode(out.subarray(0, length))
}

/** RFC 1843: GB 2312 between ~{ and ~}, ASCII elsewhere; ~~ is a tilde, ~ before a line break joins lines. */
function decodeHz(bytes: Uint8Array): string {
  const out = Buffer.alloc(bytes.length)
  let length = 0
  let wide = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    const next = bytes[i + 1]
    if (byte === 0x7e && next === 0x7b) {
      wide = true
      i++
    } else if (byte === 0x7e && next === 0x7d) {
      wide = false
      i++
    } else if (byte === 0x7e && !wide && (next === 0x7e || next === 0x0a)) {
      if (next === 0x7e) out[length++] = byte
      i++
    } else out[length++] = wide && byte > 0x20 ? byte | 0x80 : byte
  }
  return new TextDecoder('gbk').decode(out.subarray(0, length))
}
