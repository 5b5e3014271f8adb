import { finish } from './finish.ts'
import { readDraft } from './read-draft.ts'
import type { ParseResult } from './types.ts'

/**
 * Understands one raw message (RFC 5322, RFC 2045 to 2049). Pure: the same bytes give the same result on every
 * machine. Costs at most linear time and a few times the message's memory.
 *
 * @param raw the bytes as fetched, LF or CRLF
 * @returns the message; throws only for a fault of its own, which the caller answers with the second parser
 */
export function parse(raw: Uint8Array): ParseResult {
  return { ok: true, message: finish(readDraft(raw)) }
}
