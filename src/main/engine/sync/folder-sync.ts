import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { FlagChange, FolderState, MailSession } from '../channels/types.ts'
import type { Store } from '../store/store.ts'
import { setFolderCursor, setServerCount, type FolderRow } from '../store/tables/folders.ts'
import {
  applyRemoteFlags,
  dropFlagChange,
  dropHomelessFlags,
  flagChanges,
  forgetUids,
  localCount,
  markPresent,
  markVanished,
  maxUid,
  refusedUids,
  type FlagChangeRow,
} from '../store/tables/remote-messages.ts'
import { refreshThread } from '../store/tables/threads.ts'
import { comparePlaces, compareUids } from './compare.ts'
import { fetchNewestFirst } from './fetch-messages.ts'
import type { IngestQueue } from './ingest-queue.ts'

/** Flags of a transaction, and of one command. */
const FLAG_BATCH = 200
const PUSH_BATCH = 1000
/** Without CONDSTORE the flags of so many of the newest messages are read at each pass, and all of them now and then. */
const RECENT = 500
const ALL_FLAGS_MS = 15 * 60 * 1000

/** What a connection remembers of a folder between its passes. */
export type FolderMemory = {
  /** Whether the UIDs known from before were found to mean the same messages still. */
  compared: boolean
  /** When all flags were read, by the monotonic clock; null before that. */
  allFlagsAt: number | null
}

export type FolderPass = {
  session: MailSession
  folder: FolderRow
  memory: FolderMemory
  store: Store
  queue: IngestQueue
  log: Logger
  signal: AbortSignal
  /** Told how many messages the pass has to fetch, and again as they come. */
  progress(done: number, total: number): void
}

/**
 * Brings one folder in step: flags that changed here, flags that changed there, messages that vanished, messages that
 * are new, newest first. By UID and mod-sequence only (RFC 7162); every batch is a checkpoint, so a killed pass goes on
 * where it was.
 */
export async function syncFolder(pass: FolderPass): Promise<void> {
  const { session, store, queue, memory } = pass
  const state = await session.open(pass.folder.path)
  const folder = knowNumbering(pass, state)
  const replaced = await findReplaced(pass, folder, state)
  // After the numbers were found to be right: a flag for UID 7 must not go to another message (fault 3).
  await pushFlags(pass, folder)
  await pullFlags(pass, folder, state)
  await applyVanished(pass, folder, state)
  memory.compared = true

  const highest = maxUid(store.read, folder.id)
  let missing =
    state.exists > 0 && (highest === 0 || state.uidNext === null || state.uidNext > highest + 1)
      ? await session.uids({ from: highest + 1 })
      : []
  let gaps: number[] = []
  // What came after the folder was opened is not in its count.
  const counted = missing.filter((uid) => state.uidNext === null || uid < state.uidNext).length
  if (highest > 0 && state.exists > 0 && localCount(store.read, folder.id) + counted !== state.exists) {
    const all = await session.uids()
    missing = all.filter((uid) => uid > highest)
    gaps = await reconcile(pass, folder, state, all)
  }
  const wanted = new Set([...missing, ...gaps, ...replaced, ...refusedUids(store.read, folder.id)])
  if (wanted.size > 0) {
    await fetchNewestFirst(
      { ...pass, folder },
      [...wanted].sort((a, b) => b - a),
    )
  }
  await queue.drained()
  // Flags that waited for a message to be found again (fault 3), or were changed while the rest came in.
  await pushFlags(pass, folder)
  pass.signal.throwIfAborted()
  store.write(({ db, changed }) => {
    setFolderCursor(db, folder.id, {
      uidValidity: state.uidValidity,
      // Without CONDSTORE the marker still says that the folder was read to its end once.
      highestModseq: state.highestModseq ?? '0',
      nextUid: state.uidNext ?? maxUid(db, folder.id) + 1,
    })
    dropHomelessFlags(db, folder.id)
    if (setServerCount(db, folder.id, state.exists)) changed('channels', folder.channel_id)
  })
}

/**
 * Compares the folder's UIDVALIDITY with the one known. When it changed, the numbers mean nothing any more (fault 3):
 * the UIDs are forgotten, the messages stay and, fetched again, are recognised by content. It is kept from the first
 * pass on, so that a pass that was cut off does not mix the numbers of two.
 */
function knowNumbering({ store, folder, log }: FolderPass, state: FolderState): FolderRow {
  if (state.uidValidity === null || state.uidValidity === folder.uid_validity) return folder
  const isNew = folder.uid_validity === null
  const cursor = {
    uidValidity: state.uidValidity,
    // What is not recognised afterwards is new mail, provided that all of it had been here.
    highestModseq: folder.highest_modseq === null ? null : '0',
    nextUid: folder.highest_modseq === null ? null : 1,
  }
  if (!isNew)
    log.warn(
      { path: folder.path, from: folder.uid_validity, to: state.uidValidity },
      'UIDVALIDITY changed; the messages are matched again',
    )
  store.write(({ db }) => {
    if (!isNew || maxUid(db, folder.id) > 0) forgetUids(db, folder.id)
    setFolderCursor(db, folder.id, cursor)
  })
  return {
    ...folder,
    uid_validity: cursor.uidValidity,
    highest_modseq: cursor.highestModseq,
    next_uid: cursor.nextUid,
  }
}

