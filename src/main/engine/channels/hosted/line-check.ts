/** What is wrong with a client's line ends. */
export type LineFault = 'bare LF' | 'bare CR'

const CR = 13
const LF = 10

/**
 * Watches that every line of a client ends with CRLF, commands and message alike. RFC 5321 section 2.3.8 forbids CR and
 * LF on their own; servers that read them differently are how one message becomes two (fault 30).
 */
export class LineCheck {
  #afterCr = false

  /** The first fault in the next bytes of the stream, or null. */
  push(chunk: Uint8Array): LineFault | null {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (bytes.length === 0) return null
    if (this.#afterCr && bytes[0] !== LF) return 'bare CR'
    if (!this.#afterCr && bytes[0] === LF) return 'bare LF'
    for (let at = bytes.indexOf(LF, 1); at !== -1; at = bytes.indexOf(LF, at + 1)) {
      if (bytes[at - 1] !== CR) return 'bare LF'
    }
    for (let at = bytes.indexOf(CR); at !== -1 && at < bytes.length - 1; at = bytes.indexOf(CR, at + 1)) {
      if (bytes[at + 1] !== LF) return 'bare CR'
    }
    this.#afterCr = bytes[bytes.length - 1] === CR
    return null
  }
}
