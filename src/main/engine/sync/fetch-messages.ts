import type { RemoteMessage } from '../channels/types.ts'
import type { Store } from '../store/store.ts'
import type { FolderRow } from '../store/tables/folders.ts'
import { insertRemoteMessage, noteRefusal } from '../store/tables/remote-messages.ts'
import type { FolderPass } from './folder-sync.ts'
import type { RawMessage } from './ingest-queue.ts'

/** A message over this many bytes is not fetched (fault 6); it is counted and named on the channel. */
export const MAX_MESSAGE_BYTES = 150 * 1024 * 1024
/** The first chunk fills the first screen; later ones grow. */
const FIRST_CHUNK = 50
const MAX_CHUNK = 800
/** Bytes and messages that go to the disk together. */
const BATCH_BYTES = 4 * 1024 * 1024
const BATCH_MESSAGES = 50
/** On a slow line what is here goes to the disk and the screen after this long, in ms. */
const BATCH_MS = 250

/**
 * Fetches messages of the open folder, the newest chunk first. While one chunk is being stored the next is asked for,
 * so that neither the server nor this machine waits for the other.
 * @param wanted  UIDs, descending
 */
export async function fetchNewestFirst(pass: FolderPass, wanted: readonly number[]): Promise<void> {
  let done = 0
  const total = wanted.length
  pass.progress(0, total)
  const chunks = chunksOf(wanted)
  let next = begin(pass, chunks.shift())
  try {
    while (next) {
      const { first, rest } = next
      next = begin(pass, chunks.shift())
      let batch: RemoteMessage[] = []
      let bytes = 0
      const flush = async (): Promise<void> => {
        if (batch.length === 0) return
        const messages = batch.sort((a, b) => b.uid - a.uid)
        batch = []
        bytes = 0
        await pass.queue.add(await storeRaw(pass.store, pass.folder, messages))
        done += messages.length
        pass.progress(Math.min(done, total), total)
      }
      let since = 0
      try {
        for (let item = await first; !item.done; item = await rest.next()) {
          pass.signal.throwIfAborted()
          if (batch.length === 0) since = performance.now()
          batch.push(item.value)
          bytes += item.value.raw?.byteLength ?? 0
          const isLong = performance.now() - since >= BATCH_MS
          if (!isLong && bytes < BATCH_BYTES && batch.length < BATCH_MESSAGES) continue
          await flush()
        }
      } finally {
        // What came whole before a line broke is kept: else one that breaks often would never bring a mailbox home.
        await flush()
      }
    }
  } finally {
    // What was asked for ahead is not wanted any more; its failure is the one that is on its way already.
    next?.first.catch(() => undefined)
    void next?.rest.return?.(undefined)?.catch(() => undefined)
  }
}

/** A few messages at first, for the first screen; then more at a time. */
function chunksOf(uids: readonly number[]): number[][] {
  const chunks: number[][] = []
  let size = FIRST_CHUNK
  for (let start = 0; start < uids.length;) {
    chunks.push(uids.slice(start, start + size))
    start += size
    size = Math.min(size * 2, MAX_CHUNK)
  }
  return chunks
}

type Fetching = { first: Promise<IteratorResult<RemoteMessage>>; rest: AsyncIterator<RemoteMessage> }

/** Asks for a chunk at once; its messages wait in the session. */
function begin(pass: FolderPass, uids: number[] | undefined): Fetching | null {
  if (!uids) return null
  const ascending = [...uids].sort((a, b) => a - b)
  const rest = pass.session.fetch(ascending, { maxBytes: MAX_MESSAGE_BYTES })[Symbol.asyncIterator]()
  const first = rest.next()
  // Awaited when its turn comes; until then a failure is nobody's.
  first.catch(() => undefined)
  return { first, rest }
}

/** Bytes to the segments, rows beside them: from here on a crash loses nothing of these messages. */
async function storeRaw(
  store: Store,
  folder: FolderRow,
  messages: readonly RemoteMessage[],
): Promise<RawMessage[]> {
  const complete = messages.filter((message) => message.raw !== null)
  const kept = await store.keep(complete.map((message) => message.raw!))
  return store.write(({ db, changed }) => {
    const hashes = store.blobs.index(db, kept)
    const row = (message: RemoteMessage) => ({
      folder_id: folder.id,
      uid: message.uid,
      internal_date: message.internalDate,
      size: message.size,
      seen: Number(message.flags.seen),
      answered: Number(message.flags.answered),
    })
    complete.forEach((message, index) => {
      insertRemoteMessage(db, { ...row(message), state: 'raw', raw_hash: hashes[index]!, problem: null })
    })
    for (const message of messages) {
      if (message.raw !== null) continue
      changed('channels', folder.channel_id)
      if (message.refused !== undefined) noteRefusal(db, row(message), message.refused)
      else {
        const problem = `The message has ${message.size} bytes, more than Anteroom fetches.`
        insertRemoteMessage(db, { ...row(message), state: 'too_large', raw_hash: null, problem })
      }
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
