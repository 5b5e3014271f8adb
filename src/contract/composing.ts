import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Mailbox, Timestamp } from './common.ts'
import {
  AttachmentId,
  ChannelId,
  DraftId,
  MessageId,
  OutboxId,
  PersonalMessageId,
  ThreadId,
  UserId,
} from './ids.ts'
import { BounceReason, DeliveryView } from './messages.ts'

export const DraftMode = z.enum(['new', 'reply', 'reply_all', 'forward'])
export type DraftMode = z.infer<typeof DraftMode>

export const DraftAttachmentView = z.object({
  id: AttachmentId,
  name: z.string(),
  mimeType: z.string(),
  size: z.number().int(),
  /** Referred to by the body as `cid:<contentId>`. */
  inline: z.boolean(),
  contentId: z.string(),
  url: z.string(),
})
export type DraftAttachmentView = z.infer<typeof DraftAttachmentView>

/** What the writer can change. Recipients are kept as typed, valid or not; `send` checks them. */
export const DraftContent = z.object({
  channelId: ChannelId,
  to: z.array(Mailbox).max(2000),
  cc: z.array(Mailbox).max(2000),
  bcc: z.array(Mailbox).max(2000),
  subject: z.string().max(2000),
  /** What the editor holds; sanitised again before it is sent. Inline images as `cid:`. */
  html: z.string().max(5_000_000),
  /** Mail from a personal address: the Log box (G3). Ticked at first; left out, it stays as it is. */
  log: z.boolean().optional(),
  /** "Also log the original" (G4), of an answer to a personal mail that is not logged. Left out, it stays as it is. */
  logOriginal: z.boolean().optional(),
})
export type DraftContent = z.infer<typeof DraftContent>

export const DraftView = DraftContent.extend({
  id: DraftId,
  mode: DraftMode,
  threadId: ThreadId.nullable(),
  /** The message being answered or forwarded. */
  sourceMessageId: MessageId.nullable(),
  /** The personal mail being answered, which is not logged: only its head is here (G4). */
  sourcePersonalId: PersonalMessageId.nullable(),
  log: z.boolean(),
  logOriginal: z.boolean(),
  /** The folded quotation of the source; appended when sent, never edited (HTML, hostile). Empty for new mail. */
  quotedHtml: z.string(),
  attachments: z.array(DraftAttachmentView),
  /** Raised by one at each save. */
  version: z.number().int(),
  updatedAt: Timestamp,
})
export type DraftView = z.infer<typeof DraftView>

/** An address that mail can be sent from. */
export const SenderView = z.object({
  channelId: ChannelId,
  mailbox: Mailbox,
  purpose: z.enum(['team', 'personal']),
  /** Empty for a personal address. */
  inboxName: z.string(),
})
export type SenderView = z.infer<typeof SenderView>

/** What the engine knows about a draft that is about to be sent (C9). */
export const DraftFactsView = z.object({
  /** Whom the answer goes to by its source (D1); empty for what answers nothing. */
  answersTo: z.array(Mailbox),
  /** Of the recipients those who took no part in the conversation, our own people and addresses left out. */
  strangers: z.array(z.string()),
  /** The connected address that the answered message came to or went from. */
  cameTo: z.object({ channelId: ChannelId, address: z.string() }).nullable(),
  /** What came into the conversation since the draft was begun, newest first; at most 20 (D6). */
  news: z.array(
    z.object({
      id: MessageId,
      direction: z.enum(['in', 'out']),
      from: Mailbox,
      snippet: z.string(),
      at: Timestamp,
    }),
  ),
  /** Recipients that the Never Log list covers, where the mail would be logged. */
  neverLog: z.array(z.object({ address: z.string(), pattern: z.string() })),
  /** Recipients that our mail came back from for good. */
  bounced: z.array(z.object({ address: z.string(), reason: BounceReason, at: Timestamp })),
})
export type DraftFactsView = z.infer<typeof DraftFactsView>

