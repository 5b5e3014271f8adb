import type { Mailbox } from '../../../contract/common.ts'
import type { MimeParser } from '../mime/types.ts'
import {
  attachmentsOf,
  messageById,
  recipientsOf,
  textsOf,
  type AttachmentRow,
  type MessageRow,
} from '../store/queries/messages.ts'
import type { Store } from '../store/store.ts'
import type { Source } from './answer.ts'

export type SourceMessage = { row: MessageRow; source: Source; attachments: AttachmentRow[] }

/** Reads what an answer needs of the message it answers; null when there is none. */
export async function readSource(store: Store, messageId: string): Promise<SourceMessage | null> {
  const row = messageById(store.read, messageId)
  if (!row) return null
  const recipients = recipientsOf(store.read, [row.rowid], 2000)
  const of = (kind: string): Mailbox[] =>
    recipients.filter((one) => one.kind === kind).map(({ name, address }) => ({ name, address }))
  const html = row.html_hash === null ? null : await store.blobs.get(store.read, row.html_hash)
  return {
    row,
    attachments: attachmentsOf(store.read, [row.rowid]),
    source: {
      direction: row.direction,
      from: { name: row.from_name, address: row.from_address },
      replyTo: of('reply_to'),
      to: of('to'),
      cc: of('cc'),
      subject: row.subject,
      sentAt: row.sort_at,
      html: html?.toString('utf8') ?? null,
      text: textsOf(store.read, [row.rowid])[0]?.text ?? '',
    },
  }
}

/** In-Reply-To and References of an answer (RFC 5322 section 3.6.4), from the raw message that is answered. */
export async function answerReferences(
  store: Store,
  mime: MimeParser,
  row: MessageRow,
): Promise<{ inReplyTo: string | null; references: string[] }> {
  const parsed = await mime.parse(await store.blobs.get(store.read, row.raw_hash))
  const head = parsed.ok ? parsed.message : { ...parsed.headers, references: [], inReplyTo: [] }
  // One that came without a usable Message-ID can only be referred to by the id it was given here.
  const id = head.messageId ?? row.message_id
  const chain = head.references.length > 0 ? head.references : head.inReplyTo.slice(0, 1)
  return { inReplyTo: id, references: [...chain.filter((one) => one !== id), id] }
}
