import type { ParseResult } from '../mime/types.ts'
import type { BlobHash } from '../store/blobs.ts'

/** One message on its way in: its bytes are safe, and were parsed. */
export type Incoming = {
  /** Where it lies on the server; null for what was sent from here and is not in Sent yet. */
  remote: { folderId: number; uid: number } | null
  /** `inbox`: mail to us. `sent`: mail from us, by whatever client. */
  origin: 'inbox' | 'sent'
  rawHash: BlobHash
  /** Bytes of the raw message. */
  size: number
  /** INTERNALDATE in ms. */
  arrival: number
  flags: { seen: boolean; answered: boolean }
  /** True when it came after the folder had been read to its end once: new mail, not history. */
  live: boolean
  parsed: ParseResult
}

export type Ingested = {
  rowid: number
  messageId: string
  threadId: string
  /** False when it was a further copy of a message that is here already. */
  isNew: boolean
}
