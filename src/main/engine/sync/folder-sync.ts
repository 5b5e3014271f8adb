import type { Logger } from 'pino'
import type { FolderState, MailSession, RemoteMessage } from '../channels/types.ts'
import type { Store } from '../store/store.ts'
import {
  forgetUids,
  insertRemoteMessage,
  knownUids,
  localCount,
  markVanished,
  maxUid,
  setRemoteFlags,
} from '../store/tables/remote-messages.ts'
import { refreshThread } from '../store/tables/threads.ts'
import { setFolderCursor, setServerCount, type FolderRow } from '../store/tables/folders.ts'
import type { IngestQueue } from './ingest-queue.ts'

/** A message over this many bytes is not fetched (fault 6); it is counted and named on the channel. */
export const MAX_MESSAGE_BYTES = 150 * 1024 * 1024
/** The first chunk fills the first screen; later ones are larger. */
const FIRST_CHUNK = 50
const CHUNK = 200
/** Bytes and messages that go to the disk together. */
const BATCH_BYTES = 4 * 1024 * 1024
const BATCH_MESSAGES = 50

export type FolderPass = {
  session: MailSession
  folder: FolderRow
  store: Store
  queue: IngestQueue
  log: Logger
  signal: AbortSignal
  /** Told how many messages the pass has to fetch, and again as they come. */
  progress(done: number, total: number): void
}

/**
 * Brings one folder in step: flags that changed, messages that vanished, messages that are new, newest first.
 * By UID and mod-sequence only (RFC 7162); every batch is a checkpoint, so a killed pass goes on where it was.
 * @returns the folder's state on the server
 */
export async function syncFolder(pass: FolderPass): Promise<FolderState> {
  const { session, store, queue } = pass
  let { folder } = pass
  const state = await session.open(folder.path)
  if (uidsWereReassigned(store, folder, state)) {
    // Fault 3: the numbers mean nothing any more. Messages stay; fetched again, they are recognised by content.
    pass.log.warn(
      { path: folder.path, from: folder.uid_validity, to: state.uidValidity },
      'UIDVALIDITY changed',
    )
    store.write(({ db }) => {
      forgetUids(db, folder.id)
      setFolderCursor(db, folder.id, { uidValidity: state.uidValidity, highestModseq: null })
    })
    folder = { ...folder, uid_validity: state.uidValidity, highest_modseq: null }
  }
  await applyFlagChanges(pass, folder, state)
  await applyVanished(pass, folder, state)

  const highest = maxUid(store.read, folder.id)
  const firstPass = highest === 0
  let missing =
    firstPass || state.uidNext === null || state.uidNext > highest + 1
      ? await session.uids({ from: highest + 1 })
      : []
  const live = !firstPass && folder.highest_modseq !== null
  let gaps: number[] = []
  if (!firstPass && localCount(store.read, folder.id) + missing.length !== state.exists) {
    const all = await session.uids()
    const known = knownUids(store.read, folder.id)
    missing = all.filter((uid) => uid > highest)
    gaps = all.filter((uid) => uid <= highest && !known.has(uid))
    reconcileVanished(pass, folder, state, all, known)
  }
  const wanted = [...gaps, ...missing].sort((a, b) => b - a)
  const liveFrom = live ? highest + 1 : Number.POSITIVE_INFINITY
  if (wanted.length > 0) await fetchNewestFirst(pass, folder, wanted, liveFrom)
  await queue.drained()
  pass.signal.throwIfAborted()
  store.write(({ db, changed }) => {
    setFolderCursor(db, folder.id, {
      uidValidity: state.uidValidity,
      // Without CONDSTORE a marker still says that the folder was read to its end once.
      highestModseq: state.highestModseq ?? '0',
    })
    if (setServerCount(db, folder.id, state.exists)) changed('channels', folder.channel_id)
  })
  return state
}

/** True when the server's UIDs no longer mean what they meant: new UIDVALIDITY, or UIDNEXT below what was given out (fault 10). */
function uidsWereReassigned(store: Store, folder: FolderRow, state: FolderState): boolean {
  if (folder.uid_validity !== null && state.uidValidity !== null && folder.uid_validity !== state.uidValidity)
    return true
  return state.uidNext !== null && state.uidNext <= maxUid(store.read, folder.id)
}

const knowsModseq = (
  folder: FolderRow,
  state: FolderState,
): folder is FolderRow & { highest_modseq: string } =>
  folder.highest_modseq !== null && folder.highest_modseq !== '0' && state.highestModseq !== null

