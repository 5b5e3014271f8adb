import { addAddress } from '../crm/records/addresses.ts'
import { beginDoing, noteRecord, UNGUARDED } from '../crm/records/doing.ts'
import type { ByHand } from '../crm/reply-logging/types.ts'
import { loggingVerdict } from '../crm/reply-logging/verdict.ts'
import { loggingCase, mailboxOf, messageFacts } from '../ingest/personal-case.ts'
import { folderFacts, judge, writeVerdict } from '../ingest/personal-judge.ts'
import { DomainError } from '../lib/domain-error.ts'
import { messageById, messageByRowid, type MessageRow } from '../store/queries/messages.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import { contactRecord } from '../store/tables/contacts.ts'
import { eraseMessage } from '../store/tables/erased-messages.ts'
import { foldersOf } from '../store/tables/folders.ts'
import {
  personalMessageById,
  personalMessageOf,
  type PersonalMessageRow,
} from '../store/tables/personal-messages.ts'
import { refreshThread, threadById } from '../store/tables/threads.ts'
import type { Access } from './access.ts'

/** What people do to the logging of personal mail. Each is one durable transaction. */

/** A personal message with its mailbox. To everybody but its owner it does not exist. @throws DomainError NOT_FOUND */
export function mustOwnPersonal(
  db: ReadableDb,
  access: Access,
  id: string,
): { row: PersonalMessageRow; channel: ChannelRow } {
  const row = personalMessageById(db, id)
  const channel = row && channelById(db, row.channel_id)
  if (!row || !channel || channel.user_id !== access.user.id) {
    throw new DomainError(
      'NOT_FOUND',
      'This message is not known here, or it is not in one of your mailboxes.',
    )
  }
  return { row, channel }
}

/**
 * "Log now": judged again with somebody's word for it, and pending until it is fetched.
 * @returns the channel to fetch it from
 * @throws DomainError NOT_FOUND; CONFLICT where nobody may override the rules, or the mailbox is not connected
 */
export function logNow(store: Store, access: Access, id: string): string {
  return store.write(
    (write) => {
      const { row, channel } = mustOwnPersonal(write.db, access, id)
      logByHand(write, row, channel, { kind: 'log_now', userName: access.user.name })
      return channel.id
    },
    { durable: true },
  )
}

function logByHand(write: Write, row: PersonalMessageRow, channel: ChannelRow, hand: ByHand): void {
  if (row.logged === 1 && row.state !== 'gone') return
  if (channel.disconnected_at !== null) {
    throw new DomainError(
      'CONFLICT',
      `${channel.address} is not connected, so the message cannot be fetched. Reconnect it under Settings, Email accounts.`,
    )
  }
  const mailbox = mailboxOf(write.db, channel)
  const folder = folderFacts(row, foldersOf(write.db, channel.id))
  const verdict = loggingVerdict(loggingCase(write.db, mailbox, messageFacts(write.db, row), folder, hand))
  // Never Log, Junk and team threads stand above any hand; the verdict that was given stays, with its step.
  if (!verdict.logged) throw new DomainError('CONFLICT', `${verdict.reason} ${verdict.stepText}`.trim())
  writeVerdict(write, row, verdict)
}

/**
 * The sender's address becomes one more of a contact's (G5), and the message is logged.
 * @returns the channel to fetch it from
 * @throws DomainError NOT_FOUND, CONFLICT when another contact has the address
 */
export function addAsAlias(store: Store, access: Access, id: string, contactId: string): string {
  return store.write(
    (write) => {
      const { row, channel } = mustOwnPersonal(write.db, access, id)
      const record = contactRecord(write.db, contactId)
      if (!record) throw new DomainError('NOT_FOUND', 'This contact is not there any more.')
      const doing = beginDoing(write, store, access.user.id, UNGUARDED)
      if (addAddress(doing, record, row.from_address)) noteRecord(write, 'contact', record)
      logByHand(write, row, channel, { kind: 'log_now', userName: access.user.name })
      return channel.id
    },
    { durable: true },
  )
}

/**
 * A logged message that the user may take off the timelines: its owner may, and an admin.
 * @throws DomainError NOT_FOUND for mail of a team and what is not there, NOT_ALLOWED
 */
function mustUnlog(db: ReadableDb, access: Access, id: string): MessageRow {
  const message = messageById(db, id)
  const thread = message && threadById(db, message.thread_id)
  if (!message || !thread || thread.inbox_id !== null)
    throw new DomainError('NOT_FOUND', 'This is no logged personal message, or it was removed already.')
  if (thread.user_id !== access.user.id && access.user.role === 'member') {
    throw new DomainError(
      'NOT_ALLOWED',
      'Only whose mail it is, or an admin, can remove it from the timeline.',
    )
  }
  return message
}

/** Takes a logged message off every timeline; its text and files here go. @throws DomainError NOT_FOUND, NOT_ALLOWED */
export function unlog(store: Store, access: Access, id: string): void {
  store.write((write) => takeOff(write, store, mustUnlog(write.db, access, id), access.user.name), {
    durable: true,
  })
}

/** The same for many, within the caller's transaction; those that are not stored (yet) are no longer fetched. */
export function unlogPersonal(write: Write, store: Store, ids: readonly string[], userName: string): number {
  let removed = 0
  for (const id of ids) {
    const row = personalMessageById(write.db, id)
    if (!row || row.logged === 0) continue
    const message = row.message_rowid === null ? undefined : messageByRowid(write.db, row.message_rowid)
    if (message) takeOff(write, store, message, userName)
    else noteRemoval(write, row, userName)
    removed += 1
  }
  return removed
}

function takeOff(write: Write, store: Store, message: MessageRow, userName: string): void {
  const { db, changed } = write
  const row = personalMessageOf(db, message.rowid)
  eraseMessage(db, store.blobs, message.rowid)
  refreshThread(db, message.thread_id)
  changed('messages', message.id)
  changed('threads', message.thread_id)
  if (message.contact_id) changed('contacts', message.contact_id)
  if (row) noteRemoval(write, row, userName)
}

function noteRemoval(write: Write, row: PersonalMessageRow, userName: string): void {
  const channel = channelById(write.db, row.channel_id)
  if (!channel || channel.user_id === null) return
  const folder = folderFacts(row, foldersOf(write.db, channel.id))
  const bare = { ...row, message_rowid: null }
  judge(write, mailboxOf(write.db, channel), bare, folder, { kind: 'removed', userName })
}
