import type { ChannelKind } from '../../../../contract/channels.ts'
import type { Mailbox } from '../../../../contract/common.ts'
import type { LoggingFact, LoggingSettings, LoggingStep } from '../../../../contract/logging.ts'

/**
 * What the logging verdict of personal mail (G1 to G9) is made of. Everything is plain data that the caller looked up
 * as it was when the message was received; the verdict itself looks nothing up.
 */

export type LoggingMode = LoggingSettings['mode']

/** How a mailbox files mail, which is what G6 goes by; those that no channel has yet are judged all the same. */
export type MailboxKind = ChannelKind | 'google' | 'microsoft365' | 'exchange'

/** The message as its headers tell it. Addresses may be spelt in any way: they are compared by `addressKey`. */
export type MessageFacts = {
  /** Ids without angle brackets. */
  messageId: string
  inReplyTo: readonly string[]
  /** Oldest first. */
  references: readonly string[]
  /** `out`: sent by the owner of the mailbox, from whichever client. */
  direction: 'in' | 'out'
  from: Mailbox
  to: readonly Mailbox[]
  cc: readonly Mailbox[]
  /** Of mail that was sent here, or that lies in Sent; the addresses that log are left out by the verdict itself. */
  bcc: readonly Mailbox[]
  /** Addresses of Delivered-To and X-Original-To, for what came through an alias. */
  deliveredTo: readonly string[]
  subject: string
  /** INTERNALDATE in ms; the time of sending for what was sent here. */
  receivedAt: number
}

/** Where the message lies. */
export type FolderFacts = {
  /** As the server names it ("INBOX", "INBOX/Clients"). Empty for a message that is being sent from here. */
  path: string
  role: 'inbox' | 'sent' | 'junk' | 'trash' | 'drafts' | 'archive' | 'other'
  /** Gmail's labels of the message; empty elsewhere. "\\Spam" and "\\Junk" count as junk. */
  labels: readonly string[]
  /** Exchange: an inbox rule moves mail to this folder. */
  ruleTarget: boolean
}

/** A span in which an address was connected: `until` is null while it still is. Times in ms. */
export type ConnectedPeriod = { from: number; until: number | null }

/** A personal address of the workspace, past ones included. */
export type PersonalChannelFacts = {
  id: string
  kind: MailboxKind
  address: string
  ownerId: string
  ownerName: string
  periods: readonly ConnectedPeriod[]
}

/** What somebody decided by hand about one message. */
export type ByHand = {
  kind:
    /** The Log box of the composer, ticked or cleared (G3). */
    | 'log_box'
    | 'log_box_cleared'
    /** The address that logs was among its recipients (G3). */
    | 'bcc'
    /** "Log now", or "Add as alias and log" (G2, G5). */
    | 'log_now'
    /** "Also log the original" (G4). */
    | 'also_original'
    /** It came by the forwarding address, or was dropped as a file (G2). */
    | 'forwarded'
    | 'dropped'
    /** "Remove from the timeline". */
    | 'removed'
  /** Who did; empty when it is not known. */
  userName: string
}

/** A message of the thread that this one belongs to. */
export type ThreadMessageFacts = {
  messageId: string
  from: Mailbox
  /** To, Cc and Bcc together. */
  recipients: readonly string[]
  at: number
  /** Which of the workspace's addresses sent it; null when an outsider did. */
  sentFrom:
    | null
    | { purpose: 'team'; address: string; inboxName: string }
    | { purpose: 'personal'; channelId: string; address: string; ownerId: string; ownerName: string }
  logged: boolean
  byHand: ByHand | null
}

/** How the thread began, as far as it is known here. */
export type ThreadOrigin = {
  /** The earliest known ancestor that In-Reply-To and References lead to, followed through what those answer. */
  began: ThreadMessageFacts
  /** The thread is one of a team inbox, whoever wrote first (G7). */
  team: null | { address: string; inboxName: string }
  /** The earliest logged answer in the thread that this mailbox's owner sent from a personal address (G4), or null. */
  loggedAnswer: ThreadMessageFacts | null
}

export type NeverLogEntry = {
  id: string
  /** As people wrote it: an address, a domain, or one with wildcards. See crm/never-log/patterns.ts. */
  pattern: string
  /** Null: of the workspace. */
  ownerId: string | null
}

/** An address that a contact has, its aliases included. */
export type ContactFacts = {
  /** The surviving record's. */
  contactId: string
  name: string
  address: string
}

export type LoggingInput = {
  message: MessageFacts
  folder: FolderFacts
  /** The personal address whose mailbox the message lies in or was sent from. */
  channel: PersonalChannelFacts
  /** All personal addresses of the owner of the thread's beginning and of the mailbox; `channel` may be among them. */
  personalChannels: readonly PersonalChannelFacts[]
  /** Null when nothing that it answers is known here. */
  origin: ThreadOrigin | null
  /** Those of the workspace and those of the mailbox's owner; others are ignored. */
  neverLog: readonly NeverLogEntry[]
  /** At least those with an address of the message's; more do no harm. */
  contacts: readonly ContactFacts[]
  settings: LoggingSettings
  byHand: ByHand | null
  /** The BCC and forwarding addresses: no recipients in the sense of the rules. */
  loggingAddresses: readonly string[]
}

/** Why, for tests and for words. Every code has one text and one step. */
export type LoggingReason =
  | 'team_thread'
  | 'junk'
  | 'never_log'
  | 'removed'
  | 'log_box'
  | 'log_box_cleared'
  | 'bcc'
  | 'log_now'
  | 'also_original'
  | 'forwarded'
  | 'dropped'
  | 'off'
  | 'not_connected'
  | 'folder'
  | 'original_never_log'
  | 'mail_with_contact'
  | 'no_contact'
  | 'sent_elsewhere'
  | 'no_reply'
  | 'unknown_original'
  | 'begun_by_other'
  | 'original_not_logged'
  | 'other_address'
  | 'unknown_sender'
  | 'reply'
  | 'reply_to_logged_answer'

export type LoggingVerdict = {
  logged: boolean
  code: LoggingReason
  /** "Not logged because anna@rossi.test is no contact's address." */
  reason: string
  step: LoggingStep
  /** What doing that step is called where it needs words; may be empty. */
  stepText: string
  /** In the order in which they were looked at; exactly one decided. What comes after it was not looked at. */
  trace: readonly LoggingFact[]
  byHand: boolean
  /** Contacts on whose timelines it belongs. Empty when not logged, or when its people are no contacts yet. */
  contactIds: readonly string[]
  /** Counterparts without a contact, who get one because somebody asked for logging (G3, "Log now"). */
  newContacts: readonly Mailbox[]
}
