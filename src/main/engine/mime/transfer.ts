/**
 * Undoes a Content-Transfer-Encoding (RFC 2045 section 6). Returns bytes in memory of their own, so that they can
 * be handed to another thread. Never throws: text that only claims to be base64 comes back as it is.
 */
export function decodeTransfer(body: Buffer, encoding: string): Uint8Array<ArrayBuffer> {
  if (encoding === 'base64') return decodeBase64(body)
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(body)
  if (encoding === 'x-uuencode' || encoding === 'uuencode' || encoding === 'x-uue') return decodeUu(body)
  return Uint8Array.from(body)
}

function decodeBase64(body: Buffer): Uint8Array<ArrayBuffer> {
  let text = body.toString('latin1')
  const padding = text.indexOf('=')
  let foreign = false
  if (padding !== -1 && padding < text.length - 1) {
    const rest = /[^=\s]/.exec(text.slice(padding))
    if (rest !== null) {
      // Either encoded pieces that were padded one by one, or a footer that a mailing list put behind.
      if (/^[A-Za-z0-9+/=\s]*$/.test(text)) return concatBase64(text)
      text = text.slice(0, padding + 2)
    }
  }
  if (!base64Alphabet.test(text)) {
    let wrong = 0
    for (let i = 0; i < text.length; i++) if (notBase64[text.charCodeAt(i)] === 1) wrong++
    // A few damaged characters are skipped (RFC 2045 section 6.8); a text of words was never encoded.
    foreign = wrong * 20 > text.length || /^\s*\S+[ \t]+\S+[ \t]+\S+/.test(text.slice(0, 200))
  }
  if (foreign) return Uint8Array.from(body)
  const out = Buffer.allocUnsafeSlow(Math.ceil((text.length * 3) / 4) + 3)
  const length = out.write(text, 'base64')
  return fit(out, length)
}

const base64Alphabet = /^[A-Za-z0-9+/=\s]*$/
const notBase64 = new Uint8Array(256)
for (let code = 0; code < 256; code++)
  notBase64[code] = base64Alphabet.test(String.fromCharCode(code)) ? 0 : 1

function concatBase64(text: string): Uint8Array<ArrayBuffer> {
  const pieces = text.split(/=+\s*/).map((piece) => Buffer.from(piece, 'base64'))
  return Uint8Array.from(Buffer.concat(pieces))
}

function decodeQuotedPrintable(body: Buffer): Uint8Array<ArrayBuffer> {
  const out = Buffer.allocUnsafeSlow(body.length)
  let length = 0
  // What was escaped or stood before a soft line break is meant, white space too.
  let meant = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]!
    if (byte !== 0x3d) {
      if (byte === 0x0a || (byte === 0x0d && body[i + 1] === 0x0a)) {
        // White space at the end of an encoded line was added on the way (RFC 2045 section 6.7, rule 3).
        while (length > meant && (out[length - 1] === 0x20 || out[length - 1] === 0x09)) length--
      }
      out[length++] = byte
      continue
    }
    const behind = softBreakEnd(body, i)
    if (behind === -1) {
      // Some mailers break lines inside an escape: "=C=" on one line, "3" on the next.
      const first = skipSoftBreak(body, i + 1)
      const high = hexValue(body[first])
      const second = skipSoftBreak(body, first + 1)
      const low = hexValue(body[second])
      if (high !== -1 && low !== -1) {
        out[length++] = (high << 4) | low
        i = second
      } else out[length++] = byte
    } else i = behind - 1
    meant = length
  }
  return fit(out, length)
}

/** The offset behind a soft line break that begins at `at`, or -1 where none does. */
function softBreakEnd(body: Buffer, at: number): number {
  if (body[at] !== 0x3d) return -1
  let end = at + 1
  // A transport may have added white space behind the sign.
  while (body[end] === 0x20 || body[end] === 0x09) end++
  if (body[end] === 0x0a) return end + 1
  if (body[end] === 0x0d && body[end + 1] === 0x0a) return end + 2
  return end >= body.length ? body.length : -1
}

function skipSoftBreak(body: Buffer, at: number): number {
  const end = softBreakEnd(body, at)
  return end === -1 ? at : end
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57
  return -1
}

function decodeUu(body: Buffer): Uint8Array<ArrayBuffer> {
  const lines = body.toString('latin1').split(/\r?\n/)
  const begin = lines.findIndex((line) => /^begin \d{3,4} /.test(line))
  if (begin === -1) return Uint8Array.from(body)
  const out = Buffer.allocUnsafeSlow(body.length)
  let length = 0
  for (const line of lines.slice(begin + 1)) {
    const count = (line.charCodeAt(0) - 32) & 63
    if (line === 'end' || line === '' || count === 0) break
    const start = length
    for (let i = 1; i < line.length && length - start < count; i += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((k) => ((line.charCodeAt(i + k) || 32) - 32) & 63) as [
        number,
        number,
        number,
        number,
      ]
      const word = (a << 18) | (b << 12) | (c << 6) | d
      for (const shift of [16, 8, 0])
        if (length - start < count && length < out.length) out[length++] = (word >> shift) & 255
    }
  }
  return fit(out, length)
}

function fit(out: Buffer, length: number): Uint8Array<ArrayBuffer> {
  // `allocUnsafeSlow` never shares its memory, so a view that uses most of it can be transferred as it is.
  const whole = out.length - length < 64 ? new Uint8Array(out.buffer as ArrayBuffer, 0, length) : null
  return whole ?? Uint8Array.from(out.subarray(0, length))
}
