import type { ParsedAttachment, ParsedMessage } from '../mime/types.ts'
import { usableMessageId } from '../threading/message-ids.ts'

/** What a report encloses of the message that it is about (RFC 3462 section 2, RFC 5965 section 3.1). */
const ENCLOSED = /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/
/** A head beyond this is no head. */
const HEAD_BYTES = 64 * 1024

/**
 * A bounce or an abuse report belongs to the message that it is about (fault 67). Many name it only in what they
 * enclose, so where the report's own headers say nothing, that message's id is taken as the one answered.
 */
export function withOriginal(message: ParsedMessage): ParsedMessage {
  if (message.automatic !== 'bounce' && message.automatic !== 'abuse_report') return message
  if (message.inReplyTo.length > 0 || message.references.length > 0) return message
  const id = message.attachments.map(enclosedId).find((found) => found !== null)
  return id ? { ...message, inReplyTo: [id] } : message
}

function enclosedId({ mimeType, name, content }: ParsedAttachment): string | null {
  if (!content || !(ENCLOSED.test(mimeType) || /\.eml$/i.test(name))) return null
  const text = Buffer.from(
    content.buffer,
    content.byteOffset,
    Math.min(content.byteLength, HEAD_BYTES),
  ).toString('latin1')
  const head = text.split(/\r?\n\r?\n/, 1)[0]!.replace(/\r?\n[ \t]+/g, ' ')
  const field = /^message-id:[ \t]*(?:<([^<>\r\n]*)>|(\S+))/im.exec(head)
  return usableMessageId(field?.[1] ?? field?.[2])
}
