import type { Mailbox } from '../../../contract/common.ts'
import {
  attachmentsOf,
  messageById,
  recipientsOf,
  textsOf,
  type AttachmentRow,
  type MessageRow,
} from '../store/queries/messages.ts'
import type { Store } from '../store/store.ts'
import { forwardById } from '../store/tables/forwards.ts'
import { personalMessageById } from '../store/tables/personal-messages.ts'
import { threadingOfMessage } from '../store/tables/messages.ts'
import type { Source } from './answer.ts'

export type SourceMessage = { row: MessageRow; source: Source; attachments: AttachmentRow[] }

/** Reads what an answer needs of the message it answers; null when there is none. */
export async function readSource(store: Store, messageId: string): Promise<SourceMessage | null> {
  const row = messageById(store.read, messageId)
  if (!row) return null
  const recipients = recipientsOf(store.read, [row.rowid], 2000)
  const of = (kind: string): Mailbox[] =>
    recipients.filter((one) => one.kind === kind).map(({ name, address }) => ({ name, address }))
  const forward = forwardById(store.read, row.id)
  const from = { name: row.from_name, address: row.from_address }
  const forwarder =
    forward && forward.forwarder_address.toLowerCase() !== row.from_address
      ? { name: forward.forwarder_name, address: forward.forwarder_address }
      : null
  const html = row.html_hash === null ? null : await store.blobs.get(store.read, row.html_hash)
  return {
    row,
    attachments: attachmentsOf(store.read, [row.rowid]),
    source: {
      direction: row.direction,
      from,
      // Where answers to the forwarder are wanted says nothing about the author.
      replyTo: forwarder ? [] : of('reply_to'),
      forwarder,
      to: of('to'),
      cc: of('cc'),
      subject: row.subject,
      sentAt: row.sort_at,
      html: html?.toString('utf8') ?? null,
      text: textsOf(store.read, [row.rowid])[0]?.text ?? '',
    },
  }
}

/** In-Reply-To and References of an answer (RFC 5322 section 3.6.4). */
export function answerReferences(
  store: Store,
  rowid: number,
): { inReplyTo: string | null; references: string[] } {
  const row = threadingOfMessage(store.read, rowid)
  if (!row) return { inReplyTo: null, references: [] }
  // One that came without a usable Message-ID can only be referred to by the id it was given here.
  const id = row.message_id
  const known = (row.reference_ids || row.in_reply_to.split('\n')[0] || '').split('\n').filter(Boolean)
  return { inReplyTo: id, references: [...known.filter((one) => one !== id), id] }
}

/** The same for an answer to a personal message, of which only the head is here. */
export function personalReferences(
  store: Store,
  id: string,
): { inReplyTo: string | null; references: string[] } {
  const row = personalMessageById(store.read, id)
  if (!row) return { inReplyTo: null, references: [] }
  const known = (row.reference_ids || row.in_reply_to.split('\n')[0] || '').split('\n').filter(Boolean)
  return {
    inReplyTo: row.message_id,
    references: [...known.filter((one) => one !== row.message_id), row.message_id],
  }
}
