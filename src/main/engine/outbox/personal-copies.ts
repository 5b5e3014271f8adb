import { mailboxOf } from '../ingest/personal-case.ts'
import { judge, messageIdOf, noteHead } from '../ingest/personal-judge.ts'
import type { ParseResult } from '../mime/types.ts'
import type { Write } from '../store/store.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import { updateOutbox, type OutboxRow } from '../store/tables/outbox.ts'
import {
  personalIdOf,
  personalMessageById,
  type PersonalMessageRow,
} from '../store/tables/personal-messages.ts'
import { userById } from '../store/tables/users.ts'
import { fileLogged } from '../sync/personal/fetch-logged.ts'
import type { OutboxDeps } from './outbox.ts'

type Deps = Pick<OutboxDeps, 'store' | 'ingest' | 'sync' | 'clock'>

const SENT_HERE = { path: '', role: 'sent', labels: [], ruleTarget: false } as const

/**
 * What was sent from a personal address: logged on its recipients if the Log box was ticked (G3), else only known, so
 * that answers to it find what they answer. Its copy in Sent is recognised by the Message-ID and logged no second time.
 */
export function filePersonalCopy(
  deps: Deps,
  channel: ChannelRow,
  item: OutboxRow,
  raw: Uint8Array,
  parsed: ParseResult,
): void {
  const { store } = deps
  const arrival = item.sent_at ?? deps.clock.now()
  const row = store.write((write) => judgeSent(write, channel, item, { raw, parsed, arrival }))
  let threadId: string | null = null
  if (row.logged === 1) {
    const [rawHash] = store.write(({ db }) => store.blobs.put(db, [raw]))
    const message = { rawHash: rawHash!, size: raw.byteLength, arrival, parsed }
    threadId = fileLogged(deps, channel, row, message).threadId
  }
  const original = item.log === 1 && item.log_original === 1 ? item.source_personal_id : null
  store.write(
    (write) => {
      const { db, now, changed } = write
      updateOutbox(db, item.id, { filed_at: now, ...(threadId === null ? {} : { thread_id: threadId }) })
      if (original !== null) logOriginal(write, original, item)
      changed('outbox', item.id)
      if (threadId !== null) changed('threads', threadId)
    },
    { durable: true },
  )
  if (original !== null) deps.sync.flagsChanged(channel.id)
}

/** Knows the message by its head, and judges it with what the Log box said. */
function judgeSent(
  write: Write,
  channel: ChannelRow,
  item: OutboxRow,
  { raw, parsed, arrival }: { raw: Uint8Array; parsed: ParseResult; arrival: number },
): PersonalMessageRow {
  // What we wrote ourselves can be read.
  if (!parsed.ok) throw new Error(`The message ${item.id} that was sent from here cannot be understood.`)
  const head = { uid: 0, internalDate: arrival, size: raw.byteLength, header: raw, parsed: parsed.message }
  noteHead(write, channel, 'out', { folder: '', uid: null, uidValidity: null }, head)
  const row = personalMessageById(write.db, personalIdOf(channel.address, messageIdOf(parsed.message, raw)))!
  judge(write, mailboxOf(write.db, channel), row, SENT_HERE, {
    kind: item.log === 1 ? 'log_box' : 'log_box_cleared',
    userName: nameOf(write, item),
  })
  return personalMessageById(write.db, row.id)!
}

const nameOf = ({ db }: Write, item: OutboxRow): string =>
  item.author_id === null ? '' : (userById(db, item.author_id)?.name ?? '')

/** "Also log the original" (G4): the mail that was answered is fetched and logged too. */
function logOriginal(write: Write, id: string, item: OutboxRow): void {
  const row = personalMessageById(write.db, id)
  const channel = row && channelById(write.db, row.channel_id)
  if (!row || !channel || channel.user_id === null || row.logged === 1) return
  const folder = { path: row.folder, role: 'inbox', labels: [], ruleTarget: false } as const
  judge(write, mailboxOf(write.db, channel), row, folder, {
    kind: 'also_original',
    userName: nameOf(write, item),
  })
}
