import type { Logger } from 'pino'
import { knownSender, seePeople } from '../crm/senders.ts'
import { contactWrote } from '../crm/tickets.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import type { ParsedMessage } from '../mime/types.ts'
import { regroup } from '../store/grouping/settle.ts'
import { heldSplit, shownAs } from '../store/grouping/structure.ts'
import type { Store, Write } from '../store/store.ts'
import { channelById, ownAddresses, setLastMailIn, type ChannelRow } from '../store/tables/channels.ts'
import { everyHosted, insertConfirmation, isHosted, type HostedRow } from '../store/tables/hosted.ts'
import {
  freeRowid,
  indexMessage,
  insertMessage,
  markOutgoing,
  messagesWithId,
  type IndexedFields,
} from '../store/tables/messages.ts'
import { markPersonalStored } from '../store/tables/personal-messages.ts'
import { adoptCopy, markIngested, markProbe } from '../store/tables/remote-messages.ts'
import { insertForward } from '../store/tables/forwards.ts'
import { refreshThread } from '../store/tables/threads.ts'
import { stableMessageId, usableMessageId } from '../threading/message-ids.ts'
import {
  aboutWhat,
  homeOfOriginal,
  isFromMachine,
  noteHeard,
  noteReport,
  noteSent,
  reopensByItself,
  type About,
} from './automatic.ts'
import { timeOf, type Times } from './dates.ts'
import { forwardingConfirmation } from './forwarding-confirmation.ts'
import { forwardedBy, senderOf } from './forwarded.ts'
import { attributed, filedFor } from './hosted.ts'
import { welcomeThreads } from './new-threads.ts'
import {
  contentOf,
  indexedFields,
  insertParts,
  listedFiles,
  storeFiles,
  type Files,
} from './message-parts.ts'
import { openForMail } from './open-for-mail.ts'
import { placeInThread, type Placed } from './place-in-thread.ts'
import { beginAsSpam, followIntoJunk, spamCase } from './spam.ts'
import type { Probes, ProbeSighting } from './probes.ts'
import { noteHeldBackFiles, takeItsPlace, takeOutPlaceholder } from './held-back.ts'
import { byLoggingAddress } from './logged-by-address.ts'
import { loggingAddresses, type LoggingAddresses } from './logging-addresses.ts'
import { seeLoggedPeople } from './personal-people.ts'
import type { Home, Incoming, Ingested } from './types.ts'

export type Ingest = {
  /**
   * THE inbound transaction: every message of the batch is stored, threaded, tied to its people and indexed, or none.
   * Messages that are here already are recognised by Message-ID and content.
   */
  batch(channelId: string, batch: readonly Incoming[]): Ingested[]
}

const NOTHING_FILED: Ingested = { rowid: 0, messageId: '', threadId: '', isNew: false }

/** What a batch is filed with. */
type Filing = {
  /** The channel that the messages came by. */
  channel: ChannelRow
  own: ReadonlySet<string>
  logging: LoggingAddresses
  /** The hosted addresses of the workspace, disconnected ones too. */
  hosted: readonly HostedRow[]
  touched: Set<string>
  /** Threads that somebody began just now. */
  begun: Set<string>
  /** Origins of messages in which people merged or split something. */
  unsettled: Set<string>
  isProbe(messageId: string | null): boolean
  sightings: ProbeSighting[]
  /** What the search index takes when everything else is written. */
  toIndex: { rowid: number; fields: IndexedFields }[]
}

