import { Readable } from 'node:stream'

const CHUNK = 64 * 1024

/**
 * The message as a stream whose last piece is held back: `beforeLast` runs synchronously just before it is handed
 * over. The connection writes the final dot after the stream's end, so until `beforeLast` returned the server
 * cannot have seen a whole message. If it throws, the stream ends with that error and the message stays incomplete.
 * `onRead` runs at each piece, as a sign of progress.
 */
export function messageStream(
  raw: Uint8Array,
  hooks: { beforeLast: () => void; onRead: () => void },
): Readable {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  let at = 0
  return new Readable({
    // Nothing is read ahead: the marker falls as late as it can.
    highWaterMark: 1,
    read() {
      hooks.onRead()
      const end = Math.min(at + CHUNK, bytes.length)
      if (end === bytes.length) {
        try {
          hooks.beforeLast()
        } catch (error) {
          this.destroy(error instanceof Error ? error : new Error(String(error)))
          return
        }
        this.push(bytes.subarray(at, end))
        this.push(null)
        return
      }
      this.push(bytes.subarray(at, end))
      at = end
    },
  })
}

/** Bytes on the wire before dot-stuffing: line ends become CRLF (RFC 5321 section 2.3.8). For MAIL FROM's SIZE. */
export function sizeOnWire(raw: Uint8Array): number {
  let size = raw.length
  for (let i = raw.indexOf(10); i >= 0; i = raw.indexOf(10, i + 1)) if (raw[i - 1] !== 13) size += 1
  return size
}

/** True when a byte is over 127, so that the message needs 8BITMIME (RFC 6152). */
export function isEightBit(raw: Uint8Array): boolean {
  for (let i = 0; i < raw.length; i++) if ((raw[i] as number) > 127) return true
  return false
}
