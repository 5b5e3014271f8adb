import { coveredBy } from '../crm/never-log/edit.ts'
import { byDrop } from '../ingest/logged-by-address.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { Source } from '../outbox/answer.ts'
import type { BlobHash } from '../store/blobs.ts'
import { ownAddresses } from '../store/tables/channels.ts'
import type { PersonalMessageRow } from '../store/tables/personal-messages.ts'
import { userById } from '../store/tables/users.ts'
import { readPersonal } from '../sync/personal/read-personal.ts'
import type { Access } from '../team/access.ts'
import { setLoggingAddresses, shownLoggingAddresses } from '../team/logging-addresses.ts'
import { addAsAlias, logNow, mustOwnPersonal, unlog, unlogPersonal } from '../team/personal-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { mustChangeEntry } from './logging.ts'

/** What people do to the logging of personal mail by hand. */
export const personalLoggingHandlers = (deps: ApiDeps) => {
  const { store } = deps
  return {
    logNow: os.logging.logNow.handler(({ input, context }) => {
      deps.sync.flagsChanged(logNow(store, mustAccess(context), input.id))
      return { rev: store.rev }
    }),
    addAsAlias: os.logging.addAsAlias.handler(({ input, context }) => {
      deps.sync.flagsChanged(addAsAlias(store, mustAccess(context), input.id, input.contactId))
      return { rev: store.rev }
    }),
    unlog: os.logging.unlog.handler(({ input, context }) => {
      unlog(store, mustAccess(context), input.id)
      return { rev: store.rev }
    }),
    removeCovered: os.logging.removeCovered.handler(({ input, context }) => {
      const access = mustAccess(context)
      const entry = mustChangeEntry(store.read, access, input.id)
      const removed = store.write(
        (write) => {
          const covered = coveredBy(write.db, entry, ownAddresses(write.db)).map(({ id }) => id)
          return unlogPersonal(write, store, covered, access.user.name)
        },
        { durable: true },
      )
      return { removed, rev: store.rev }
    }),
    addresses: os.logging.addresses.handler(({ context }) => {
      mustAccess(context)
      return shownLoggingAddresses(store.read)
    }),
    setAddresses: os.logging.setAddresses.handler(({ input, context }) => {
      setLoggingAddresses(store, mustAccess(context), input)
      return { rev: store.rev }
    }),
    dropUrl: os.logging.dropUrl.handler(({ context }) => {
      const { user } = mustAccess(context)
      return {
        url: deps.files.url({ kind: 'dropped-mail', userId: user.id, id: user.id, name: 'message.eml' }),
      }
    }),
  }
}

/** One's own personal message with its text, fetched for the quotation of an answer (G4). @throws DomainError, ChannelError */
export async function readPersonalSource(
  deps: ApiDeps,
  access: Access,
  id: string,
): Promise<{ row: PersonalMessageRow; source: Source }> {
  const { row } = mustOwnPersonal(deps.store.read, access, id)
  const message = await readPersonal(deps, row)
  const { from, replyTo, to, cc, subject, html, text } = message
  return {
    row,
    source: { direction: row.direction, from, replyTo, to, cc, subject, sentAt: row.at, html, text },
  }
}

/**
 * Logs a message that was dropped as a file: on its sender, or on its recipients where the user wrote it (G2).
 * @throws DomainError BAD_INPUT for what is no mail, CONFLICT with the reason where the rules stand above it
 */
export async function logDropped(
  deps: ApiDeps,
  access: Access,
  bytes: Uint8Array,
): Promise<{ messageId: string; threadId: string }> {
  const { store } = deps
  const parsed = await deps.mime.parse(bytes)
  if (!parsed.ok || parsed.message.from.address === '') {
    throw new DomainError(
      'BAD_INPUT',
      'This file is no mail that can be read. Drop an .eml file with its header.',
    )
  }
  const { message } = parsed
  const [rawHash] = store.write(({ db }) => store.blobs.put(db, [bytes])) as [BlobHash]
  const arrival = message.date ?? deps.clock.now()
  const user = userById(store.read, access.user.id)!
  const found = store.write((write) => byDrop(write, user, message, { size: bytes.byteLength, arrival }), {
    durable: true,
  })
  if (!found) {
    throw new DomainError(
      'CONFLICT',
      'No address is connected yet, so there is nothing to log for. Connect one first.',
    )
  }
  const { filed, verdict, channelId } = found
  if (filed.do === 'leave') {
    throw new DomainError(
      'CONFLICT',
      verdict?.logged ? 'This message is logged already.' : (verdict?.reason ?? ''),
    )
  }
  const [ingested] = deps.ingest.batch(channelId, [
    {
      remote: null,
      origin: filed.direction === 'out' ? 'sent' : 'inbox',
      rawHash,
      size: bytes.byteLength,
      arrival,
      flags: { seen: true, answered: false },
      live: true,
      parsed: { ok: true, message: filed.message },
      logged: filed.logged,
    },
  ])
  return { messageId: ingested!.messageId, threadId: ingested!.threadId }
}