export function createIngest({
  store,
  log,
  probes,
}: {
  store: Store
  log: Logger
  /** Test messages, which are recognised and not filed. */
  probes?: Probes
}): Ingest {
  const isProbe = (messageId: string | null): boolean => probes?.isOurs(messageId) ?? false
  return {
    batch(channelId, batch) {
      const sightings: ProbeSighting[] = []
      const all = store.write((write) => {
        const channel = channelById(write.db, channelId)
        if (!channel) throw new Error(`There is no channel ${channelId}; its mail cannot be filed.`)
        const own = ownAddresses(write.db)
        const files = storeFiles(store, write, batch)
        const touched = new Set<string>()
        const hosted = everyHosted(write.db)
        const begun = new Set<string>()
        const toIndex: Filing['toIndex'] = []
        const unsettled = new Set<string>()
        const filing: Filing = {
          channel,
          own,
          logging: loggingAddresses(write.db),
          hosted,
          touched,
          begun,
          unsettled,
          isProbe,
          sightings,
          toIndex,
        }
        const results: Ingested[] = []
        const order = batch
          .map((incoming, index) => ({ incoming, files: files[index]!, time: timeOf(incoming, write.now) }))
          .sort((a, b) => a.time.at - b.time.at)
        for (const { incoming, files: stored, time } of order) {
          const filed = byAddress(write, filing, incoming, time)
          results.push(
            filed ? ingestOne(store, write, filing, filed.incoming, stored, filed.time) : NOTHING_FILED,
          )
        }
        const newest = Math.max(
          0,
          ...order.filter(({ incoming }) => incoming.origin === 'inbox').map(({ time }) => time.arrival),
        )
        if (newest > 0) setLastMailIn(write.db, channel.id, newest)
        if (filing.unsettled.size > 0) settleArrived(write, filing)
        for (const id of touched) {
          refreshThread(write.db, id)
          write.changed('threads', id)
        }
        followIntoJunk(write.db, touched)
        welcomeThreads(write, store, begun, own)
        // Last and ascending: FTS5 writes out all that it holds whenever a rowid falls, and whenever a statement with
        // a trigger runs (SQLite opens a savepoint for that one).
        toIndex.sort((a, b) => a.rowid - b.rowid)
        for (const { rowid, fields } of toIndex) indexMessage(write.db, rowid, fields)
        log.debug({ address: channel.address, messages: batch.length }, 'ingested')
        return results
      })
      for (const sighting of sightings) probes?.tell(sighting)
      return all
    },
  }
}