/**
 * UIDs that mean other messages than before. They are looked for where a server broke its word: it names no UIDVALIDITY
 * (fault 4; once a connection), or UIDNEXT or HIGHESTMODSEQ went down, as after a restored backup (fault 10).
 */
async function findReplaced(pass: FolderPass, folder: FolderRow, state: FolderState): Promise<number[]> {
  const { session, store, memory, log } = pass
  const highest = maxUid(store.read, folder.id)
  if (highest === 0 || state.exists === 0) return []
  const wentDown =
    (state.uidNext !== null && state.uidNext <= highest) ||
    (knowsModseq(folder, state) && BigInt(state.highestModseq!) < BigInt(folder.highest_modseq))
  if (memory.compared || !(wentDown || state.uidValidity === null)) return []
  log.warn({ path: folder.path, wentDown }, 'the numbers of a folder may have changed; all are compared')
  const { replaced, gone } = await comparePlaces(session, store, folder)
  store.write(({ db, now, changed }) => {
    if (replaced.length > 0) forgetUids(db, folder.id, replaced)
    if (state.uidValidity !== null && markVanished(db, folder.id, gone, now) > 0)
      changed('channels', folder.channel_id)
  })
  return replaced
}

const knowsModseq = (
  folder: FolderRow,
  state: FolderState,
): folder is FolderRow & { highest_modseq: string } =>
  folder.highest_modseq !== null && folder.highest_modseq !== '0' && state.highestModseq !== null

/** Tells the server the flags that were changed here, and only those (fault 15). The folder is open. */
async function pushFlags({ session, store, signal }: FolderPass, folder: FolderRow): Promise<void> {
  for (;;) {
    const changes = flagChanges(store.read, folder.id, PUSH_BATCH)
    if (changes.length === 0) return
    const groups = new Map<string, FlagChangeRow[]>()
    for (const change of changes) {
      const key = `${change.flag}:${change.value}`
      const group = groups.get(key)
      if (group) group.push(change)
      else groups.set(key, [change])
    }
    for (const group of groups.values()) {
      signal.throwIfAborted()
      const { flag, value } = group[0]!
      await session.setFlags(
        group.map((change) => change.uid),
        value ? { add: [flag], remove: [] } : { add: [], remove: [flag] },
      )
      store.write(({ db }) => group.forEach((change) => dropFlagChange(db, change)))
    }
  }
}

async function pullFlags(pass: FolderPass, folder: FolderRow, state: FolderState): Promise<void> {
  const { session, store, memory, signal } = pass
  const highest = maxUid(store.read, folder.id)
  if (highest === 0 || state.exists === 0) return
  let options: { changedSince?: string; uids?: readonly number[] } = {}
  if (knowsModseq(folder, state)) {
    if (folder.highest_modseq === state.highestModseq) return
    if (BigInt(folder.highest_modseq) < BigInt(state.highestModseq!))
      options = { changedSince: folder.highest_modseq }
  } else if (state.highestModseq === null) {
    const now = performance.now()
    if (memory.allFlagsAt === null || now - memory.allFlagsAt > ALL_FLAGS_MS) memory.allFlagsAt = now
    else options = { uids: await session.uids({ from: Math.max(1, highest - RECENT) }) }
  }
  if (options.uids?.length === 0) return
  let batch: FlagChange[] = []
  const apply = (): void => {
    if (batch.length === 0) return
    store.write(({ db, changed }) => {
      const threads = new Set<string>()
      for (const message of applyRemoteFlags(db, folder.id, batch)) {
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
    if (batch.length < FLAG_BATCH) continue
    apply()
    // What the server sent may all be here already: without a turn in between nobody else would get one.
    await nextTurn()
    signal.throwIfAborted()
  }
  apply()
}

async function applyVanished(
  { session, store }: FolderPass,
  folder: FolderRow,
  state: FolderState,
): Promise<void> {
  if (!knowsModseq(folder, state) || state.uidValidity === null || state.exists === 0) return
  if (BigInt(folder.highest_modseq) >= BigInt(state.highestModseq!)) return
  const vanished = await session.vanishedSince(state.uidValidity, folder.highest_modseq)
  if (!vanished || vanished.length === 0) return
  store.write(({ db, now, changed }) => {
    if (markVanished(db, folder.id, vanished, now) > 0) changed('channels', folder.channel_id)
  })
}

/**
 * Marks what the server no longer lists, and takes the mark off what it lists again. Never marks on the word of a
 * server that lost its numbering (fault 4) or that suddenly has nothing at all (fault 12).
 * @returns what it lists and we never had
 */
async function reconcile(
  { store }: FolderPass,
  folder: FolderRow,
  state: FolderState,
  all: readonly number[],
): Promise<number[]> {
  const highest = maxUid(store.read, folder.id)
  const { unknown, gone, back } = await compareUids(store, folder, all)
  store.write(({ db, now, changed }) => {
    const marked = state.uidValidity === null || all.length === 0 ? 0 : markVanished(db, folder.id, gone, now)
    if (marked + markPresent(db, folder.id, back) > 0) changed('channels', folder.channel_id)
  })
  return unknown.filter((uid) => uid <= highest)
}
