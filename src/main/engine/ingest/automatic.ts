import type { ParsedMessage, ReportOutcome } from '../mime/types.ts'
import { outboxOfMessages } from '../store/queries/outgoing.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Write } from '../store/store.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { contactIdOf } from '../store/tables/contacts.ts'
import type { HostedRow } from '../store/tables/hosted.ts'
import {
  clearBounced,
  confirmReport,
  insertMailReport,
  markBounced,
  onlyRecipient,
  recipientsAmong,
  reportsAbout,
  sentTo,
  sentWithId,
  type MailReportRow,
  type SentMessage,
} from '../store/tables/mail-reports.ts'
import { usableMessageId } from '../threading/message-ids.ts'
import { baseSubject } from '../threading/subject.ts'

/**
 * Automatic mail belongs to the message that it is about (fault 67): it comes into that one's conversation and shows as
 * its delivery state. Where that message is not here, it is filed as any mail, so that nothing is lost.
 */

const DAY_MS = 24 * 60 * 60 * 1000
/** How long after a message an answer that names it by its subject alone is taken for one to it. */
const LATE_MS = 14 * DAY_MS
/** Date fields and arrivals come from different clocks. */
const SLACK_MS = 60 * 60 * 1000

/** Nobody wrote these, so nobody becomes a contact by them. */
const MACHINES = new Set<ParsedMessage['automatic']>(['bounce', 'abuse_report', 'receipt'])

/** Whether a message came from a machine that is nobody's contact: a bounce, a receipt, a postmaster's notice. */
export const isFromMachine = ({ automatic, from }: ParsedMessage): boolean =>
  MACHINES.has(automatic) || (automatic !== null && /^postmaster@/i.test(from.address))

export type About = {
  /** With the message that it is about as the one that it answers, where it does not say so itself. */
  message: ParsedMessage
  /** The message of ours that it is about, where it is here. */
  original: SentMessage | null
  /** Whether it was found by its Message-ID or its subject, and not by its recipient alone. */
  sure: boolean
}

/**
 * Finds what automatic mail is about: by the Message-IDs that it names, or else by the recipient and the subject of
 * what was sent to them lately.
 * @param at  when it was written, in ms
 */
export function aboutWhat(
  db: ReadableDb,
  channels: readonly Pick<ChannelRow, 'id'>[],
  message: ParsedMessage,
  at: number,
): About {
  const { report } = message
  if (!report) return { message, original: null, sure: false }
  const ids = report.originalIds.map(usableMessageId).filter((id): id is string => id !== null)
  for (const id of ids) {
    const all = sentWithId(db, id)
    const original = all.find((one) => channels.some((channel) => channel.id === one.channel_id)) ?? all[0]
    if (original) return { message: answering(message, original.message_id), original, sure: true }
  }
  const found = ids.length === 0 ? byRecipient(db, channels, message, at) : null
  if (found) return { message: answering(message, found.original.message_id), ...found }
  // It may come later: history is read newest first.
  const first = MACHINES.has(message.automatic) ? ids[0] : undefined
  return { message: first ? answering(message, first) : message, original: null, sure: false }
}

/** A report that names in its own headers what it answers is threaded by those. */
const answering = (message: ParsedMessage, id: string): ParsedMessage =>
  message.inReplyTo.length > 0 || message.references.length > 0 ? message : { ...message, inReplyTo: [id] }

const bare = (subject: string): string => baseSubject(subject).toLowerCase()

function byRecipient(
  db: ReadableDb,
  channels: readonly Pick<ChannelRow, 'id'>[],
  { report, subject }: ParsedMessage,
  at: number,
): { original: SentMessage; sure: boolean } | null {
  const addresses = new Set(report!.outcomes.flatMap((outcome) => outcome.addresses))
  const between = { from: at - LATE_MS, to: at + SLACK_MS }
  const named = report!.originalSubject
  let latest: SentMessage | null = null
  for (const address of [...addresses].slice(0, 10)) {
    for (const sent of channels.flatMap((channel) => sentTo(db, channel.id, address, between))) {
      const own = bare(sent.subject)
      // "Automatic reply: Your offer", "Undeliverable: Your offer".
      const agrees = named === null ? own.length >= 4 && bare(subject).includes(own) : bare(named) === own
      if (agrees) return { original: sent, sure: true }
      if (latest === null || sent.rowid > latest.rowid) latest = sent
    }
  }
  // A bounce that tells no subject is about the latest message to that address; one that tells another is not.
  const isBounce = report!.outcomes.some(({ kind }) => kind === 'bounced' || kind === 'delayed')
  return latest && isBounce && named === null ? { original: latest, sure: false } : null
}

