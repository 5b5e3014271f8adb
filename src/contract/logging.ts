import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Cursor, Mailbox, Timestamp } from './common.ts'
import { ChannelId, ContactId, MessageId, NeverLogId, PersonalMessageId, ThreadId, UserId } from './ids.ts'

/** Which personal mail joins the CRM, and why (G). */

/** One fact that the verdict looked at, in the order it did. */
export const LoggingFact = z.object({
  /** The name of the rule ("G1 sender is a contact"), for people who look it up. */
  rule: z.string(),
  /** In words, with the value: "mario@rossi.test is the contact Mario Rossi". */
  text: z.string(),
  /** Whether it speaks for logging; null for what is only noted. */
  holds: z.boolean().nullable(),
  /** The one that decided. */
  decided: z.boolean(),
})
export type LoggingFact = z.infer<typeof LoggingFact>

/** The one step that would change the verdict. */
export const LoggingStep = z.enum([
  'log_now',
  'add_as_alias',
  'add_contact',
  'remove_never_log',
  'open_folder',
  'reconnect',
  'none',
])
export type LoggingStep = z.infer<typeof LoggingStep>

export const LoggingVerdictView = z.object({
  logged: z.boolean(),
  /** Logged, and the message itself is still to be fetched from the server. */
  pending: z.boolean(),
  /** In words: "Not logged because anna@rossi.test is no contact's address." */
  reason: z.string(),
  step: LoggingStep,
  /** What doing that step is called where it needs words ("Remove rossi.test from the Never Log list"); may be empty. */
  stepText: z.string(),
  trace: z.array(LoggingFact),
  decidedAt: Timestamp,
  /** Somebody decided by hand ("Log now", the Log box, the logging address). */
  byHand: z.boolean(),
})
export type LoggingVerdictView = z.infer<typeof LoggingVerdictView>

/** What is known of a personal message: no body, to its owner alone unless it is logged. */
export const LoggingDecisionView = z.object({
  id: PersonalMessageId,
  channelId: ChannelId,
  direction: z.enum(['in', 'out']),
  from: Mailbox,
  to: z.array(Mailbox),
  subject: z.string(),
  folder: z.string(),
  at: Timestamp,
  verdict: LoggingVerdictView,
  /** Where it lies once it is logged. */
  messageId: MessageId.nullable(),
  threadId: ThreadId.nullable(),
  /** The contacts that it is logged on; of mail that came in and is not logged, its sender's. */
  contactIds: z.array(ContactId),
})
export type LoggingDecisionView = z.infer<typeof LoggingDecisionView>

export const NeverLogView = z.object({
  id: NeverLogId,
  /** "mario@rossi.test", "rossi.test" (the domain and those under it), or with wildcards "*@*.rossi.test". */
  pattern: z.string(),
  /** Null: for the whole workspace. */
  userId: UserId.nullable(),
  addedBy: UserId,
  at: Timestamp,
})
export type NeverLogView = z.infer<typeof NeverLogView>

export const LoggingSettings = z.object({
  /** Of one personal address. */
  mode: z.enum(['off', 'replies', 'all_with_contacts']),
  /** Folders beside INBOX that are looked at too (G6). */
  folders: z.array(z.string().max(1000)).max(200),
})
export type LoggingSettings = z.infer<typeof LoggingSettings>

export const logging = {
  /** The decisions about one's own personal address, newest first. */
  decisions: base
    .input(
      z.object({
        channelId: ChannelId,
        only: z.enum(['all', 'logged', 'not_logged']).default('all'),
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ rows: z.array(LoggingDecisionView), nextCursor: Cursor.nullable() })),
  /** Of a logged message, for everyone who sees it; null for mail of a team address, which the rules leave alone. */
  ofMessage: base
    .input(z.object({ id: MessageId }))
    .output(LoggingVerdictView.extend({ mayRemove: z.boolean() }).nullable()),
  /** Fetches it from the server and logs it. Senders without a contact get one: somebody asked for it. */
  logNow: base.input(z.object({ id: PersonalMessageId })).output(Committed),
  /** The sender's address joins a contact, and the message is logged (G5). */
  addAsAlias: base.input(z.object({ id: PersonalMessageId, contactId: ContactId })).output(Committed),
  /** Takes a logged message off the timeline again; its bytes here go. */
  unlog: base.input(z.object({ id: MessageId })).output(Committed),
  neverLog: base.input(z.object({})).output(z.array(NeverLogView)),
  /** For the workspace (admins), or for oneself. Tells how many logged messages the pattern covers. */
  addNeverLog: base
    .input(z.object({ pattern: z.string().trim().min(1).max(320), scope: z.enum(['workspace', 'me']) }))
    .output(Committed.extend({ id: NeverLogId, covers: z.number().int() })),
  removeNeverLog: base.input(z.object({ id: NeverLogId })).output(Committed),
  /** Removes from the timelines what a pattern covers and was logged before it was added. */
  removeCovered: base
    .input(z.object({ id: NeverLogId }))
    .output(Committed.extend({ removed: z.number().int() })),
  settings: base
    .input(z.object({ channelId: ChannelId }))
    .output(LoggingSettings.extend({ available: z.array(z.string()) })),
  setSettings: base
    .input(
      z.object({
        channelId: ChannelId,
        mode: LoggingSettings.shape.mode.optional(),
        /** One folder more (`on`) or fewer: two that are changed at once do not undo each other. */
        folder: z.object({ path: z.string().max(1000), on: z.boolean() }).optional(),
      }),
    )
    .output(Committed),
  /**
   * The addresses that log: outgoing mail with `bcc` in Bcc is logged on its recipients, a forward to `forward` for its
   * original sender. Null while no channel is connected whose server takes plus-addresses.
   */
  addresses: base
    .input(z.object({}))
    .output(z.object({ bcc: z.string().nullable(), forward: z.string().nullable(), problem: z.string() })),
  /** An alias of a connected channel instead of the plus-address; admins only. */
  setAddresses: base
    .input(z.object({ bcc: z.email().max(320).nullable(), forward: z.email().max(320).nullable() }).partial())
    .output(Committed),
  /** POST an .eml file to `url`: it is logged as if it had been forwarded. */
  dropUrl: base.input(z.object({})).output(z.object({ url: z.string() })),
  /** Plain text: the decision, the record, and the headers, for support (G9). */
  diagnostics: base
    .input(z.object({ id: z.union([PersonalMessageId, MessageId]) }))
    .output(z.object({ text: z.string() })),
}
