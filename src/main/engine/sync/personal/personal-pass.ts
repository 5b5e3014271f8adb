import type { Logger } from 'pino'
import type { MailSession } from '../../channels/types.ts'
import type { Ingest } from '../../ingest/ingest.ts'
import { mailboxOf, type Mailbox } from '../../ingest/personal-case.ts'
import { folderFacts, isBeingFiled, judge, noteHead, type PersonalHead } from '../../ingest/personal-judge.ts'
import { addressKey } from '../../lib/address-key.ts'
import type { MimeParser } from '../../mime/types.ts'
import type { Store } from '../../store/store.ts'
import { channelById, setLastMailIn, type ChannelRow } from '../../store/tables/channels.ts'
import { foldersOf, setFolderCursor, setServerCount, type FolderRow } from '../../store/tables/folders.ts'
import type { Clock } from '../../types.ts'
import { fetchLogged } from './fetch-logged.ts'
import { readHeads } from './heads.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/**
 * How far back a mailbox is looked at when it is connected, so that threads begun before are known: heads of that many
 * days, and no more than that many of the newest messages of a folder. They are no mail that "arrives" (G1), so none of
 * them is judged.
 */
export const PAST_DAYS = 90
const PAST_MESSAGES = 3000
/** Of a folder that is not looked at, only so many of the newest at first: its mail is never logged, only explained. */
const PAST_ELSEWHERE = 50
/** A server's clock may be off by so much, for mail that came while we were listening. */
const CLOCK_SLACK_MS = 10 * 60 * 1000

/** What a connection remembers of personal folders: those that were brought in step by it. */
export type PersonalMemory = Set<number>

export type PersonalPass = {
  session: MailSession
  channelId: string
  /** The folders of the mailbox that are there. */
  folders: readonly FolderRow[]
  /** Whether folders that are not looked at are counted too. */
  everything: boolean
  memory: PersonalMemory
  store: Store
  ingest: Ingest
  parser: MimeParser
  log: Logger
  clock: Clock
  signal: AbortSignal
}

/**
 * Looks at a personal mailbox: what was sent, the opted-in folders, INBOX; of what is new the head only. Each new
 * message gets its verdict at once, and what is logged is fetched whole, here or after the next start. All other folders
 * are counted; heads of what comes there are read too, so that the list of decisions can tell why it is not logged (G6).
 */
export async function personalPass(pass: PersonalPass): Promise<void> {
  const { store, channelId, folders } = pass
  const channel = channelById(store.read, channelId)
  if (!channel || channel.purpose !== 'personal' || channel.user_id === null) return
  const optedIn = new Set(channel.log_folders.split('\n').filter(Boolean))
  const inbox = folders.find(({ role }) => role === 'inbox')!
  const sent = folders.filter(({ role }) => role === 'sent')
  const others = folders.filter((folder) => folder !== inbox && folder.role !== 'sent')
  // What was sent first, so that answers find what they answer; INBOX last, because the wait listens to it.
  const looked = [...sent, ...others.filter(({ path }) => optedIn.has(path)), inbox]
  if (pass.everything)
    await lookAround(
      pass,
      channel,
      others.filter(({ path }) => !optedIn.has(path)),
    )
  for (const folder of looked) {
    pass.signal.throwIfAborted()
    await lookInto(pass, channel, fresh(pass, folder))
  }
  // Fetching opens folders, INBOX too, and what came meanwhile is reported by nobody: it is looked at again.
  while ((await fetchLogged(pass, channel)).opened) await lookInto(pass, channel, fresh(pass, inbox))
}

/** With its cursor as it is now. */
const fresh = ({ store, channelId }: PersonalPass, folder: FolderRow): FolderRow =>
  foldersOf(store.read, channelId).find(({ id }) => id === folder.id) ?? folder

/** Folders that nobody asked to look at: the number of their messages, and when it changed, the heads of the new ones. */
async function lookAround(
  pass: PersonalPass,
  channel: ChannelRow,
  folders: readonly FolderRow[],
): Promise<void> {
  const { session, store, signal } = pass
  for (const folder of folders) {
    signal.throwIfAborted()
    const count = await session.count(folder.path)
    const isOther = store.write(({ db, changed }) => {
      const differs = setServerCount(db, folder.id, count)
      if (differs) changed('channels', folder.channel_id)
      return differs
    })
    if (isOther || folder.next_uid === null)
      await lookInto(pass, channel, fresh(pass, folder), PAST_ELSEWHERE)
  }
}