function ingestOne(
  store: Store,
  write: Write,
  filing: Filing,
  incoming: Incoming,
  files: Files,
  time: Times,
): Ingested {
  const { db } = write
  const { own, touched } = filing
  const { logged } = incoming
  const about = reportedBy(db, filing, incoming, contentOf(incoming.parsed, incoming.rawHash), time)
  const content = about.message
  const channel = logged ? filing.channel : targetOf(db, filing, incoming, about)
  if (filing.isProbe(content.messageId)) return noteProbe(write, filing, incoming, content, channel)
  const message = incoming.origin === 'inbox' && !logged ? attributed(db, channel, content, own) : content
  const home = logged ? logged.home : homeOf(channel)
  const direction = incoming.origin === 'sent' ? 'out' : 'in'
  const contentHash = message.contentHash
  const messageId = usableMessageId(message.messageId) ?? stableMessageId(contentHash)

  const same = messagesWithId(db, home.id, messageId)
  const copy = same.find((row) => row.content_hash === contentHash)
  if (copy) return noteCopy(write, filing, incoming, copy)
  const placeholder = direction === 'in' ? takeOutPlaceholder(write, same, message.from.address) : null
  const placed = placeInThread(db, home, message, messageId, time.arrival)
  for (const id of placed.touched) touched.add(id)

  const forwarded = direction === 'in' && !logged ? forwardedBy(db, channel.inbox_id, message, own) : null
  const sender = senderOf(message, forwarded)
  const recipients = [...message.to, ...message.cc, ...message.bcc]
  const people = { direction, from: sender, recipients, at: time.at } as const
  const spam =
    direction === 'in' && !logged ? spamCase(db, placed, message.from.address, incoming.live, own) : null
  const contactId = logged
    ? seeLoggedPeople(write, people, own, logged.make)
    : direction === 'in' && isFromMachine(message)
      ? null
      : spam?.isSpam
        ? knownSender(db, sender, own)
        : seePeople(write, people, own)
  const id = uuidV5(NAMESPACE.message, `${home.address.toLowerCase()}\n${messageId}\n${contentHash}`)
  const rowid = freeRowid(db, time.at)
  const isPlain = placed.partId === placed.threadId && placed.originId === placed.threadId
  const splitRoot = heldSplit(db, id)
  insertMessage(db, {
    rowid,
    id,
    channel_id: home.id,
    thread_id: placed.threadId,
    message_id: messageId,
    in_reply_to: message.inReplyTo.join('\n'),
    reference_ids: message.references.join('\n'),
    received_at: time.arrival,
    content_hash: contentHash,
    direction,
    from_name: sender.name,
    from_address: sender.address.toLowerCase(),
    contact_id: direction === 'in' ? contactId : null,
    subject: message.subject,
    snippet: message.snippet,
    sort_at: time.at,
    // A receipt for a message of ours shows on that one; nobody has to read it.
    seen: Number(
      direction === 'out' ||
        incoming.flags.seen ||
        placeholder?.seen === 1 ||
        (message.automatic === 'receipt' && about.original !== null),
    ),
    answered: Number(incoming.flags.answered || placeholder?.answered === 1),
    size: incoming.size,
    raw_hash: incoming.rawHash,
    html_hash: files.html,
    has_remote_content: Number(message.hasRemoteContent),
    attachment_count: listedFiles(message).length,
    parsed: Number(incoming.parsed.ok),
    automatic: message.automatic,
    thread_reason: placed.reason,
    part_id: isPlain ? null : placed.partId,
    origin_id: isPlain ? null : placed.originId,
    split_root: splitRoot,
  })
  if (placed.unsettled || splitRoot !== null) filing.unsettled.add(placed.originId)
  insertParts(db, { rowid, id }, message, files, time)
  noteHeldBackFiles(write, rowid, message)
  if (placeholder) takeItsPlace(write, placeholder, rowid, id)
  write.changed('messages', id)
  if (forwarded) insertForward(db, { id, ...forwarded })
  if (direction === 'in') noteHeard(write, message, time.at)
  if (incoming.remote) markIngested(db, incoming.remote.folderId, incoming.remote.uid, rowid)
  if (logged) {
    // No search of conversations finds it: it is looked for on its records (G8).
    if (logged.personalId) markPersonalStored(db, logged.personalId, rowid)
    return { rowid, messageId: id, threadId: placed.threadId, isNew: true }
  }
  filing.toIndex.push({ rowid, fields: indexedFields(message, sender) })
  if (incoming.origin === 'inbox' && channel !== filing.channel) setLastMailIn(db, channel.id, time.arrival)
  if (direction === 'in' && isHosted(channel)) noteConfirmation(write, channel, message, id, time.arrival)
  if (direction === 'in') noteReport(write, { rowid, id, at: time.at }, about)
  else noteSent(write, { rowid, id, threadId: placed.threadId, channelId: home.id, messageId })
  if (spam?.isSpam) beginAsSpam(write, store, placed.threadId, spam.block)
  const reopens = direction === 'in' && incoming.live && !spam && reopensByItself({ ...about, message })
  const begins = noteBeginning(filing.begun, placed, reopens)
  if (reopens && !begins) {
    openForMail(write, store, placed.partId)
    contactWrote(write, store, placed.partId)
  }
  return { rowid, messageId: id, threadId: placed.threadId, isNew: true }
}

/** A further copy of a message that is here already: what is newly known of it. */
function noteCopy(
  write: Write,
  { touched }: Filing,
  { remote, origin, logged }: Incoming,
  copy: ReturnType<typeof messagesWithId>[number],
): Ingested {
  const { db } = write
  if (logged?.personalId) markPersonalStored(db, logged.personalId, copy.rowid)
  const isOurs = origin === 'sent' && markOutgoing(db, copy.rowid)
  const flagged =
    remote !== null &&
    adoptCopy(db, remote.folderId, remote.uid, isOurs ? { ...copy, direction: 'out' } : copy)
  if (isOurs || flagged) {
    write.changed('messages', copy.id)
    touched.add(copy.thread_id)
  }
  // It was taken back from Junk, and is spam again since.
  if (remote !== null) followIntoJunk(db, [copy.thread_id])
  return { rowid: copy.rowid, messageId: copy.id, threadId: copy.thread_id, isNew: false }
}

/**
 * The message as it is filed where its writer sent it to an address that logs (G2, G3), before it could become a
 * conversation; null where there is nothing to file.
 */
