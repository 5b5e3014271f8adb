import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { heldBackBy } from '../mime/held-back.ts'
import type { ParsedMessage, ParseResult } from '../mime/types.ts'
import type { BlobHash } from '../store/blobs.ts'
import type { Store, Write } from '../store/store.ts'
import {
  insertAttachment,
  insertRecipients,
  insertText,
  insertWarnings,
  type IndexedFields,
} from '../store/tables/messages.ts'
import type { Times } from './dates.ts'
import type { Incoming } from './types.ts'

/** Characters of a body that the search index takes; the whole text is kept beside it. */
const INDEXED_BODY = 200_000
/** Recipients that the search index takes (fault 56). */
const INDEXED_PEOPLE = 200

export type Files = { html: BlobHash | null; attachments: (BlobHash | null)[] }

/** All HTML bodies and attachments of the batch in one append. */
export function storeFiles(store: Store, write: Write, batch: readonly Incoming[]): Files[] {
  const bytes: Uint8Array[] = []
  const add = (content: Uint8Array | null): number | null =>
    content === null ? null : bytes.push(content) - 1
  const places = batch.map(({ parsed }) =>
    parsed.ok
      ? {
          html: add(parsed.message.html === null ? null : Buffer.from(parsed.message.html, 'utf8')),
          attachments: parsed.message.attachments.map((attachment) => add(attachment.content)),
        }
      : { html: null, attachments: [] },
  )
  // All of it lies in the raw messages, which are safe: a power cut costs nothing that cannot be made again.
  const hashes = store.blobs.put(write.db, bytes, { derived: true })
  const hashAt = (place: number | null): BlobHash | null => (place === null ? null : hashes[place]!)
  return places.map((place) => ({ html: hashAt(place.html), attachments: place.attachments.map(hashAt) }))
}

/** What was understood of a message; of one that could not be parsed, what a plain reading of its head gave. */
export function contentOf(parsed: ParseResult, rawHash: BlobHash): ParsedMessage {
  if (parsed.ok) return parsed.message
  const { headers, reason } = parsed
  return {
    messageId: headers.messageId,
    inReplyTo: [],
    references: [],
    subject: headers.subject,
    from: headers.from,
    replyTo: [],
    to: headers.to,
    cc: [],
    bcc: [],
    date: headers.date,
    html: null,
    text: '',
    snippet: '',
    attachments: [],
    automatic: null,
    deliveredTo: [],
    listId: null,
    warnings: [{ kind: 'unparsed', detail: reason }],
    hasRemoteContent: false,
    contentHash: Buffer.from(rawHash).toString('hex'),
  }
}

/** The attachments that a reader is offered: what the text shows in itself is none of them. */
export const listedFiles = (message: ParsedMessage): ParsedMessage['attachments'] =>
  message.attachments.filter((attachment) => !attachment.inline)

/** What a message has beside its row: recipients, text, warnings, attachments. */
export function insertParts(
  db: Write['db'],
  { rowid, id }: { rowid: number; id: string },
  message: ParsedMessage,
  files: Files,
  time: Times,
): void {
  insertRecipients(db, rowid, 'to', message.to)
  insertRecipients(db, rowid, 'cc', message.cc)
  insertRecipients(db, rowid, 'bcc', message.bcc)
  insertRecipients(db, rowid, 'reply_to', message.replyTo)
  insertText(db, rowid, message.text)
  insertWarnings(db, rowid, withDateWarning(message, time))
  message.attachments.forEach((attachment, position) => {
    insertAttachment(db, {
      id: uuidV5(NAMESPACE.attachment, `${id}\n${position}`),
      message_rowid: rowid,
      position,
      name: attachment.name,
      mime_type: attachment.mimeType,
      size: attachment.size,
      inline: Number(attachment.inline),
      content_id: attachment.contentId,
      hash: files.attachments[position] ?? null,
      held_back: heldBackBy(attachment),
    })
  })
}

/** What the search index takes of a message. @param sender  who wrote it, where somebody else passed it on */
export const indexedFields = (message: ParsedMessage, sender: ParsedMessage['from']): IndexedFields => ({
  subject: message.subject,
  people: [
    ...new Set([sender, message.from]),
    ...[...message.to, ...message.cc, ...message.bcc].slice(0, INDEXED_PEOPLE),
  ]
    .map((person) => `${person.name} ${person.address}`)
    .join('\n'),
  body: message.text.slice(0, INDEXED_BODY),
  files: listedFiles(message)
    .map((attachment) => attachment.name)
    .join('\n'),
})

function withDateWarning(message: ParsedMessage, { headerUsed, arrival }: Times): ParsedMessage['warnings'] {
  if (headerUsed || message.warnings.some((warning) => warning.kind === 'bad_date')) return message.warnings
  const detail =
    message.date === null
      ? 'The message has no usable date; it is sorted by its arrival.'
      : `The message claims to be from ${new Date(message.date).toISOString().slice(0, 10)}; it arrived on ${new Date(arrival).toISOString().slice(0, 10)} and is sorted there.`
  return [...message.warnings, { kind: 'bad_date', detail }]
}
