import type { MailSession, RemoteMessage } from '../../channels/types.ts'
import { ChannelError } from '../../channels/types.ts'
import type { Logged } from '../../ingest/types.ts'
import { backoffMs } from '../../lib/backoff.ts'
import { groupBy } from '../../lib/group-by.ts'
import type { ParseResult } from '../../mime/types.ts'
import type { BlobHash } from '../../store/blobs.ts'
import type { ChannelRow } from '../../store/tables/channels.ts'
import {
  markPersonalGone,
  notePersonalFailure,
  pendingPersonal,
  personalRecipients,
  type PersonalMessageRow,
} from '../../store/tables/personal-messages.ts'
import { usableMessageId } from '../../threading/message-ids.ts'
import { MAX_MESSAGE_BYTES } from '../fetch-messages.ts'
import type { PersonalPass } from './personal-pass.ts'

const FIRST_RETRY_MS = 30_000
const LONGEST_RETRY_MS = 60 * 60_000

type Fetching = Pick<
  PersonalPass,
  'session' | 'folders' | 'store' | 'ingest' | 'parser' | 'log' | 'clock' | 'signal'
>

/**
 * Fetches what was judged to be logged: the bytes to the disk first, then into the timeline by the way of all mail. What
 * a kill interrupts is still pending, and is fetched by the next pass.
 * @returns whether another folder than before may be open now
 */
export async function fetchLogged(pass: Fetching, channel: ChannelRow): Promise<{ opened: boolean }> {
  const { store, session, signal } = pass
  const pending = pendingPersonal(store.read, channel.id, pass.clock.now())
  for (const [folder, rows] of groupBy(pending, (row) => row.folder)) {
    const missing = await fromFolder(pass, channel, folder, rows)
    for (const row of missing) {
      signal.throwIfAborted()
      await elsewhere(pass, channel, session, row)
    }
  }
  return { opened: pending.length > 0 }
}

/** @returns what is not where it was seen */
async function fromFolder(
  pass: Fetching,
  channel: ChannelRow,
  folder: string,
  rows: readonly PersonalMessageRow[],
): Promise<PersonalMessageRow[]> {
  const { session } = pass
  if (!pass.folders.some(({ path }) => path === folder)) return [...rows]
  let uidValidity: string | null
  try {
    uidValidity = (await session.open(folder)).uidValidity
  } catch (error) {
    if (error instanceof ChannelError && error.problem.code === 'folder_missing') return [...rows]
    throw error
  }
  const byUid = new Map(
    rows.flatMap((row) =>
      row.uid !== null && uidValidity !== null && row.uid_validity === uidValidity
        ? [[row.uid, row] as const]
        : [],
    ),
  )
  const found = new Set<string>()
  const uids = [...byUid.keys()].sort((a, b) => a - b)
  for await (const message of session.fetch(uids, { maxBytes: MAX_MESSAGE_BYTES })) {
    pass.signal.throwIfAborted()
    const row = byUid.get(message.uid)
    if (row && (await take(pass, channel, row, message))) found.add(row.id)
  }
  return rows.filter(({ id }) => !found.has(id))
}

/** It was moved since: looked for by its Message-ID in every folder of the mailbox. */
async function elsewhere(
  pass: Fetching,
  channel: ChannelRow,
  session: MailSession,
  row: PersonalMessageRow,
): Promise<void> {
  for (const { path } of pass.folders) {
    const uids = await session.findByMessageId(path, row.message_id)
    if (uids.length === 0) continue
    await session.open(path)
    for await (const message of session.fetch(uids.slice(-1), { maxBytes: MAX_MESSAGE_BYTES }))
      if (await take(pass, channel, row, message)) return
  }
  pass.store.write(({ db, changed }) => {
    markPersonalGone(db, row.id, 'The message is not in the mailbox any more, so its text cannot be shown.')
    changed('logging', row.id)
  })
}