async function applyFlagChanges(pass: FolderPass, folder: FolderRow, state: FolderState): Promise<void> {
  const { session, store } = pass
  if (folder.highest_modseq === null || state.exists === 0) return
  if (knowsModseq(folder, state) && folder.highest_modseq === state.highestModseq) return
  const options = knowsModseq(folder, state) ? { changedSince: folder.highest_modseq } : {}
  let batch: { uid: number; flags: { seen: boolean; answered: boolean } }[] = []
  const apply = (): void => {
    if (batch.length === 0) return
    store.write(({ db, changed }) => {
      const threads = new Set<string>()
      for (const { uid, flags } of batch) {
        const message = setRemoteFlags(db, folder.id, uid, flags)
        if (!message) continue
        changed('messages', message.id)
        threads.add(message.thread_id)
      }
      for (const id of threads) {
        refreshThread(db, id)
        changed('threads', id)
      }
    })
    batch = []
  }
  for await (const change of session.flags(options)) {
    batch.push(change)
    if (batch.length >= 200) apply()
  }
  apply()
}

async function applyVanished(
  { session, store }: FolderPass,
  folder: FolderRow,
  state: FolderState,
): Promise<void> {
  if (!knowsModseq(folder, state) || state.uidValidity === null || state.exists === 0) return
  if (folder.highest_modseq === state.highestModseq) return
  const vanished = await session.vanishedSince(state.uidValidity, folder.highest_modseq)
  if (vanished && vanished.length > 0) {
    store.write(({ db, now, changed }) => {
      if (markVanished(db, folder.id, vanished, now) > 0) changed('channels', folder.channel_id)
    })
  }
}

/**
 * Marks what the server no longer lists. Never on the word of a server that lost its numbering (fault 4) or that
 * suddenly has nothing at all (fault 12).
 */
function reconcileVanished(
  { store }: FolderPass,
  folder: FolderRow,
  state: FolderState,
  all: readonly number[],
  known: ReadonlySet<number>,
): void {
  if (state.uidValidity === null || all.length === 0) return
  const present = new Set(all)
  const vanished = [...known].filter((uid) => !present.has(uid))
  if (vanished.length === 0) return
  store.write(({ db, now, changed }) => {
    if (markVanished(db, folder.id, vanished, now) > 0) changed('channels', folder.channel_id)
  })
}

async function fetchNewestFirst(
  pass: FolderPass,
  folder: FolderRow,
  wanted: number[],
  liveFrom: number,
): Promise<void> {
  let done = 0
  pass.progress(done, wanted.length)
  for (let start = 0; start < wanted.length;) {
    const size = start === 0 ? FIRST_CHUNK : CHUNK
    const chunk = wanted.slice(start, start + size)
    start += size
    await fetchChunk(pass, folder, chunk, liveFrom)
    done += chunk.length
    pass.progress(done, wanted.length)
  }
}

/** Fetches one chunk; each batch of it is on the disk before anything tries to understand it. */
async function fetchChunk(
  pass: FolderPass,
  folder: FolderRow,
  uids: number[],
  liveFrom: number,
): Promise<void> {
  let batch: RemoteMessage[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    const messages = batch.sort((a, b) => b.uid - a.uid)
    batch = []
    bytes = 0
    const rows = storeRaw(pass.store, folder, messages)
    await pass.queue.add(rows.map((row) => ({ ...row, live: row.uid >= liveFrom })))
  }
  const ascending = [...uids].sort((a, b) => a - b)
  for await (const message of pass.session.fetch(ascending, { maxBytes: MAX_MESSAGE_BYTES })) {
    pass.signal.throwIfAborted()
    batch.push(message)
    bytes += message.raw?.byteLength ?? 0
    if (bytes >= BATCH_BYTES || batch.length >= BATCH_MESSAGES) await flush()
  }
  await flush()
}

export type RawMessage = {
  uid: number
  rawHash: Uint8Array
  raw: Uint8Array | null
  internalDate: number
  size: number
  seen: boolean
  answered: boolean
}

/** Bytes to the segments, rows beside them: from here on a crash loses nothing of these messages. */
function storeRaw(store: Store, folder: FolderRow, messages: readonly RemoteMessage[]): RawMessage[] {
  return store.write(({ db, changed }) => {
    const complete = messages.filter((message) => message.raw !== null)
    const hashes = store.blobs.put(
      db,
      complete.map((message) => message.raw!),
    )
    for (const message of messages) {
      const index = complete.indexOf(message)
      insertRemoteMessage(db, {
        folder_id: folder.id,
        uid: message.uid,
        state: index < 0 ? 'too_large' : 'raw',
        raw_hash: index < 0 ? null : hashes[index]!,
        internal_date: message.internalDate,
        size: message.size,
        seen: Number(message.flags.seen),
        answered: Number(message.flags.answered),
        problem: index < 0 ? `The message has ${message.size} bytes, more than Anteroom fetches.` : null,
      })
      if (index < 0) changed('channels', folder.channel_id)
    }
    return complete.map((message, index) => ({
      uid: message.uid,
      rawHash: hashes[index]!,
      raw: message.raw,
      internalDate: message.internalDate,
      size: message.size,
      ...message.flags,
    }))
  })
}
