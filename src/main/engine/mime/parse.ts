import { finish } from './finish.ts'
import { readDraft } from './read-draft.ts'
import type { ParseResult } from './types.ts'

// Why a reader of our own comes first: the scan that has to guard a library (parts, depth, header size) finds every
// part anyway, so decoding from it costs less than a second pass, every limit holds while reading instead of before,
// and nothing in it takes the square of its input. test/bench/mime.ts measures it against mailparser and postal-mime;
// postal-mime gives the second opinion.

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
