import type { MessageWarning } from '../../../contract/messages.ts'
import { latin1 } from './charset.ts'
import { readHeaderBlock } from './fields.ts'
import { readHeaders } from './headers.ts'
import type { ParseResult } from './types.ts'

/** Bytes at the start that are read for headers when all else failed. */
const head = 65_536

/** The result for a message that no parser could read: kept raw, with what its first lines say. Never throws. */
export function unparsed(raw: Uint8Array, reason: string): ParseResult {
  try {
    const source = latin1(raw.subarray(0, head))
    const warnings: MessageWarning[] = []
    const { messageId, subject, from, to, date } = readHeaders(
      readHeaderBlock(source, 0, source.length).fields,
      warnings,
    )
    return { ok: false, reason, headers: { messageId, subject, from, to, date } }
  } catch {
    // Not even that: the raw message is all there is to show.
    return {
      ok: false,
      reason,
      headers: { messageId: null, subject: '', from: { name: '', address: '' }, to: [], date: null },
    }
  }
}
