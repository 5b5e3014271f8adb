import type { Logger } from 'pino'
import { BlobDamagedError, type BlobHash, type Blobs } from '../store/blobs.ts'
import type { ReadableDb } from '../store/statements.ts'
import { textsOf, type MessageRow } from '../store/queries/messages.ts'
import type { BodyShape } from './shapes.ts'

/** A body over this many bytes is cut in the thread; the whole opens in a window of its own (D3). */
export const BODY_BYTES = 100 * 1024

export type BodyReader = {
  db: ReadableDb
  blobs: Blobs
  log: Logger
  /** Told of HTML that is missing or was altered, to get it again. */
  onDamaged?(messageId: string, hash: BlobHash): void
}

/** A body, and whether its HTML turned out to be damaged so that the text stands in for it. */
export type ReadBody = { body: BodyShape; damaged: boolean }

/**
 * The bodies of messages, in their order.
 * @param whole without the cut at 100 KB
 */
export async function readBodies(
  { db, blobs, log, onDamaged }: BodyReader,
  messages: readonly Pick<MessageRow, 'rowid' | 'id' | 'html_hash' | 'has_remote_content'>[],
  whole: boolean,
): Promise<ReadBody[]> {
  const texts = new Map(
    textsOf(
      db,
      messages.map((message) => message.rowid),
    ).map((row) => [row.message_rowid, row.text]),
  )
  return Promise.all(
    messages.map(async (message) => {
      const text = Buffer.from(texts.get(message.rowid) ?? '')
      let html: Buffer | null = null
      let damaged = false
      try {
        if (message.html_hash) html = await blobs.get(db, message.html_hash)
      } catch (error) {
        if (!(error instanceof BlobDamagedError)) throw error
        log.error({ err: error, message: message.id }, 'the HTML of a message is damaged')
        damaged = true
        onDamaged?.(message.id, message.html_hash!)
      }
      const body: BodyShape = {
        html: html && (whole ? html.toString() : cutHtml(html)),
        text: whole ? text.toString() : cutText(text),
        cut: !whole && (text.byteLength > BODY_BYTES || (html?.byteLength ?? 0) > BODY_BYTES),
        hasRemoteContent: message.has_remote_content === 1,
      }
      return { body, damaged }
    }),
  )
}

function cutText(bytes: Buffer): string {
  if (bytes.byteLength <= BODY_BYTES) return bytes.toString()
  // The cut may fall into a character: what is left of it decodes to replacement characters.
  return bytes.toString('utf8', 0, BODY_BYTES).replace(/\uFFFD+$/, '')
}

/** Cut before a tag that would be left open in its middle; the reader closes the elements. */
function cutHtml(bytes: Buffer): string {
  const text = cutText(bytes)
  if (bytes.byteLength <= BODY_BYTES) return text
  const open = text.lastIndexOf('<')
  return open > text.lastIndexOf('>') ? text.slice(0, open) : text
}