function byAddress(
  write: Write,
  filing: Filing,
  incoming: Incoming,
  time: Times,
): { incoming: Incoming; time: Times } | null {
  if (incoming.logged || incoming.origin !== 'inbox' || !incoming.parsed.ok) return { incoming, time }
  const { message } = incoming.parsed
  if (filing.isProbe(message.messageId)) return { incoming, time }
  const meta = { size: incoming.size, arrival: time.arrival }
  const found = byLoggingAddress(write, filing.channel, filing.logging, message, meta)
  if (!found) return { incoming, time }
  if (found.do === 'leave') {
    if (incoming.remote) markProbe(write.db, incoming.remote.folderId, incoming.remote.uid)
    return null
  }
  const parsed = { ok: true, message: found.message } as const
  const origin = found.direction === 'out' ? 'sent' : 'inbox'
  const changed = {
    ...incoming,
    parsed,
    origin,
    logged: found.logged,
    flags: { seen: true, answered: false },
  } as const
  return { incoming: changed, time: timeOf(changed, write.now) }
}

const homeOf = ({ id, address, inbox_id, user_id }: ChannelRow): Home => ({
  id,
  address,
  inbox_id,
  user_id,
  thread_channel_id: id,
})

/** What automatic mail to a team is about; other mail as it is. */
function reportedBy(
  db: Write['db'],
  { channel, hosted }: Filing,
  { origin, logged }: Incoming,
  message: ParsedMessage,
  { at }: Times,
): About {
  if (origin === 'sent' || logged) return { message, original: null, sure: false }
  const here = [channel, ...hosted.filter((row) => row.parent_channel_id === channel.id)]
  return aboutWhat(db, here, message, at)
}

/**
 * The channel that a message is filed for: the one that it came by, or a hosted address that shares its mailbox. What
 * was filed once stays there, also when a hosted address was connected or disconnected since (fault 3).
 */
function targetOf(
  db: Write['db'],
  { channel, hosted }: Filing,
  incoming: Incoming,
  { message, original }: About,
): ChannelRow {
  if (hosted.length === 0 || isHosted(channel)) return channel
  const messageId = usableMessageId(message.messageId) ?? stableMessageId(message.contentHash)
  const isHere = (row: ChannelRow): boolean =>
    messagesWithId(db, row.id, messageId).some((copy) => copy.content_hash === message.contentHash)
  const connected = hosted.filter((row) => row.disconnected_at === null)
  const target =
    homeOfOriginal(channel, hosted, original) ?? filedFor(channel, incoming.origin, message, connected)
  const before = hosted.filter((row) => incoming.origin === 'sent' || row.parent_channel_id === channel.id)
  return [target, channel, ...before].find(isHere) ?? target
}

/** A test message of ours came back: told to whoever waits for it, and filed nowhere. */
function noteProbe(
  { db, now }: Write,
  filing: Filing,
  { remote, origin }: Incoming,
  { messageId }: ParsedMessage,
  channel: ChannelRow,
): Ingested {
  if (remote) markProbe(db, remote.folderId, remote.uid)
  if (origin === 'inbox') filing.sightings.push({ messageId: messageId!, channelId: channel.id, at: now })
  return NOTHING_FILED
}

/** A provider asks to confirm the forwarding: its code and link stand on the channel (H10). */
function noteConfirmation(
  write: Write,
  channel: HostedRow,
  message: ParsedMessage,
  id: string,
  at: number,
): void {
  const found = forwardingConfirmation(message, [channel.address, channel.forwarding_address])
  if (!found) return
  insertConfirmation(write.db, { ...found, message_id: id, channel_id: channel.id, at })
  write.changed('channels', channel.id)
}

/**
 * Keeps track of the threads that are begun in this batch: a thread stays one while nothing older turns out to be part
 * of it. @returns whether the message began its thread
 */
function noteBeginning(begun: Set<string>, { originId, joined }: Placed, mayBegin: boolean): boolean {
  const allBegun = joined.every((id) => begun.has(id))
  for (const id of joined) begun.delete(id)
  if (allBegun && (joined.length > 0 || mayBegin)) begun.add(originId)
  return joined.length === 0
}

/** Messages that came into conversations which people merged or split: they and what answers them go where they belong. */
function settleArrived({ db }: Write, { unsettled, touched, begun }: Filing): void {
  for (const id of regroup(db, { origins: unsettled, ids: unsettled })) touched.add(id)
  // One that is shown as part of another is no new conversation.
  for (const id of begun) if (unsettled.has(id) && shownAs(db, id) !== id) begun.delete(id)
}
