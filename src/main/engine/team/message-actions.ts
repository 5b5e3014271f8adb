import type { Ingest } from '../ingest/ingest.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { MimeParser } from '../mime/types.ts'
import { BlobDamagedError } from '../store/blobs.ts'
import type { MessageRow } from '../store/queries/messages.ts'
import type { Store } from '../store/store.ts'
import { copiesOf, takeOutForRetry } from '../store/tables/message-retries.ts'
import { allowRemoteContent, messagesOfContact } from '../store/tables/remote-content.ts'
import { refreshThread } from '../store/tables/threads.ts'

/** Lets a message, or all mail of its sender, load what lies elsewhere (D9). */
export function allowRemote(store: Store, message: MessageRow, scope: 'message' | 'sender'): void {
  store.write(({ db, changed }) => {
    allowRemoteContent(db, scope, scope === 'message' ? message.id : message.from_address.toLowerCase())
    changed('messages', message.id)
    if (scope === 'sender' && message.contact_id) {
      // More than an event names: the client refetches whatever it shows of them.
      for (const id of messagesOfContact(db, message.contact_id, 300)) changed('messages', id)
    }
  })
}

/**
 * Tries again to understand a message that is shown as unparsed. It may find its place in another thread.
 * @throws DomainError CONFLICT when it still cannot be understood; the message stays as it was
 */
export async function retryParse(
  { store, ingest, mime }: { store: Store; ingest: Ingest; mime: MimeParser },
  message: MessageRow,
): Promise<void> {
  if (message.parsed === 1) return
  const raw = await store.blobs.get(store.read, message.raw_hash).catch((error: unknown) => {
    if (!(error instanceof BlobDamagedError)) throw error
    throw new DomainError(
      'CONFLICT',
      'The stored bytes of this message are damaged. It has to be fetched again.',
    )
  })
  const parsed = await mime.parse(raw)
  if (!parsed.ok) {
    throw new DomainError(
      'CONFLICT',
      `The message still cannot be understood: ${parsed.reason}. Its source can be opened.`,
    )
  }
  const copies = copiesOf(store.read, message.rowid)
  const copy = copies[0]
  store.write(({ db }) => takeOutForRetry(db, message.rowid), { durable: true })
  ingest.batch(message.channel_id, [
    {
      remote: copy ? { folderId: copy.folder_id, uid: copy.uid } : null,
      origin: message.direction === 'out' ? 'sent' : 'inbox',
      rawHash: message.raw_hash,
      size: message.size,
      arrival: copy?.internal_date ?? message.sort_at,
      flags: { seen: message.seen === 1, answered: message.answered === 1 },
      live: false,
      parsed,
    },
  ])
  store.write(({ db, changed }) => {
    refreshThread(db, message.thread_id)
    changed('threads', message.thread_id)
    changed('messages', message.id)
  })
}
