import type { Mailbox as MailAddress } from '../../../contract/common.ts'
import { readForward } from '../crm/forwards/read-forward.ts'
import type { ByHand, FolderFacts, LoggingVerdict } from '../crm/reply-logging/types.ts'
import { loggingVerdict } from '../crm/reply-logging/verdict.ts'
import { addressKey } from '../lib/address-key.ts'
import { deliveryKey } from '../lib/delivery-key.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { unparsed } from '../mime/unparsed.ts'
import type { ParsedMessage } from '../mime/types.ts'
import { everyChannel } from '../store/queries/channels.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Write } from '../store/store.ts'
import { connectedChannels, type ChannelRow } from '../store/tables/channels.ts'
import { personalIdOf, personalMessageById } from '../store/tables/personal-messages.ts'
import { allUsers, userById, type UserRow } from '../store/tables/users.ts'
import { usableMessageId } from '../threading/message-ids.ts'
import type { LoggingAddresses } from './logging-addresses.ts'
import { loggingCase, mailboxOf, mailboxWithoutChannel } from './personal-case.ts'
import { noteHead, writeVerdict } from './personal-judge.ts'
import type { Home, Logged } from './types.ts'

/** A mail that its writer sent to the BCC or forwarding address, as it is to be filed. */
export type ByAddress =
  | { do: 'log'; message: ParsedMessage; direction: 'in' | 'out'; logged: Logged }
  /** Nothing of it is filed: the rules stand above the hand, or it is logged already. */
  | { do: 'leave' }

/** Lower-cased addresses of a message's way and recipients, as delivery keys. */
const reached = (message: ParsedMessage): Set<string> =>
  new Set(
    [
      ...message.deliveredTo,
      ...[...message.to, ...message.cc, ...message.bcc].map(({ address }) => address),
    ].map(deliveryKey),
  )

/**
 * Recognises, before threading, mail from a user's own address that reached the BCC or the forwarding address (G2, G3).
 * Null for everything else, which is ordinary mail: also what strangers send there.
 * @param channel the team channel that it came by
 * @param addresses  those that log, read once for many messages
 */
export function byLoggingAddress(
  write: Write,
  channel: ChannelRow,
  addresses: LoggingAddresses,
  message: ParsedMessage,
  meta: { size: number; arrival: number },
): ByAddress | null {
  const { db } = write
  if (channel.purpose !== 'team') return null
  const keys = reached(message)
  const isBcc = [...keys].some((key) => addresses.bccKeys.has(key))
  const isForward = [...keys].some((key) => addresses.forwardKeys.has(key))
  if (!isBcc && !isForward) return null
  const writer = writerOf(db, message.from.address)
  if (!writer) {
    // What a team address sends is logged by being sent; its copy here is no new conversation.
    const key = addressKey(message.from.address)
    const isTeams = connectedChannels(db).some(
      (row) => row.purpose === 'team' && addressKey(row.address) === key,
    )
    return isTeams ? { do: 'leave' } : null
  }
  const home = homeOf(writer, message.from.address, channel.id)
  if (isForward) {
    const original = originalOf(withoutLoggingAddresses(message, addresses))
    // One's own mail, forwarded to oneself, is nobody's who could be logged.
    if (!original || writerOf(db, original.from.address)) return null
    return decide(
      write,
      writer,
      home,
      original,
      'in',
      { kind: 'forwarded', userName: writer.user.name },
      meta,
    )
  }
  const sent = withoutLoggingAddresses(message, addresses)
  return decide(write, writer, home, sent, 'out', { kind: 'bcc', userName: writer.user.name }, meta)
}

/** What is logged by hand from a file: the message itself, as its owner sent or got it. @throws never; null without any channel */
export function byDrop(
  write: Write,
  user: UserRow,
  message: ParsedMessage,
  meta: { size: number; arrival: number },
): { filed: ByAddress; verdict: LoggingVerdict | null; channelId: string } | null {
  const { db } = write
  const channels = connectedChannels(db)
  const own = channels.filter((row) => row.purpose === 'personal' && row.user_id === user.id)
  const keys = new Set(
    [message.from.address, ...[...message.to, ...message.cc].map(({ address }) => address)].map(addressKey),
  )
  const channel = own.find((row) => keys.has(addressKey(row.address))) ?? own[0] ?? null
  const through = channel ?? channels.find((row) => row.kind !== 'hosted')
  if (!through) return null
  const writer: Writer = { user, channel }
  const sender = writerOf(db, message.from.address)
  const direction = sender?.user.id === user.id ? 'out' : 'in'
  const home = homeOf(writer, channel?.address ?? user.email, through.id)
  const filed = decide(
    write,
    writer,
    home,
    message,
    direction,
    { kind: 'dropped', userName: user.name },
    meta,
  )
  return { filed, verdict: filed.verdict, channelId: through.id }
}

