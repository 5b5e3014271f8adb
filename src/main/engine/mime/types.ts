import type { Mailbox } from '../../../contract/common.ts'
import type { BounceReason, MessageWarning } from '../../../contract/messages.ts'

/** One file of a message. The bytes come beside it, because they cross a thread. */
export type ParsedAttachment = {
  /** Safe on any disk, true extension last (fault 62). Never empty. */
  name: string
  /** The true type: sniffed from the bytes where they tell, else the declared one. Lower case, no parameters. */
  mimeType: string
  /** Bytes after transfer decoding. */
  size: number
  /** Referred to by the HTML as `cid:…` (RFC 2392), so not listed as a file. */
  inline: boolean
  /** Without angle brackets. */
  contentId: string | null
  /** Null when it was over the cap (E3) and not kept. */
  content: Uint8Array | null
}

/** What is automatic about a message (RFC 3834, RFC 3464, RFC 5965, RFC 2369), null for what a person wrote. */
export type AutomaticKind = 'bounce' | 'auto_reply' | 'abuse_report' | 'list' | 'receipt' | 'other'

/** What became of a message for one recipient, as automatic mail says. */
export type ReportOutcome = {
  kind: 'bounced' | 'delayed' | 'delivered' | 'away' | 'auto_reply' | 'read' | 'deleted' | 'spam'
  /** Whom it is about, lower case: as it was addressed, then where it ended. Empty where the report does not tell. */
  addresses: string[]
  /** RFC 3463, as "5.1.1". */
  status: string | null
  /** Of what bounced or is delayed. */
  reason: BounceReason | null
  /** Refused for good, and because of the address. */
  hard: boolean
  /** What the other server said, one line, at most 500 characters. */
  text: string
  /** The last day of an absence, as "2025-12-05". */
  until: string | null
}

/** What automatic mail says about which message. */
export type MailReport = {
  /** Message-IDs of what it may be about, without angle brackets, the most trustworthy first; at most 5. */
  originalIds: string[]
  /** The subject of what it is about, where it tells. */
  originalSubject: string | null
  /** At most 50; never empty. */
  outcomes: ReportOutcome[]
}

/** A message as the rest of the engine knows it. JSON-like, but for the attachments' bytes. */
export type ParsedMessage = {
  /** Without angle brackets; null when missing or unusable (ingest then makes a stable one). */
  messageId: string | null
  /** Without angle brackets, in order, at most 100. */
  inReplyTo: string[]
  /** Oldest first, without angle brackets, no duplicates; bounded: the first and the last 50 (fault 53). */
  references: string[]
  subject: string
  from: Mailbox
  replyTo: Mailbox[]
  to: Mailbox[]
  cc: Mailbox[]
  bcc: Mailbox[]
  /** The Date header in ms, null when missing or nonsense. */
  date: number | null
  html: string | null
  /** The plain-text part; made from the HTML where there is none. */
  text: string
  /** The first words of what is new in it (quotation and signature left out), at most 200 characters. */
  snippet: string
  attachments: ParsedAttachment[]
  automatic: AutomaticKind | null
  /** What a bounce, an absence note, a receipt or an abuse report says; left out by whoever knows of none. */
  report?: MailReport | null
  /** Addresses of Delivered-To, X-Original-To and the like (Envelope-To, X-Forwarded-To), lower case. */
  deliveredTo: string[]
  /** List-Id without angle brackets, or null. */
  listId: string | null
  /** X-Original-From or X-Original-Sender: the author of what a list or group sends in its own name. */
  originalFrom?: Mailbox | null
  warnings: MessageWarning[]
  /** True when the HTML would load something from elsewhere. */
  hasRemoteContent: boolean
  /** SHA-256 (hex) over sender, subject, date and content, the same for every copy of the message whatever a server added. */
  contentHash: string
}

export type ParseResult =
  | { ok: true; message: ParsedMessage }
  /** Kept raw and shown as unparsed. `headers` is what a line-by-line reading still found. */
  | {
      ok: false
      reason: string
      headers: Pick<ParsedMessage, 'messageId' | 'subject' | 'from' | 'to' | 'date'>
    }

/** Parses raw messages off the main thread. */
export interface MimeParser {
  /** Never rejects for what is in the bytes: a message that cannot be parsed is a result, not an error. */
  parse(raw: Uint8Array): Promise<ParseResult>
  close(): Promise<void>
}
