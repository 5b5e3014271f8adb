import type { Mailbox } from '../../../contract/common.ts'
import { companyOfAddress } from '../crm/company-domain.ts'
import type { Ingest } from '../ingest/ingest.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { MimeParser } from '../mime/types.ts'
import { BlobDamagedError } from '../store/blobs.ts'
import { messageById, type MessageRow } from '../store/queries/messages.ts'
import type { ReadableDb, WritableDb } from '../store/statements.ts'
import type { Store } from '../store/store.ts'
import { ownAddresses } from '../store/tables/channels.ts'
import { companyOfDomain, seeContact } from '../store/tables/contacts.ts'
import { forwardById, type ForwardRow } from '../store/tables/forwards.ts'
import { copiesOf, takeOutForRetry } from '../store/tables/message-retries.ts'
import { allowRemoteContent, messagesOfContact } from '../store/tables/remote-content.ts'
import { refreshThread } from '../store/tables/threads.ts'
import { collectUndo } from '../store/undo.ts'

/** Lets a message, or all mail of its sender, load what lies elsewhere (D9). */
export function allowRemote(store: Store, message: MessageRow, scope: 'message' | 'sender'): void {
  store.write(({ db, changed }) => {
    // What is trusted is who sent it, not in whose name something was forwarded.
    const sender = forwardById(db, message.id)?.forwarder_address ?? message.from_address
    allowRemoteContent(db, scope, scope === 'message' ? message.id : sender.toLowerCase())
    changed('messages', message.id)
    if (scope === 'sender' && message.contact_id) {
      // More than an event names: the client refetches whatever it shows of them.
      for (const id of messagesOfContact(db, message.contact_id, 300)) changed('messages', id)
    }
  })
}

/**
 * Says who wrote a forwarded message (F1). Its sender, its contact and its conversation follow.
 * @returns what takes it back, or null where it counts as that person already
 * @throws DomainError CONFLICT where it is no forward, or nobody was found in it; BAD_INPUT
 */
export function attribute(
  store: Store,
  actorId: string,
  message: Pick<MessageRow, 'id' | 'thread_id' | 'sort_at'>,
  to: 'found' | 'forwarder' | Mailbox,
): string | null {
  return store.write(
    (write) => {
      const { db } = write
      const forward = forwardById(db, message.id)
      if (!forward) throw new DomainError('CONFLICT', 'This message was not forwarded: its sender wrote it.')
      const author = namedBy(forward, to)
      const address = author.address.trim().toLowerCase()
      if (!/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address)) {
        throw to === 'found'
          ? new DomainError('CONFLICT', 'The forwarded text names no address. Enter the one of its author.')
          : new DomainError('BAD_INPUT', `"${author.address}" is no mail address.`, { field: 'to' })
      }
      const values = { author_name: author.name.trim(), author_address: address }
      if (forward.author_address === address && forward.author_name === values.author_name) return null
      // Somebody new gets the company of their domain, as from any mail.
      if (!ownAddresses(db).has(address)) {
        seeContact(db, {
          address,
          name: values.author_name,
          at: message.sort_at,
          messages: 0,
          companyOf: companyFor(db, address, message.sort_at),
        })
      }
      const before = contactOf(db, message.id)
      const undo = collectUndo(write, store, actorId)
      undo.append({ entity: 'forward', id: message.id, kind: 'set', values })
      for (const id of [before, contactOf(db, message.id)]) if (id !== null) write.changed('contacts', id)
      write.changed('messages', message.id)
      write.changed('threads', message.thread_id)
      return undo.id()
    },
    { durable: true },
  )
}

function namedBy(forward: ForwardRow, to: 'found' | 'forwarder' | Mailbox): Mailbox {
  if (to === 'found') return { name: forward.found_name, address: forward.found_address }
  if (to === 'forwarder') return { name: forward.forwarder_name, address: forward.forwarder_address }
  return to
}

const contactOf = (db: ReadableDb, messageId: string): string | null =>
  messageById(db, messageId)?.contact_id ?? null

const companyFor = (db: WritableDb, address: string, at: number) => (): string | null => {
  const company = companyOfAddress(address)
  return company && companyOfDomain(db, company.domain, company.name, at)
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
