/** What the receiver reads of a message itself: enough to refuse it, no more. */
export type MessageHead = {
  /** Bytes up to the empty line, or of everything where there is none. */
  size: number
  /** Received fields: one a server that it went through (RFC 5321 section 4.4). */
  hops: number
  /** Signatures (RFC 6376, RFC 8617); each costs a look-up. */
  signatures: number
  /** Forwarding addresses of ours that it came to before, lower case. */
  cameTo: string[]
}

/** The field that marks what was received here, so that it is known again when it comes round (fault 34). */
export const LOOP_FIELD = 'X-Anteroom-Received-For'

/** Reads the head of raw CRLF bytes; at most `limit` bytes of it. */
export function readHead(raw: Buffer, limit: number): MessageHead {
  const end = raw.indexOf('\r\n\r\n')
  const size = raw.subarray(0, 2).toString('latin1') === '\r\n' ? 0 : end === -1 ? raw.length : end + 2
  const text = `\r\n${raw.subarray(0, Math.min(size, limit)).toString('latin1')}`
  const loops = text.matchAll(new RegExp(`\\r\\n${LOOP_FIELD}:[ \\t]*([^\\r\\n]{1,320})`, 'gi'))
  return {
    size,
    hops: count(text, /\r\nreceived[ \t]*:/gi),
    signatures: count(text, /\r\n(?:dkim-signature|arc-seal|arc-message-signature)[ \t]*:/gi),
    cameTo: Array.from(loops, ([, address]) => address!.trim().toLowerCase()),
  }
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0