export const drafts = {
  /** Opens a draft: a new mail, or an answer whose recipients come from the source message (D1). */
  open: base
    .input(
      z.object({
        mode: DraftMode,
        sourceMessageId: MessageId.optional(),
        /** Answers one of the user's personal mails that is not logged (G4); its text is fetched for the quotation. */
        personalMessageId: PersonalMessageId.optional(),
        channelId: ChannelId.optional(),
        /** From a `mailto:` link (fault 66): nothing else can be set by one. */
        preset: DraftContent.pick({ to: true, cc: true, bcc: true, subject: true, html: true })
          .partial()
          .optional(),
      }),
    )
    .output(DraftView),
  get: base.input(z.object({ id: DraftId })).output(DraftView),
  /** The drafts of the current user, newest first. */
  list: base
    .input(z.object({}))
    .output(
      z.array(DraftView.pick({ id: true, subject: true, threadId: true, mode: true, updatedAt: true })),
    ),
  /** Durable when it answers. `version` is the one last seen; a save over a newer one is a CONFLICT. */
  save: base
    .input(z.object({ id: DraftId, version: z.number().int(), content: DraftContent }))
    .output(Committed.extend({ version: z.number().int() })),
  discard: base.input(z.object({ id: DraftId })).output(Committed),
  /** Earlier states of the text, newest first (C7). */
  history: base
    .input(z.object({ id: DraftId }))
    .output(
      z.array(
        z.object({ version: z.number().int(), at: Timestamp, subject: z.string(), snippet: z.string() }),
      ),
    ),
  restore: base.input(z.object({ id: DraftId, version: z.number().int() })).output(DraftView),
  /** Attachments arrive by URL: POST the bytes to `url`; the answer is a DraftAttachmentView. */
  attachUrl: base
    .input(
      z.object({
        id: DraftId,
        name: z.string().min(1).max(1000),
        mimeType: z.string().max(255),
        inline: z.boolean().default(false),
      }),
    )
    .output(z.object({ url: z.string() })),
  detach: base.input(z.object({ id: DraftId, attachmentId: AttachmentId })).output(Committed),
  /** What the checks before sending look at. `recipients` are the addresses as they stand in To, Cc and Bcc. */
  facts: base
    .input(
      z.object({
        id: DraftId,
        channelId: ChannelId,
        recipients: z.array(z.string().max(1000)).max(6000),
        log: z.boolean().default(false),
      }),
    )
    .output(DraftFactsView),
  senders: base.input(z.object({})).output(z.array(SenderView)),
  /**
   * Queues the draft. It leaves after the undo time, or at `sendAt` (ms). `closeThread` closes the
   * conversation in the same step. Errors: BAD_INPUT (no or invalid recipients), CONFLICT (sent already; with the
   * field `news`: something came into the conversation since, and `seen` is not the newest of it).
   */
  send: base
    .input(
      z.object({
        id: DraftId,
        version: z.number().int(),
        sendAt: Timestamp.optional(),
        /** Seconds, 0 or 5 to 30 (C8). */
        undoSeconds: z.number().int().min(0).max(30).default(10),
        closeThread: z.boolean().default(false),
        /** Of what came into the conversation since the draft was begun, the newest that the writer was shown (D6). */
        seen: MessageId.optional(),
      }),
    )
    .output(Committed.extend({ outboxId: OutboxId, releaseAt: Timestamp })),
}

export const OutboxItemView = z.object({
  id: OutboxId,
  authorId: UserId.nullable(),
  threadId: ThreadId.nullable(),
  channelId: ChannelId,
  from: Mailbox,
  recipients: z.array(Mailbox),
  subject: z.string(),
  delivery: DeliveryView,
  /** When it leaves, or the next try. */
  releaseAt: Timestamp,
  attempts: z.number().int(),
  /** Every step with its time and the server's words (C8). */
  log: z.array(z.object({ at: Timestamp, state: z.string(), text: z.string() })),
  createdAt: Timestamp,
})
export type OutboxItemView = z.infer<typeof OutboxItemView>

export const outbox = {
  get: base.input(z.object({ id: OutboxId })).output(OutboxItemView),
  /** What waits, failed or is unknown, newest first. */
  list: base.input(z.object({})).output(z.array(OutboxItemView)),
  /** Takes it back into a draft. CONFLICT when it is already on its way. */
  undo: base.input(z.object({ id: OutboxId })).output(Committed.extend({ draftId: DraftId })),
  /** Now, for one that is held or waits for a retry. */
  sendNow: base.input(z.object({ id: OutboxId })).output(Committed),
  /** For an unknown one the user decides (fault 22): it arrived, or send again. */
  resolve: base.input(z.object({ id: OutboxId, as: z.enum(['sent', 'send_again']) })).output(Committed),
  /** Gives up a failed one. */
  discard: base.input(z.object({ id: OutboxId })).output(Committed),
}