async function lookInto(
  pass: PersonalPass,
  channel: ChannelRow,
  folder: FolderRow,
  past = PAST_MESSAGES,
): Promise<void> {
  const { session, store, parser, memory } = pass
  const state = await session.open(folder.path)
  store.write(({ db, changed }) => {
    if (setServerCount(db, folder.id, state.exists)) changed('channels', channel.id)
  })
  // Without a UIDVALIDITY the numbers say nothing (fault 4): then the newest are read anew, and known ones are skipped.
  const goesOn =
    folder.next_uid !== null && state.uidValidity !== null && folder.uid_validity === state.uidValidity
  const from = goesOn ? folder.next_uid! : 1
  const isInStep = goesOn && state.uidNext !== null && state.uidNext <= from
  const uids = isInStep || state.exists === 0 ? [] : await session.uids({ from })
  const wanted = goesOn ? uids : uids.slice(-past)
  const listened = memory.has(folder.id)
  for await (const heads of readHeads(session, parser, wanted)) {
    pass.signal.throwIfAborted()
    takeIn(pass, channel, folder, heads, listened, {
      uidValidity: state.uidValidity,
      highestModseq: state.highestModseq ?? '0',
      nextUid: Math.max(folder.next_uid ?? 0, (heads.at(-1)?.uid ?? 0) + 1),
    })
  }
  // What was deleted meanwhile left no head; the next pass begins behind it.
  const nextUid = Math.max(
    goesOn ? from : 1,
    (uids.at(-1) ?? 0) + 1,
    wanted.length === 0 ? (state.uidNext ?? 0) : 0,
  )
  store.write(({ db }) => {
    setFolderCursor(db, folder.id, {
      uidValidity: state.uidValidity,
      highestModseq: state.highestModseq ?? '0',
      nextUid,
    })
  })
  memory.add(folder.id)
}

/** One transaction: the heads, their verdicts, and how far the folder was read. A kill leaves nothing half. */
function takeIn(
  pass: PersonalPass,
  channel: ChannelRow,
  folder: FolderRow,
  heads: readonly PersonalHead[],
  listened: boolean,
  cursor: { uidValidity: string | null; highestModseq: string; nextUid: number },
): void {
  const { store, folders, log } = pass
  store.write((write) => {
    const mailbox = mailboxOf(write.db, channel)
    const oldest = write.now - PAST_DAYS * DAY_MS
    let newest = 0
    for (const head of heads) {
      const receivedAt = arrivedAt(mailbox, head.internalDate || write.now, listened)
      if (receivedAt < oldest) continue
      // What one sent may be filed anywhere; only a mail to oneself lies in INBOX.
      const isOwn = folder.role !== 'inbox' && addressKey(head.parsed.from.address) === channel.address_key
      const direction = folder.role === 'sent' || isOwn ? 'out' : 'in'
      const messageId = head.parsed.messageId
      if (direction === 'out' && messageId !== null && isBeingFiled(write, channel.id, messageId)) continue
      const place = { folder: folder.path, uid: head.uid, uidValidity: cursor.uidValidity }
      const row = noteHead(write, channel, direction, place, { ...head, internalDate: receivedAt })
      if (!row) continue
      if (direction === 'in') newest = Math.max(newest, receivedAt)
      if (isFromBefore(mailbox, receivedAt)) continue
      const { logged, code } = judge(write, mailbox, row, folderFacts(row, folders), null)
      log.debug({ address: channel.address, logged, code }, 'a personal message was judged')
    }
    if (newest > 0) setLastMailIn(write.db, channel.id, newest)
    setFolderCursor(write.db, folder.id, cursor)
  })
}

/** The whole second in which the address was connected counts: INTERNALDATE knows no smaller part (RFC 9051 section 2.3.3). */
const second = (ms: number): number => Math.floor(ms / 1000) * 1000

/** Mail from before the address was connected for the first time. */
const isFromBefore = ({ facts }: Mailbox, at: number): boolean =>
  facts.periods.length === 0 || at < second(facts.periods[0]!.from)

/**
 * When a message arrived, by our clock as far as we know it: what is new in a folder that this connection had read to its
 * end came within the connection, even if the server's clock is somewhat behind. Not after a reconnect: servers show new
 * mail late at times, and then that would make mail of the time in between arrive now.
 */
function arrivedAt({ facts }: Mailbox, internalDate: number, listened: boolean): number {
  const [first] = facts.periods
  const open = facts.periods.at(-1)
  if (!first || !open || open.until !== null || internalDate >= open.from) return internalDate
  const slack = listened && open === first ? CLOCK_SLACK_MS : 0
  return internalDate >= second(open.from) - slack ? open.from : internalDate
}
