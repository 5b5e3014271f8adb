import type { Logger } from 'pino'
import { ChannelError, type MailSession, type RemoteMessage } from '../channels/types.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Logged } from '../ingest/types.ts'
import { backoffMs } from '../lib/backoff.ts'
import { heldBackBy } from '../mime/held-back.ts'
import type { MimeParser, ParseResult } from '../mime/types.ts'
import type { BlobHash } from '../store/blobs.ts'
import { messageByRowid, type MessageRow } from '../store/queries/messages.ts'
import type { Store } from '../store/store.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { foldersOf } from '../store/tables/folders.ts'
import { delayHeldBack, dueHeldBack, giveUpHeldBack, type HeldBackRow } from '../store/tables/held-back.ts'
import { copyPlaces } from '../store/tables/message-retries.ts'
import { personalMessageOf } from '../store/tables/personal-messages.ts'
import type { Clock } from '../types.ts'
import { MAX_MESSAGE_BYTES } from './fetch-messages.ts'
import { personalHome } from './personal/fetch-logged.ts'

const RETRY_MS = 60_000
const LONGEST_RETRY_MS = 60 * 60_000
/** Some two days: a scan that takes longer will not end. */
const MAX_ATTEMPTS = 50

export type HeldBackDeps = {
  session: MailSession
  channel: ChannelRow
  store: Store
  ingest: Ingest
  parser: MimeParser
  log: Logger
  clock: Clock
  signal: AbortSignal
}

/**
 * Looks again for attachments that a scanner held back (E2): by UID, and by Message-ID, because most servers put the whole
 * message beside or in the place of the first. Waits longer each time, and gives up after two days.
 * @returns whether folders were opened
 */
export async function lookForHeldBack(deps: HeldBackDeps): Promise<boolean> {
  const { store, channel, clock, signal } = deps
  const due = dueHeldBack(store.read, channel.id, clock.now())
  for (const row of due) {
    signal.throwIfAborted()
    const message = messageByRowid(store.read, row.message_rowid)
    if (message && !(await lookFor(deps, message))) noteTry(deps, row, message)
  }
  return due.length > 0
}

/** @returns whether the whole message came */
async function lookFor(deps: HeldBackDeps, message: MessageRow): Promise<boolean> {
  const { session, store, channel } = deps
  const known = copyPlaces(store.read, message.rowid)
  const personal = personalMessageOf(store.read, message.rowid)
  const paths = new Set([
    ...known.map(({ path }) => path),
    ...(personal ? [personal.folder] : []),
    ...foldersOf(store.read, channel.id)
      .filter(({ role, gone_at }) => role === 'inbox' && gone_at === null)
      .map(({ path }) => path),
  ])
  for (const path of paths) {
    if (path === '') continue
    try {
      const uids = await session.findByMessageId(path, message.message_id)
      if (uids.length === 0) continue
      await session.open(path)
      for await (const found of session.fetch(uids, { maxBytes: MAX_MESSAGE_BYTES }))
        if (await take(deps, message, personal?.id ?? null, found)) return true
    } catch (error) {
      if (!(error instanceof ChannelError) || error.problem.code !== 'folder_missing') throw error
    }
  }
  return false
}

async function take(
  { store, parser, ingest, channel, log }: HeldBackDeps,
  message: MessageRow,
  personalId: string | null,
  found: RemoteMessage,
): Promise<boolean> {
  if (found.raw === null) return false
  const parsed = await parser.parse(found.raw)
  if (!parsed.ok || isPlaceholder(parsed)) return false
  const kept = await store.keep([found.raw])
  const [rawHash] = store.write(({ db }) => store.blobs.index(db, kept)) as [BlobHash]
  const logged: Logged | undefined =
    channel.purpose === 'personal'
      ? { home: personalHome(channel), make: new Set<string>(), personalId }
      : undefined
  ingest.batch(channel.id, [
    {
      // The copy's own row is made by the pass that meets it; this one is only the bytes.
      remote: null,
      origin: message.direction === 'out' ? 'sent' : 'inbox',
      rawHash,
      size: found.size,
      arrival: found.internalDate,
      flags: found.flags,
      live: false,
      parsed,
      ...(logged ? { logged } : {}),
    },
  ])
  log.info({ address: channel.address }, 'attachments that a scanner held back have come')
  return true
}

const isPlaceholder = (parsed: Extract<ParseResult, { ok: true }>): boolean =>
  parsed.message.attachments.some((attachment) => heldBackBy(attachment) !== null)

function noteTry({ store, clock, log, channel }: HeldBackDeps, row: HeldBackRow, message: MessageRow): void {
  const attempts = row.attempts + 1
  store.write(({ db, changed }) => {
    if (attempts >= MAX_ATTEMPTS) giveUpHeldBack(db, row.message_rowid)
    else
      delayHeldBack(
        db,
        row.message_rowid,
        attempts,
        clock.now() + backoffMs(attempts, RETRY_MS, LONGEST_RETRY_MS),
      )
    changed('messages', message.id)
  })
  log.info({ address: channel.address, attempts }, 'attachments are still held back by a scanner')
}
