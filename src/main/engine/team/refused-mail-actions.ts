import type { Ingest } from '../ingest/ingest.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { MimeParser } from '../mime/types.ts'
import { BlobDamagedError } from '../store/blobs.ts'
import { appendOp } from '../store/ops.ts'
import type { Store } from '../store/store.ts'
import { refusedById, type RefusedRow } from '../store/tables/refused-mail.ts'

/**
 * Puts a quarantined message into its inbox (E5), by the way of all mail.
 * @returns the thread that it is in
 * @throws DomainError CONFLICT for what is not there to be released
 */
export async function releaseRefused(
  { store, ingest, mime }: { store: Store; ingest: Ingest; mime: MimeParser },
  actorId: string,
  row: RefusedRow,
): Promise<string> {
  if (row.state === 'released' && row.thread_id !== null) return row.thread_id
  if (row.state !== 'quarantined' || row.raw_hash === null) {
    throw new DomainError(
      'CONFLICT',
      'This message was refused at the door: its sender was told so, and its text is not here. Ask them to send it again.',
    )
  }
  const raw = await store.blobs.get(store.read, row.raw_hash).catch((error: unknown) => {
    if (!(error instanceof BlobDamagedError)) throw error
    throw new DomainError(
      'CONFLICT',
      'The stored bytes of this message are damaged. Ask for it to be sent again.',
    )
  })
  const parsed = await mime.parse(raw)
  const [ingested] = ingest.batch(row.channel_id, [
    {
      remote: null,
      origin: 'inbox',
      rawHash: row.raw_hash,
      size: row.size,
      arrival: row.at,
      flags: { seen: false, answered: false },
      live: true,
      parsed,
    },
  ])
  const threadId = ingested?.threadId
  if (!threadId)
    throw new DomainError('CONFLICT', 'This is a test message of Anteroom; there is nothing to read in it.')
  store.write(
    (write) => {
      // Two may have released it at once: it is one message all the same.
      if (refusedById(write.db, row.id)?.state === 'released') return
      const values = { state: 'released', thread_id: threadId }
      appendOp(write, store.hlc, actorId, { entity: 'refused_mail', id: row.id, kind: 'set', values })
      write.changed('refusedMail', row.id)
    },
    { durable: true },
  )
  return threadId
}
