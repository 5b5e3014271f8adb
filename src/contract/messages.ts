import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Mailbox, Timestamp } from './common.ts'
import { AttachmentId, ContactId, MessageId, ThreadId } from './ids.ts'

export const AttachmentView = z.object({
  id: AttachmentId,
  /** A name that is safe to write to any disk, true extension visible (fault 62). */
  name: z.string(),
  mimeType: z.string(),
  /** Bytes. */
  size: z.number().int(),
  /** Shown inside the body (cid), not in the list of attachments. */
  inline: z.boolean(),
  contentId: z.string().nullable(),
  /** Authorised path, relative to the application's origin. Add `?download` for a save dialog. */
  url: z.string(),
  /** `missing`: the stored bytes no longer match their hash (fault 41). `too_large`: over 50 MB, not kept (E3). */
  state: z.enum(['stored', 'missing', 'too_large']),
})
export type AttachmentView = z.infer<typeof AttachmentView>

export const MessageBodyView = z.object({
  /** As the sender wrote it: hostile. Only the reader component may show it. Null when there is no HTML part. */
  html: z.string().nullable(),
  text: z.string(),
  /** True when the body is over 100 KB and was cut here (D3); `messages.body` with `whole` has the rest. */
  cut: z.boolean(),
  /** True when showing it as sent would load something from elsewhere. */
  hasRemoteContent: z.boolean(),
})
export type MessageBodyView = z.infer<typeof MessageBodyView>

export const MessageWarning = z.object({
  kind: z.enum([
    'unparsed',
    'cut_headers',
    'many_recipients',
    'two_from',
    'empty_from',
    'group_from',
    'name_holds_address',
    'lookalike_domain',
    'bad_date',
    'body_fallback',
    'parts_limit',
  ]),
  detail: z.string(),
})
export type MessageWarning = z.infer<typeof MessageWarning>

/** How far an outgoing message has come (C6, C8). */
export const DeliveryView = z.object({
  state: z.enum(['queued', 'held', 'sending', 'sent', 'partly_sent', 'failed', 'unknown', 'other_client']),
  /** The server's answer, word for word: the proof. */
  serverText: z.string().nullable(),
  failedRecipients: z.array(z.object({ address: z.string(), serverText: z.string() })),
})
export type DeliveryView = z.infer<typeof DeliveryView>

export const MessageView = z.object({
  id: MessageId,
  threadId: ThreadId,
  direction: z.enum(['in', 'out']),
  from: Mailbox,
  /** The contact of the sender, or null (outgoing, or none made). */
  contactId: ContactId.nullable(),
  replyTo: z.array(Mailbox),
  to: z.array(Mailbox),
  cc: z.array(Mailbox),
  bcc: z.array(Mailbox),
  subject: z.string(),
  at: Timestamp,
  snippet: z.string(),
  seen: z.boolean(),
  answered: z.boolean(),
  /** Bytes of the raw message. */
  size: z.number().int(),
  attachments: z.array(AttachmentView),
  /** Present for the messages that open unfolded; the others fetch it. */
  body: MessageBodyView.nullable(),
  warnings: z.array(MessageWarning),
  /** Why it is in this thread, in words (D10). */
  threadReason: z.string(),
  delivery: DeliveryView.nullable(),
  /** Authorised path to the raw message. */
  rawUrl: z.string(),
  /** Whether remote content may be shown: allowed for this message or its sender (D9). */
  remoteContentAllowed: z.boolean(),
})
export type MessageView = z.infer<typeof MessageView>

export const messages = {
  get: base.input(z.object({ id: MessageId })).output(MessageView),
  body: base.input(z.object({ id: MessageId, whole: z.boolean().default(false) })).output(MessageBodyView),
  /** Remembers that remote content may be shown for the message, or for all mail of its sender (D9). */
  allowRemoteContent: base
    .input(z.object({ id: MessageId, scope: z.enum(['message', 'sender']) }))
    .output(Committed),
  /** Tries again to understand a message that is shown as unparsed. */
  retryParse: base.input(z.object({ id: MessageId })).output(Committed),
}
