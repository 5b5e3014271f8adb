import type { ParseResult } from '../mime/types.ts'
import type { BlobHash } from '../store/blobs.ts'

/** Where messages live: an address with its own graph of Message-IDs. Threads of different homes never join. */
export type Home = {
  /** The id of the address's channel, whether or not it is connected. */
  id: string
  address: string
  /** Null for personal mail, which lies in no inbox. */
  inbox_id: string | null
  /** Whose personal mail it is; null for a team's. */
  user_id: string | null
  /** The channel that its threads name: the home itself, or the one that the mail came by. */
  thread_channel_id: string
}

/** A personal message that joins the CRM. */
export type Logged = {
  home: Home
  /** Lower-cased addresses that become contacts if they are none, because somebody asked for it. */
  make: ReadonlySet<string>
  /** The row of personal_messages that it is the message of. */
  personalId: string | null
}

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
  /** New mail, not history: it came after the channel was connected. */
  live: boolean
  parsed: ParseResult
  /** Set for personal mail only: it is filed on its contacts, in no inbox. */
  logged?: Logged
}

export type Ingested = {
  rowid: number
  messageId: string
  threadId: string
  /** False when it was a further copy of a message that is here already. */
  isNew: boolean
}
