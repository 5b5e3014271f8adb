import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Mailbox, Timestamp, Undoable } from './common.ts'
import { AttachmentId, ContactId, MessageId, ThreadId, UserId } from './ids.ts'

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
  /**
   * `missing`: the stored bytes no longer match their hash (fault 41). `too_large`: over 50 MB, not kept (E3).
   * `held_back`: a scanner still has it, and this is its placeholder (E2).
   */
  state: z.enum(['stored', 'missing', 'too_large', 'held_back']),
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

/** Why a message could not be delivered, as far as the report tells. */
export const BounceReason = z.enum([
  'no_such_address',
  'no_such_domain',
  'mailbox_disabled',
  'mailbox_full',
  'too_large',
  'policy',
  'unreachable',
  'unknown',
])
export type BounceReason = z.infer<typeof BounceReason>

/** What automatic mail says about a message: that it bounced, was read, met with an absence note … */
export const MailReportView = z.object({
  /** `auto_reply`: some other automatic answer. `deleted`: unread. `spam`: its reader reported it as such. */
  kind: z.enum(['bounced', 'delayed', 'delivered', 'away', 'auto_reply', 'read', 'deleted', 'spam']),
  /** The recipient that it is about; empty where the report does not tell. */
  address: z.string(),
  /** Of `bounced` and `delayed`; null for the others. */
  reason: BounceReason.nullable(),
  /** What the other server said, word for word; empty where it said nothing. */
  text: z.string(),
  at: Timestamp,
  /** The last day of an absence ("2025-12-05"), where the note tells. */
  until: z.string().nullable(),
  /** The report itself. */
  messageId: MessageId,
})
export type MailReportView = z.infer<typeof MailReportView>

/** How far an outgoing message has come (C6, C8). */
export const DeliveryView = z.object({
  state: z.enum(['queued', 'held', 'sending', 'sent', 'partly_sent', 'failed', 'unknown', 'other_client']),
  /** The server's answer, word for word: the proof. */
  serverText: z.string().nullable(),
  failedRecipients: z.array(z.object({ address: z.string(), serverText: z.string() })),
  /** What came back about it by mail, oldest first; at most 100. */
  reports: z.array(MailReportView),
})
export type DeliveryView = z.infer<typeof DeliveryView>

/** A message whose subject marks a forward (F1). */
export const ForwardView = z.object({
  /** Who forwarded it: what its From says. */
  by: Mailbox,
  /** Who wrote what was forwarded, as its text says; null where it does not. The address may be empty. */
  found: Mailbox.nullable(),
  /** `complete`: a whole header block, and the subject agrees. `doubtful`: nothing follows from it by itself. */
  confidence: z.enum(['complete', 'partial', 'doubtful', 'none']),
  /** `attributed`: `from` of the message is its author. `asks`: somebody has to say. `forwarder`: it counts as theirs. */
  state: z.enum(['attributed', 'asks', 'forwarder']),
  /** Whether somebody decided it; else the engine did. */
  decided: z.boolean(),
})
export type ForwardView = z.infer<typeof ForwardView>

const Regrouping = z.object({ actorId: UserId.nullable(), at: Timestamp })

export const MessageView = z.object({
  id: MessageId,
  threadId: ThreadId,
  direction: z.enum(['in', 'out']),
  /** Whom it counts as: of a forward its author, where that is known (F1, F2). */
  from: Mailbox,
  forward: ForwardView.nullable(),
  /** What wrote it by itself, or null. */
  automatic: z.enum(['bounce', 'auto_reply', 'abuse_report', 'list', 'receipt', 'other']).nullable(),
  /** What an automatic message says about a message, and which that is (null: it is not here). */
  report: z
    .object({
      outcomes: z.array(MailReportView),
      about: z.object({ id: MessageId, threadId: ThreadId, subject: z.string() }).nullable(),
    })
    .nullable(),
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
  /** Who split it off into this conversation, or merged the one that it was in into it, where somebody did (D10). */
  splitBy: Regrouping.nullable().default(null),
  mergedBy: Regrouping.nullable().default(null),
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
  /**
   * Says who wrote a forwarded message: whoever was found in it, whoever forwarded it, or somebody else. Sender, contact
   * and recipients of a reply follow. Errors: BAD_INPUT for an address that is none, CONFLICT where it is no forward.
   */
  attribute: base
    .input(z.object({ id: MessageId, to: z.union([z.enum(['found', 'forwarder']), Mailbox]) }))
    .output(Undoable),
  /** Those of the addresses that mail of ours came back from for good, with nothing heard from them since. */
  bounces: base
    .input(z.object({ addresses: z.array(z.string().max(1000)).max(1000) }))
    .output(
      z.array(z.object({ address: z.string(), at: Timestamp, reason: BounceReason, text: z.string() })),
    ),
  /** Tries again to understand a message that is shown as unparsed. */
  retryParse: base.input(z.object({ id: MessageId })).output(Committed),
}
