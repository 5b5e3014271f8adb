import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Timestamp } from './common.ts'
import { ChannelId, InboxId } from './ids.ts'

/** How a hosted address gets its mail (spec H): an alias on a connected channel, or Anteroom's own SMTP receiver. */
export const HostedForm = z.enum(['alias', 'receiver'])
export type HostedForm = z.infer<typeof HostedForm>

export const FromNameKind = z.enum(['agent_and_company', 'company'])
export type FromNameKind = z.infer<typeof FromNameKind>

/** What recipients see: From name, From address, team signature (H2 to H4). */
export const SenderSettings = z.object({
  fromNameKind: FromNameKind,
  companyName: z.string().trim().min(1).max(100),
  /** Null: the default, the address that the mail is received at. */
  fromAddress: z.email().max(320).nullable(),
  /** HTML with the tokens {{sender.full_name}} and {{sender.first_name}}; null for none. */
  signatureHtml: z.string().max(100_000).nullable(),
})
export type SenderSettings = z.infer<typeof SenderSettings>

export const HostedSettings = z.object({
  inboxId: InboxId,
  form: HostedForm,
  /** The channel that the alias lies on. For the receiver the channel that answers leave through, or null to find one. */
  parentChannelId: ChannelId.nullable(),
  /** The address that customers write to, whose mail is forwarded here. */
  address: z.email().max(320),
  /** Where the provider forwards to; fixed once connected (H8). */
  forwardingAddress: z.email().max(320),
  sender: SenderSettings,
})
export type HostedSettings = z.infer<typeof HostedSettings>

export const SenderPreview = z.object({
  fromName: z.string(),
  fromAddress: z.string(),
  signatureHtml: z.string(),
})
export type SenderPreview = z.infer<typeof SenderPreview>

/** A provider's mail that asks to confirm the forwarding (H10). */
export const ForwardingConfirmation = z.object({
  provider: z.string(),
  code: z.string().nullable(),
  link: z.string().nullable(),
  at: Timestamp,
})
export type ForwardingConfirmation = z.infer<typeof ForwardingConfirmation>

export const HostedView = HostedSettings.extend({
  channelId: ChannelId,
  /** `pending` while the From address's domain is not proved (H3). */
  fromState: z.enum(['default', 'verified', 'pending']),
  confirmations: z.array(ForwardingConfirmation),
  /**
   * What its mail leaves through: for an alias the channel that it lies on; for the receiver `parentChannelId` where one
   * was chosen, else a channel whose address has the same domain as the From address, else one of the same inbox.
   * Null when there is none: then it receives and cannot send.
   */
  sendsThrough: z.object({ channelId: ChannelId, address: z.string() }).nullable(),
})
export type HostedView = z.infer<typeof HostedView>

/** The SMTP receiver of this machine. */
export const ReceiverView = z.object({
  enabled: z.boolean(),
  host: z.string(),
  port: z.number().int(),
  /** Listening since, or why not. */
  listeningSince: Timestamp.nullable(),
  problem: z.string().nullable(),
  /** SHA-256 fingerprint of the certificate for STARTTLS, and whether it was made here. */
  certificate: z.object({ fingerprint: z.string(), ownMade: z.boolean(), expiresAt: Timestamp }).nullable(),
})
export type ReceiverView = z.infer<typeof ReceiverView>

/** One stretch of the way round: out by SMTP, in by forwarding, into the inbox. */
export const Hop = z.object({
  hop: z.enum(['sent', 'accepted', 'forwarded', 'received', 'filed']),
  state: z.enum(['waiting', 'ok', 'failed']),
  message: z.string(),
  tookMs: z.number().nullable(),
})
export type Hop = z.infer<typeof Hop>

/** Instructions for one provider (H9). */
export const ProviderGuide = z.object({
  id: z.string(),
  title: z.string(),
  /** Words that people search for: other names, products, mail domains. */
  keywords: z.array(z.string()),
  markdown: z.string(),
})
export type ProviderGuide = z.infer<typeof ProviderGuide>

export const hosted = {
  list: base.input(z.object({ inboxId: InboxId.optional() })).output(z.array(HostedView)),
  /** A forwarding address that is free: `anteroom+support@…` on the parent channel, or one at the receiver's host name. */
  proposeAddress: base
    .input(
      z.object({
        inboxId: InboxId,
        form: HostedForm,
        parentChannelId: ChannelId.nullable(),
        address: z.email().max(320),
      }),
    )
    .output(z.object({ forwardingAddress: z.string() })),
  /** Exactly what recipients will see, for the current user (H5): the rendering that goes out. */
  preview: base
    .input(z.object({ sender: SenderSettings, address: z.string().max(320) }))
    .output(SenderPreview),
  /** Errors: CONFLICT (address, forwarding address or company name taken: B2, H2), BAD_INPUT with the field. */
  connect: base.input(HostedSettings).output(Committed.extend({ id: ChannelId })),
  /** Everything but the forwarding address (H8). */
  update: base.input(z.object({ id: ChannelId, sender: SenderSettings })).output(Committed),
  /**
   * How to forward at the common providers, in English, offline: Markdown with the two addresses filled in where they
   * are given. All of them, the list being short enough to search where it is shown.
   */
  guides: base
    .input(
      z.object({
        address: z.string().max(320).optional(),
        forwardingAddress: z.string().max(320).optional(),
      }),
    )
    .output(z.array(ProviderGuide)),
  /** Sends a message the whole way round and shows each hop's time; a failure names the hop. */
  testRoundTrip: base.input(z.object({ id: ChannelId })).output(eventIterator(Hop)),
}

export const receiver = {
  get: base.input(z.object({})).output(ReceiverView),
  configure: base
    .input(
      z.object({
        enabled: z.boolean(),
        host: z.string().trim().min(1).max(253),
        port: z.number().int().min(0).max(65535),
        /** In PEM. Null: one that is made here. Left out: the one there is. */
        certificate: z
          .object({ cert: z.string().max(100_000), key: z.string().max(100_000) })
          .nullable()
          .optional(),
      }),
    )
    .output(ReceiverView),
}

/** One line of the channel doctor. */
export const DoctorCheck = z.object({
  check: z.enum([
    'mx',
    'spf',
    'dkim',
    'dmarc',
    'tls',
    'certificate',
    'login',
    'folders',
    'quota',
    'mail_in',
    'mail_out',
    'round_trip',
  ]),
  state: z.enum(['running', 'ok', 'warning', 'failed', 'skipped']),
  message: z.string(),
  hint: z.string(),
  tookMs: z.number().nullable(),
})
export type DoctorCheck = z.infer<typeof DoctorCheck>

export const doctor = {
  /** Examines a channel, a line per check as it happens. */
  examine: base.input(z.object({ id: ChannelId })).output(eventIterator(DoctorCheck)),
}
