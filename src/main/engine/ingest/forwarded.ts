import type { Mailbox } from '../../../contract/common.ts'
import { readForward } from '../crm/forwards/read-forward.ts'
import { parseAddresses } from '../mime/addresses.ts'
import { lastOf, readHeaderBlock } from '../mime/fields.ts'
import type { ParsedMessage } from '../mime/types.ts'
import { actsIn } from '../rules/candidates.ts'
import type { ReadableDb } from '../store/statements.ts'
import { connectedChannels } from '../store/tables/channels.ts'
import { authorOf, type ForwardRow } from '../store/tables/forwards.ts'
import { inboxById, type InboxRow } from '../store/tables/inboxes.ts'
import { allUsers } from '../store/tables/users.ts'

/** Characters of the body that are read: what was forwarded begins near the top. */
const REACH = 100_000
/** Bytes of an attached message that are read for its sender. */
const HEAD_BYTES = 64 * 1024

export type Forwarded = Omit<ForwardRow, 'id' | 'author_name' | 'author_address'>

/** Mail that machines write about other mail is never a forward, whatever its subject says. */
const NO_FORWARD = new Set<ParsedMessage['automatic']>(['bounce', 'auto_reply', 'abuse_report', 'receipt'])

/**
 * What the subject and text of an inbound message say about who wrote it (F1), as its inbox wants it: off, by anybody, or
 * by its members only.
 * @param own  the workspace's own addresses, lower case: a forward of our own mail is from whoever forwarded it
 * @returns null for what is no forward, or none that counts here
 */
export function forwardedBy(
  db: ReadableDb,
  inboxId: string | null,
  message: ParsedMessage,
  own: ReadonlySet<string>,
): Forwarded | null {
  const inbox = inboxId === null ? undefined : inboxById(db, inboxId)
  if (!inbox || inbox.attribute_forwards === 0 || NO_FORWARD.has(message.automatic)) return null
  const reading = readForward({ subject: message.subject, text: message.text.slice(0, REACH) })
  if (!reading) return null
  const author = reading.found ?? attachedAuthor(message)
  const confidence = reading.found ? reading.confidence : 'doubtful'
  const forwarder = message.from.address.trim().toLowerCase()
  if (inbox.forwards_by_members_only === 1 && !isMember(db, inbox, forwarder)) return null
  const found = author && isSomebodyElse(author, forwarder, own) ? author : null
  return {
    forwarder_name: message.from.name,
    forwarder_address: forwarder,
    found_name: found?.name ?? '',
    found_address: found?.address ?? '',
    confidence: found ? confidence : 'none',
  }
}

/** Whom the message counts as, as far as the mail itself says. */
export const senderOf = (message: ParsedMessage, forwarded: Forwarded | null): Mailbox =>
  forwarded ? authorOf({ id: '', ...forwarded }) : message.from

/** Who wrote the one message that is attached whole, where the text says nothing: a guess, because people attach much. */
function attachedAuthor({ attachments }: ParsedMessage): Mailbox | null {
  const whole = attachments.filter(({ mimeType }) => mimeType === 'message/rfc822')
  const content = whole[0]?.content
  if (whole.length !== 1 || !content) return null
  const head = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, HEAD_BYTES))
  const { fields } = readHeaderBlock(head.toString('latin1'), 0, head.byteLength)
  const from = parseAddresses(lastOf(fields, 'from') ?? '', 1).mailboxes[0]
  return from && /^[^\s@]+@[^\s@]+$/.test(from.address)
    ? { ...from, address: from.address.toLowerCase() }
    : null
}

const isSomebodyElse = ({ address }: Mailbox, forwarder: string, own: ReadonlySet<string>): boolean =>
  address !== forwarder && !own.has(address)

/** Whether an address is that of somebody who may act in the inbox: the one they sign in with, or a personal one. */
function isMember(db: ReadableDb, inbox: InboxRow, address: string): boolean {
  const channel = connectedChannels(db).find((row) => row.address.toLowerCase() === address)
  return allUsers(db)
    .filter(actsIn(db, inbox))
    .some((user) => user.email.toLowerCase() === address || channel?.user_id === user.id)
}