/** @returns false when it is another message than the one that was judged */
async function take(
  { store, parser, ingest, log }: Fetching,
  channel: ChannelRow,
  row: PersonalMessageRow,
  message: RemoteMessage,
): Promise<boolean> {
  if (message.raw === null && message.refused === undefined) {
    fileHead({ store, ingest }, channel, row, message)
    return true
  }
  if (message.raw === null) {
    noteRefusal({ store, log }, row, message.refused ?? '')
    return true
  }
  const kept = await store.keep([message.raw])
  const [rawHash] = store.write(({ db }) => store.blobs.index(db, kept)) as [BlobHash]
  const parsed = await parser.parse(message.raw)
  const messageId = usableMessageId(parsed.ok ? parsed.message.messageId : parsed.headers.messageId)
  if (messageId !== null && messageId !== row.message_id) return false
  fileLogged({ ingest }, channel, row, { rawHash, size: message.size, arrival: message.internalDate, parsed })
  log.info({ address: channel.address }, 'a personal message was logged')
  return true
}

/** One that is larger than what is fetched is logged by its head alone, and says so (E3). */
function fileHead(
  { store, ingest }: Pick<Fetching, 'store' | 'ingest'>,
  channel: ChannelRow,
  row: PersonalMessageRow,
  { size, internalDate }: RemoteMessage,
): void {
  const from = { name: row.from_name, address: row.from_address }
  const to = personalRecipients(store.read, row.id).flatMap(({ kind, name, address }) =>
    kind === 'to' ? [{ name, address }] : [],
  )
  const lines = [
    `From: <${from.address}>`,
    ...to.map(({ address }) => `To: <${address}>`),
    `Message-ID: <${row.message_id}>`,
    `Date: ${new Date(row.at).toUTCString().replace('GMT', '+0000')}`,
  ]
  const head = Buffer.from(`${lines.map((line) => line.replace(/[\r\n]+/g, ' ')).join('\r\n')}\r\n\r\n`)
  const [rawHash] = store.write(({ db }) => store.blobs.put(db, [head])) as [BlobHash]
  const reason = `It has ${Math.round(size / 1024 / 1024)} MB, more than is fetched. It can be read in the mailbox, in ${row.folder}.`
  const headers = { messageId: row.message_id, subject: row.subject, from, to, date: row.at }
  fileLogged({ ingest }, channel, row, {
    rawHash,
    size,
    arrival: internalDate,
    parsed: { ok: false, reason, headers },
  })
}

function noteRefusal(
  { store, log }: Pick<Fetching, 'store' | 'log'>,
  row: PersonalMessageRow,
  problem: string,
): void {
  const attempts = row.attempts + 1
  log.warn({ problem, attempts }, 'a logged message could not be fetched')
  store.write(({ db, now, changed }) => {
    notePersonalFailure(db, row.id, {
      attempts,
      retryAt: now + backoffMs(attempts, FIRST_RETRY_MS, LONGEST_RETRY_MS),
      problem,
    })
    changed('logging', row.id)
  })
}

/** The home of a personal address: its own graph of Message-IDs, in no inbox. */
export const personalHome = ({ id, address, user_id }: ChannelRow): Logged['home'] => ({
  id,
  address,
  inbox_id: null,
  user_id,
  thread_channel_id: id,
})

/** Files a personal message on the timelines it belongs to. */
export function fileLogged(
  { ingest }: Pick<Fetching, 'ingest'>,
  channel: ChannelRow,
  row: Pick<PersonalMessageRow, 'id' | 'direction' | 'make'>,
  message: { rawHash: BlobHash; size: number; arrival: number; parsed: ParseResult },
): { rowid: number; messageId: string; threadId: string } {
  const [ingested] = ingest.batch(channel.id, [
    {
      remote: null,
      origin: row.direction === 'out' ? 'sent' : 'inbox',
      ...message,
      // Whether its owner has read it is nobody's business here.
      flags: { seen: true, answered: false },
      live: true,
      logged: {
        home: personalHome(channel),
        make: new Set(row.make.split('\n').filter(Boolean)),
        personalId: row.id,
      },
    },
  ])
  return ingested!
}