/** A user, and the connected personal address that a mail came from, if it was one. */
type Writer = { user: UserRow; channel: ChannelRow | null }

function writerOf(db: ReadableDb, from: string): Writer | null {
  const key = addressKey(from)
  const channel =
    everyChannel(db).find(
      (row) => row.purpose === 'personal' && row.disconnected_at === null && addressKey(row.address) === key,
    ) ?? null
  const owner = channel?.user_id ? userById(db, channel.user_id) : undefined
  const user = owner ?? allUsers(db).find((one) => addressKey(one.email) === key)
  return user && user.active === 1 ? { user, channel } : null
}

const homeOf = ({ user, channel }: Writer, address: string, throughId: string): Home => ({
  id: channel?.id ?? uuidV5(NAMESPACE.channel, addressKey(address)),
  address: channel?.address ?? address.toLowerCase(),
  inbox_id: null,
  user_id: user.id,
  thread_channel_id: channel?.id ?? throughId,
})

/** Nobody is to see, or to become a contact by, the address that logs. */
function withoutLoggingAddresses(message: ParsedMessage, addresses: LoggingAddresses): ParsedMessage {
  const others = (list: readonly MailAddress[]): MailAddress[] =>
    list.filter(({ address }) => {
      const key = deliveryKey(address)
      return !addresses.bccKeys.has(key) && !addresses.forwardKeys.has(key)
    })
  return { ...message, to: others(message.to), cc: others(message.cc), bcc: others(message.bcc) }
}

const NOWHERE: FolderFacts = { path: '', role: 'other', labels: [], ruleTarget: false }

/** The verdict with somebody's word for it; Never Log and threads of a team stand above that (G1, G7). */
function decide(
  write: Write,
  { user, channel }: Writer,
  home: Home,
  message: ParsedMessage,
  direction: 'in' | 'out',
  byHand: ByHand,
  meta: { size: number; arrival: number },
): ByAddress & { verdict: LoggingVerdict } {
  const { db } = write
  const messageId = usableMessageId(message.messageId) ?? message.contentHash
  const mailbox = channel ? mailboxOf(db, channel) : mailboxWithoutChannel(db, user, home)
  const facts = {
    messageId,
    inReplyTo: message.inReplyTo,
    references: message.references,
    direction,
    from: message.from,
    to: message.to,
    cc: message.cc,
    bcc: message.bcc,
    deliveredTo: [],
    subject: message.subject,
    receivedAt: meta.arrival,
  }
  const verdict = loggingVerdict(loggingCase(db, mailbox, facts, NOWHERE, byHand))
  let personalId: string | null = null
  if (channel) {
    const parsed = { ...message, messageId }
    const head = { uid: 0, internalDate: meta.arrival, size: meta.size, header: new Uint8Array(), parsed }
    noteHead(write, channel, direction, { folder: '', uid: null, uidValidity: null }, head)
    const row = personalMessageById(db, personalIdOf(channel.address, messageId))!
    personalId = row.id
    // It may be on its way by the rules already; then there is nothing to add.
    if (row.logged === 1 && row.state === 'stored') return { do: 'leave', verdict }
    writeVerdict(write, row, verdict)
  }
  if (!verdict.logged) return { do: 'leave', verdict }
  const make = new Set(verdict.newContacts.map(({ address }) => address.toLowerCase()))
  return { do: 'log', message, direction, logged: { home, make, personalId }, verdict }
}

const ENCLOSED = /^message\/(?:rfc822|global)$/

/** Characters of a forward's text that are read: what was forwarded begins near the top. */
const REACH = 100_000

/**
 * The original of a forward, as the mail that its sender wrote: from the message that is enclosed, else as the text of
 * the forward tells (F1). Null where neither says for sure who wrote it: then it is ordinary mail, and asks in its thread.
 */
function originalOf(message: ParsedMessage): ParsedMessage | null {
  const enclosed = message.attachments.find(
    ({ mimeType, name, content }) => content !== null && (ENCLOSED.test(mimeType) || /\.eml$/i.test(name)),
  )
  if (enclosed?.content) {
    const found = unparsed(enclosed.content, '')
    const { from, to, subject, date } = (found as Extract<typeof found, { ok: false }>).headers
    if (!isAddress(from.address)) return null
    return {
      ...message,
      from,
      to,
      cc: [],
      bcc: [],
      subject: subject || message.subject,
      date: date ?? message.date,
    }
  }
  const reading = readForward({ subject: message.subject, text: message.text.slice(0, REACH) })
  if (!reading?.found || reading.confidence === 'doubtful' || !isAddress(reading.found.address)) return null
  return { ...message, from: reading.found, to: [message.from], cc: [], bcc: [] }
}

const isAddress = (address: string): boolean => /^[^\s@]+@[^\s@]+$/.test(address)