/**
 * The hosted address on this channel that the message was sent from, so that what comes back lies with it; or undefined.
 */
export const homeOfOriginal = (
  channel: ChannelRow,
  hosted: readonly HostedRow[],
  original: SentMessage | null,
): HostedRow | undefined =>
  original === null || original.channel_id === channel.id
    ? undefined
    : hosted.find((row) => row.id === original.channel_id && row.parent_channel_id === channel.id)

/**
 * Whether automatic mail opens a closed conversation: only a bounce that says that a message of ours did not arrive,
 * because then somebody has to do something. An absence note, a receipt, a delay, a complaint, and a bounce of what was
 * never sent from here or may be another one, leave it closed.
 */
export const reopensByItself = ({ message, original, sure }: About): boolean => {
  switch (message.automatic) {
    case 'auto_reply':
    case 'receipt':
    case 'abuse_report':
      return false
    case 'bounce':
      return (
        original !== null &&
        sure &&
        (message.report?.outcomes.some(({ kind }) => kind === 'bounced') ?? false)
      )
    default:
      return true
  }
}

/** Keeps what a stored message reports, and marks the addresses that are dead by it. */
export function noteReport(
  write: Write,
  stored: { rowid: number; id: string; at: number },
  { message, original, sure }: About,
): void {
  const { db } = write
  const { report } = message
  if (!report) return
  const claimed = report.originalIds.map(usableMessageId).find((id) => id !== null) ?? null
  report.outcomes.forEach((outcome, position) => {
    const address = original && recipientOf(db, original.rowid, outcome)
    const row: MailReportRow = {
      message_rowid: stored.rowid,
      position,
      message_id: stored.id,
      kind: outcome.kind,
      original_id: original?.message_id ?? claimed,
      address: address ?? outcome.addresses[0] ?? '',
      at: stored.at,
      status: outcome.status,
      reason: outcome.reason,
      text: outcome.text,
      until: outcome.until,
      hard: Number(outcome.hard),
      // A bounce of a mail that was never sent, or not to that address, is somebody's invention: it marks nothing.
      confirmed: Number(address !== null && sure),
    }
    insertMailReport(db, row)
    noteDead(write, row)
  })
  if (original) noteOriginal(write, original)
}

/** The recipient that an outcome is about, if the message went there. */
function recipientOf(
  db: ReadableDb,
  rowid: number,
  { addresses }: Pick<ReportOutcome, 'addresses'>,
): string | null {
  const [found] = recipientsAmong(db, rowid, addresses)
  return found ?? (addresses.length === 0 ? onlyRecipient(db, rowid) : null)
}

function noteDead(write: Write, row: MailReportRow): void {
  if (row.kind !== 'bounced' || row.hard === 0 || row.confirmed === 0) return
  const { address, at, reason, text, message_id } = row
  if (markBounced(write.db, { address, at, reason: reason ?? 'unknown', text, message_id }))
    write.changed('contacts', contactIdOf(address))
}

/** The original shows its state in its conversation, in Sent and in the outbox. */
function noteOriginal(
  write: Write,
  original: Pick<SentMessage, 'id' | 'thread_id' | 'channel_id' | 'message_id'>,
): void {
  write.changed('messages', original.id)
  write.changed('threads', original.thread_id)
  for (const item of outboxOfMessages(write.db, [original]).values()) write.changed('outbox', item.id)
}

/** A message of ours was stored: what was reported about it before it was here holds now. */
export function noteSent(
  write: Write,
  sent: { rowid: number; id: string; threadId: string; channelId: string; messageId: string },
): void {
  const { db } = write
  const reports = reportsAbout(db, [sent.messageId]).get(sent.messageId) ?? []
  for (const row of reports) {
    if (row.confirmed === 1) continue
    const address = recipientOf(db, sent.rowid, { addresses: row.address === '' ? [] : [row.address] })
    if (address === null) continue
    confirmReport(db, row, address)
    noteDead(write, { ...row, address, confirmed: 1 })
  }
  if (reports.length > 0)
    noteOriginal(write, {
      id: sent.id,
      thread_id: sent.threadId,
      channel_id: sent.channelId,
      message_id: sent.messageId,
    })
}

/** Mail came from an address: it is alive. */
export function noteHeard(write: Write, message: ParsedMessage, at: number): void {
  const address = message.from.address.trim().toLowerCase()
  if (!isFromMachine(message) && clearBounced(write.db, address, at))
    write.changed('contacts', contactIdOf(address))
}
