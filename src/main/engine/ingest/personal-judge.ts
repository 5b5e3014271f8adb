import { createHash } from 'node:crypto'
import type { ByHand, FolderFacts, LoggingVerdict } from '../crm/reply-logging/types.ts'
import { loggingVerdict } from '../crm/reply-logging/verdict.ts'
import type { ParsedMessage } from '../mime/types.ts'
import { outboxWithIds } from '../store/queries/personal-threads.ts'
import type { Write } from '../store/store.ts'
import { noteRecipients } from '../store/tables/past-recipients.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import type { FolderRow } from '../store/tables/folders.ts'
import {
  insertPersonalMessage,
  personalIdOf,
  personalMessageById,
  setPersonalPlace,
  setVerdict,
  type PersonalMessageRow,
  type PersonalRecipient,
} from '../store/tables/personal-messages.ts'
import { usableMessageId } from '../threading/message-ids.ts'
import { loggingCase, messageFacts, type Mailbox } from './personal-case.ts'
import { sortTime } from './dates.ts'

/** The head of a personal message, as it was fetched. */
export type PersonalHead = {
  uid: number
  /** INTERNALDATE in ms. */
  internalDate: number
  size: number
  header: Uint8Array
  /** What was read of the header; the body is empty. */
  parsed: Omit<ParsedMessage, 'html' | 'text' | 'snippet' | 'attachments'>
}

const UNKNOWN_FOLDER: FolderFacts = { path: '', role: 'other', labels: [], ruleTarget: false }

/** The folder of a stored head, as the rules see it (G6). */
export const folderFacts = (
  row: Pick<PersonalMessageRow, 'folder'>,
  folders: readonly FolderRow[],
): FolderFacts => {
  const known = folders.find(({ path }) => path === row.folder)
  return known
    ? { path: known.path, role: known.role, labels: [], ruleTarget: false }
    : { ...UNKNOWN_FOLDER, path: row.folder }
}

/** Recipients beyond these are left out: the verdict needs none of them, and a hostile head must not fill the disk (fault 56). */
const MAX_RECIPIENTS = 500

/** The id of one whose Message-ID is missing or unusable follows from its head. */
export const messageIdOf = (parsed: Pick<ParsedMessage, 'messageId'>, header: Uint8Array): string =>
  usableMessageId(parsed.messageId) ??
  `${createHash('sha256').update(header).digest('hex')}@head.anteroom.invalid`

/**
 * Makes the row of a head, unless it is here; then only where it lies is noted.
 * @returns the row when it is to be judged: it is new, or it left the folder that was the reason
 */
export function noteHead(
  write: Write,
  channel: ChannelRow,
  direction: 'in' | 'out',
  place: { folder: string; uid: number | null; uidValidity: string | null },
  head: PersonalHead,
): PersonalMessageRow | null {
  const { db } = write
  const { parsed } = head
  const messageId = messageIdOf(parsed, head.header)
  const id = personalIdOf(channel.address, messageId)
  const where = { folder: place.folder, uid: place.uid, uid_validity: place.uidValidity }
  const known = personalMessageById(db, id)
  if (known) {
    if (place.uid !== null && known.code === 'folder' && known.folder !== place.folder) {
      setPersonalPlace(db, id, where)
      return personalMessageById(db, id) ?? null
    }
    // One that lies in two folders (a mail to oneself, a copy) stays where it was seen first.
    if (place.uid !== null && (known.uid === null || known.folder === place.folder))
      setPersonalPlace(db, id, where)
    return null
  }
  const of = (kind: PersonalRecipient['kind'], list: readonly { name: string; address: string }[]) =>
    list.slice(0, MAX_RECIPIENTS).map((one) => ({ kind, name: one.name, address: one.address }))
  insertPersonalMessage(
    db,
    {
      id,
      channel_id: channel.id,
      ...where,
      message_id: messageId,
      in_reply_to: parsed.inReplyTo.join('\n'),
      reference_ids: parsed.references.join('\n'),
      direction,
      from_name: parsed.from.name,
      from_address: parsed.from.address.toLowerCase(),
      subject: parsed.subject,
      at: sortTime(parsed.date, head.internalDate).at,
      received_at: head.internalDate,
      size: head.size,
      automatic: parsed.automatic === null ? 0 : 1,
    },
    [
      ...of('to', parsed.to),
      ...of('cc', parsed.cc),
      ...of('bcc', parsed.bcc),
      ...of(
        'delivered',
        parsed.deliveredTo.map((address) => ({ name: '', address })),
      ),
    ],
  )
  // What was sent from here was noted when it was queued.
  if (direction === 'out' && place.uid !== null && channel.user_id !== null && parsed.automatic === null) {
    const at = sortTime(parsed.date, head.internalDate).at
    noteRecipients(db, channel.user_id, [...parsed.to, ...parsed.cc].slice(0, MAX_RECIPIENTS), at)
  }
  return personalMessageById(db, id)!
}

/** Whether it was sent from here and its own filing is still to come: that one decides, with the Log box. */
export const isBeingFiled = (write: Write, channelId: string, messageId: string): boolean =>
  outboxWithIds(write.db, [messageId]).some((item) => item.channel_id === channelId && item.filed_at === null)

/**
 * Gives a personal message its verdict, and writes it down with all its facts. One that is logged is `pending` until
 * its bytes are here.
 */
export function judge(
  write: Write,
  mailbox: Mailbox,
  row: PersonalMessageRow,
  folder: FolderFacts,
  byHand: ByHand | null,
): LoggingVerdict {
  const { db } = write
  const facts = messageFacts(db, row)
  const verdict = loggingVerdict(loggingCase(db, mailbox, facts, folder, byHand))
  writeVerdict(write, row, verdict)
  return verdict
}

/** Writes down a verdict about a message. What is stored stays stored while it is logged. */
export function writeVerdict(write: Write, row: PersonalMessageRow, verdict: LoggingVerdict): void {
  const isHere = verdict.logged && row.message_rowid !== null
  setVerdict(write.db, row.id, {
    logged: verdict.logged ? 1 : 0,
    state: isHere ? 'stored' : verdict.logged ? 'pending' : 'judged',
    by_hand: verdict.byHand ? 1 : 0,
    code: verdict.code,
    reason: verdict.reason,
    step: verdict.step,
    step_text: verdict.stepText,
    trace: JSON.stringify(verdict.trace),
    make: verdict.newContacts.map(({ address }) => address.toLowerCase()).join('\n'),
    decided_at: write.now,
  })
  write.changed('logging', row.id)
}
