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
  /** Set where it waited to be sent "only if nobody answers before" and this mail came in: it was put back by itself. */
  returned: z.object({ at: Timestamp, by: Mailbox }).nullable(),
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
  /** The largest message in bytes that its server took when it was last asked (RFC 1870); null where it is not known. */
  maxBytes: z.number().int().nullable(),
  /** The font family of mail from here (B9); empty for the usual one. */
  font: z.string(),
  /** What is put below the text as it leaves, rendered and clean, pictures in it as `data:`; empty for none. */
  signatureHtml: z.string(),
})
export type SenderView = z.infer<typeof SenderView>

/** Whom a mail can go to: one person, or everybody of a team of ours or of a customer's company. */
export const RecipientView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), name: z.string(), address: z.string() }),
  z.object({
    kind: z.enum(['team', 'company']),
    id: z.string(),
    name: z.string(),
    /** How many addresses it has. */
    count: z.number().int(),
  }),
])
export type RecipientView = z.infer<typeof RecipientView>

/** What a teammate sees of an answer that somebody else is writing: that it is there, and on request its text. */
export const TeammateDraftView = z.object({
  id: DraftId,
  userId: UserId,
  mode: DraftMode,
  /** Of To and Cc; Bcc is its writer's business until it is sent. */
  to: z.array(Mailbox),
  cc: z.array(Mailbox),
  subject: z.string(),
  updatedAt: Timestamp,
})
export type TeammateDraftView = z.infer<typeof TeammateDraftView>

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
  /**
   * Opens a draft: a new mail, or an answer whose recipients come from the source message (D1). There is one unsent
   * answer of a user in a conversation: one that was begun is opened again, even if it answers another message of it.
   */
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
  list: base.input(z.object({})).output(
    z.array(
      DraftView.pick({
        id: true,
        subject: true,
        threadId: true,
        mode: true,
        updatedAt: true,
        returned: true,
      }),
    ),
  ),
  /** What teammates are writing in a conversation of an inbox, the last changed first; of oneself nothing. */
  ofThread: base.input(z.object({ threadId: ThreadId })).output(z.array(TeammateDraftView)),
  /** The text of one of them, as plain text, of at most 20,000 characters. */
  read: base
    .input(z.object({ id: DraftId }))
    .output(TeammateDraftView.extend({ text: z.string(), attachments: z.array(z.string()) })),
  /**
   * Makes a begun answer one to another message of its conversation, or one to everybody: recipients and quotation are
   * those of that message, the text stays. CONFLICT when a version newer than `version` is there.
   */
  answerInstead: base
    .input(
      z.object({
        id: DraftId,
        version: z.number().int(),
        mode: z.enum(['reply', 'reply_all']),
        sourceMessageId: MessageId,
      }),
    )
    .output(DraftView),
  /** For the recipient fields: people, teams and companies by the beginnings of words, those written to most and lastly first. */
  recipients: base
    .input(z.object({ query: z.string().max(200), limit: z.number().int().min(1).max(50).default(8) }))
    .output(z.array(RecipientView)),
  /** Everybody of a group, oneself left out. */
  groupMembers: base
    .input(z.object({ kind: z.enum(['team', 'company']), id: z.string().max(100) }))
    .output(z.array(Mailbox)),
  /**
   * The offset from UTC that the last mail of somebody was written with, of the first of `addresses` where it is known.
   * Senders that write none, or UTC whatever their clock says, are not known.
   */
  recipientZone: base
    .input(z.object({ addresses: z.array(z.string().max(1000)).max(20) }))
    .output(z.object({ mailbox: Mailbox, offsetMinutes: z.number().int(), at: Timestamp }).nullable()),
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
  /** Takes a removal back. */
  reattach: base.input(z.object({ id: DraftId, attachmentId: AttachmentId })).output(DraftAttachmentView),
  /** The name as the recipient sees it; what no file can be called is left out of it. */
  renameAttachment: base
    .input(z.object({ id: DraftId, attachmentId: AttachmentId, name: z.string().trim().min(1).max(1000) }))
    .output(DraftAttachmentView),
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
   * field `news`: something came into the conversation since, and `seen` is not the newest of it), BAD_INPUT with the
   * field `tokens`: tokens stand in the text that nothing filled in.
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
        /** The writer saw that there are unfilled tokens and sends it anyway. */
        withTokens: z.boolean().default(false),
        /** Put back to a draft when somebody else's mail comes into the conversation before it is due. */
        onlyIfQuiet: z.boolean().default(false),
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
  /** Put back to a draft when somebody answers before. */
  onlyIfQuiet: z.boolean(),
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
