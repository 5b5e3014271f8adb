import PostalMime from 'postal-mime'
import type { Draft, DraftFile } from './draft.ts'
import { latin1 } from './charset.ts'
import { lastOf, parseParameterised, readHeaderBlock } from './fields.ts'
import { finish } from './finish.ts'
import { limits } from './limits.ts'
import type { ParseResult } from './types.ts'

/**
 * The second opinion, for a message on which the first parser failed or was ended: postal-mime finds the parts, the
 * header fields and the finishing are ours. Rejects when it fails too.
 */
export async function parseSecond(raw: Uint8Array): Promise<ParseResult> {
  const email = await PostalMime.parse(raw, {
    attachmentEncoding: 'arraybuffer',
    rfc822Attachments: true,
    maxNestingDepth: limits.depth,
  })
  const source = latin1(raw.subarray(0, limits.headerBlock))
  const { fields, cut } = readHeaderBlock(source, 0, source.length)
  const draft: Draft = {
    fields,
    type: parseParameterised(lastOf(fields, 'content-type') ?? 'text/plain'),
    html: email.html ?? null,
    text: email.text ?? null,
    reading: null,
    files: email.attachments.map((attachment): DraftFile => {
      const bytes =
        typeof attachment.content === 'string'
          ? Buffer.from(attachment.content)
          : new Uint8Array(attachment.content)
      return {
        name: attachment.filename ?? (attachment.mimeType === 'message/rfc822' ? 'message.eml' : ''),
        type: attachment.mimeType.toLowerCase(),
        contentId: attachment.contentId?.replace(/^<|>$/g, '') ?? null,
        size: bytes.length,
        content: bytes.length > limits.attachment ? null : Uint8Array.from(bytes),
      }
    }),
    deliveryStatus: null,
    cutHeaders: cut,
    partsLimit: null,
  }
  return { ok: true, message: finish(draft) }
}
