import type { Logger } from 'pino'
import type { MimeParser } from '../mime/types.ts'
import { BlobDamagedError, hashBytes, type BlobHash } from '../store/blobs.ts'
import { messageById, type MessageRow } from '../store/queries/messages.ts'
import type { Store } from '../store/store.ts'
import { copyPlaces } from '../store/tables/message-retries.ts'
import { personalMessageOf } from '../store/tables/personal-messages.ts'
import type { Sync } from './types.ts'

type RecoverDeps = { store: Store; mime: MimeParser; sync: Pick<Sync, 'withSession'>; log: Logger }

/** What is fetched again at most. */
const MAX_BYTES = 150 * 1024 * 1024

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/**
 * Gets bytes of a message again that were found damaged (fault 41): attachments and HTML from the raw message, and that,
 * if need be, from the server. Rejects when the bytes are nowhere any more.
 */
export async function recoverBlob(deps: RecoverDeps, messageId: string, hash: BlobHash): Promise<void> {
  const message = messageById(deps.store.read, messageId)
  if (!message) return
  const raw = await rawAgain(deps, message)
  if (!same(hashBytes(raw), hash)) {
    const parsed = await deps.mime.parse(raw)
    const parts = parsed.ok
      ? [
          ...parsed.message.attachments.map((attachment) => attachment.content),
          parsed.message.html === null ? null : Buffer.from(parsed.message.html),
        ]
      : []
    const found = parts.find((bytes) => bytes !== null && same(hashBytes(bytes), hash))
    if (!found) throw new BlobDamagedError('The raw message does not hold these bytes.')
    keep(deps, message, found)
  }
  deps.log.info({ message: messageId }, 'a damaged file is whole again')
}

function keep({ store }: RecoverDeps, message: MessageRow, bytes: Uint8Array): void {
  store.write(
    ({ db, changed }) => {
      store.blobs.forget(db, hashBytes(bytes))
      store.blobs.put(db, [bytes])
      changed('messages', message.id)
      changed('threads', message.thread_id)
    },
    { durable: true },
  )
}

/** The raw message: from here where it is whole, else from one of the places on the server where it lies. */
async function rawAgain(deps: RecoverDeps, message: MessageRow): Promise<Uint8Array> {
  const { store, sync } = deps
  try {
    return await store.blobs.get(store.read, message.raw_hash)
  } catch (error) {
    if (!(error instanceof BlobDamagedError)) throw error
  }
  const logged = personalMessageOf(store.read, message.rowid)
  // Of logged personal mail there is no copy that is followed, but the place where it was found.
  const places = [
    ...copyPlaces(store.read, message.rowid),
    ...(logged && logged.uid !== null ? [{ path: logged.folder, uid: logged.uid }] : []),
  ]
  const raw = await sync.withSession(message.channel_id, async (session) => {
    for (const place of places) {
      await session.open(place.path)
      for await (const { raw: bytes } of session.fetch([place.uid], { maxBytes: MAX_BYTES })) {
        if (bytes && same(hashBytes(bytes), message.raw_hash)) return bytes
      }
    }
    return null
  })
  if (!raw) throw new BlobDamagedError('The message is no longer on the server.')
  keep(deps, message, raw)
  return raw
}
