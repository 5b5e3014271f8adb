import type { ChannelKind, ChannelProblem, ServerSettings } from '../../../contract/channels.ts'

export type FolderRole = 'inbox' | 'sent' | 'junk' | 'trash' | 'drafts' | 'archive' | 'other'

export type RemoteFolder = {
  path: string
  role: FolderRole
  selectable: boolean
}

/** A folder as the server describes it when it is opened (RFC 9051 section 6.3.2, RFC 7162). */
export type FolderState = {
  path: string
  /** Null when the server sends none or 0 (fault 4): nothing local may be deleted then. */
  uidValidity: string | null
  uidNext: number | null
  /** Null without CONDSTORE. */
  highestModseq: string | null
  exists: number
}

export type RemoteFlags = { seen: boolean; answered: boolean }

export type RemoteMessage = {
  uid: number
  flags: RemoteFlags
  modseq: string | null
  /** INTERNALDATE in ms. */
  internalDate: number
  /** The bytes, or null when the message is over the cap (fault 6); `size` tells how large. */
  raw: Uint8Array | null
  /** Bytes: of the literal where it came, else RFC822.SIZE (fault 5). */
  size: number
  /** Set when `raw` is null because the server lists the message but does not give it: its words (fault 14). */
  refused?: string
}

/** What is asked of a message that may stay where it is: some header fields, no body. */
export type RemoteHead = {
  uid: number
  /** INTERNALDATE in ms. */
  internalDate: number
  /** Bytes of the whole message. */
  size: number
  /** The header fields as they stand there, with the empty line after them. */
  header: Uint8Array
}

/** Where messages lie that were moved. */
export type MovedMessages = {
  /** Of the folder that they lie in now; null when the server tells nothing. */
  uidValidity: string | null
  /** Their new UIDs by the old ones. */
  uids: ReadonlyMap<number, number>
}

export type FlagChange = { uid: number; flags: RemoteFlags; modseq: string | null }

/**
 * One live session with a mail server. Methods run one after the other; a lost connection rejects what is
 * pending with a ChannelError and every later call too. Nothing here touches the store.
 */
export interface MailSession {
  readonly canIdle: boolean
  listFolders(): Promise<RemoteFolder[]>
  /** Opens a folder; later calls work on it. A missing folder rejects with code `folder_missing`. */
  open(path: string): Promise<FolderState>
  /** The UIDs of the open folder, ascending: all of them, or those from `from` on. */
  uids(range?: { from: number }): Promise<number[]>
  /** Messages of the open folder in the order the server sends them; a UID that vanished is left out. */
  fetch(uids: readonly number[], options: { maxBytes: number }): AsyncIterable<RemoteMessage>
  /** Flags of all messages, or of those changed since a mod-sequence (RFC 7162 section 3.1.4). */
  flags(options: { changedSince?: string; uids?: readonly number[] }): AsyncIterable<FlagChange>
  /**
   * UIDs that vanished since a mod-sequence, when the server tells (QRESYNC, RFC 7162 section 3.2.5),
   * else null: the caller compares `uids()`.
   */
  vanishedSince(uidValidity: string, modseq: string): Promise<number[] | null>
  setFlags(
    uids: readonly number[],
    change: { add: (keyof RemoteFlags)[]; remove: (keyof RemoteFlags)[] },
  ): Promise<void>
  /** Appends to a folder; resolves with the new UID where the server tells it (UIDPLUS). */
  append(
    path: string,
    raw: Uint8Array,
    options: { seen: boolean; at: number },
  ): Promise<{ uid: number | null }>
  /** UIDs of messages in `path` with that Message-ID (without angle brackets). */
  findByMessageId(path: string, messageId: string): Promise<number[]>
  /** Message count of a folder without opening it. */
  count(path: string): Promise<number>
  /**
   * Waits until the open folder changes, `signal` aborts, or `maxMs` passed. Resolves with what woke it.
   * Uses IDLE where the server has it, else waits `maxMs`.
   */
  waitForChange(options: { maxMs: number; signal: AbortSignal }): Promise<'changed' | 'timeout' | 'aborted'>
  /**
   * Header fields of some messages of the open folder, ascending by UID; a UID that vanished is left out. Nothing is
   * marked as seen. Only where the kind can; personal mail is read by it.
   * @param uids at most some hundred: all of it is held in memory
   */
  heads?(uids: readonly number[], fields: readonly string[]): Promise<RemoteHead[]>
  /** Space on the server in bytes, null where it tells none. Only where the kind can. */
  quota?(): Promise<{ used: number; limit: number } | null>
  /**
   * Moves messages of the open folder into another one; a UID that vanished is left out. Resolves with where each lies
   * now, as far as the server tells (UIDPLUS): the others may have been moved too. Only where the kind can.
   */
  move?(uids: readonly number[], path: string): Promise<MovedMessages>
  /** Deletes messages of the open folder for good. Only where the kind can; the live test cleans up with it. */
  remove?(uids: readonly number[]): Promise<void>
  close(): Promise<void>
}

export type Envelope = { from: string; to: string[] }

/** What a submission server said, per recipient. */
export type SendResult = {
  accepted: string[]
  rejected: { address: string; code: number | null; serverText: string; permanent: boolean }[]
  /** The final answer to DATA, word for word. */
  serverText: string
}

/** Durable markers of a submission's progress; each is awaited before the step it announces (faults 21 to 23). */
export type SendMarkers = {
  /** Called just before the last bytes and the final dot leave: from here on the outcome can be unknown. */
  beforeEndOfData(): void
  /** Called once the server is reached, with the largest message in bytes that it takes; null where it names no limit. */
  takes?(maxBytes: number | null): void
}

export interface MailTransport {
  /**
   * Submits one message. Rejects with a SendError: `phase` tells whether the end of DATA may have been
   * seen by the server (`after_data`), in which case the outcome is unknown unless `code` is set.
   */
  send(envelope: Envelope, raw: Uint8Array, markers: SendMarkers): Promise<SendResult>
  close(): Promise<void>
}

export type ChannelSecrets = { imapPassword: string; smtpPassword: string }

/** For a kind that logs in nowhere. */
export const NO_SECRETS: ChannelSecrets = { imapPassword: '', smtpPassword: '' }

export type ChannelSettings = {
  kind: ChannelKind
  address: string
  imap: ServerSettings | null
  smtp: ServerSettings | null
}

/** One folder under channels/ implements this, one line in `registry.ts` names it. */
export interface ChannelDriver {
  readonly kind: ChannelKind
  /** True where the provider files a copy of what it sends, so that nothing is appended to Sent. */
  readonly filesSentCopy: boolean
  connect(settings: ChannelSettings, secrets: ChannelSecrets, signal: AbortSignal): Promise<MailSession>
  transport(settings: ChannelSettings, secrets: ChannelSecrets): MailTransport
}

/** A failure that the channel's state shows: code, plain words, hint, and the server's own text. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError'
  readonly problem: ChannelProblem
  constructor(problem: ChannelProblem, options?: { cause?: unknown }) {
    super(problem.message, options)
    this.problem = problem
  }
}

export class SendError extends Error {
  override readonly name = 'SendError'
  readonly phase: 'before_data' | 'after_data'
  /** The SMTP reply code, null when there was no reply. */
  readonly code: number | null
  readonly serverText: string
  readonly problem: ChannelProblem
  constructor(init: {
    phase: 'before_data' | 'after_data'
    code: number | null
    serverText: string
    problem: ChannelProblem
    cause?: unknown
  }) {
    super(init.problem.message, { cause: init.cause })
    this.phase = init.phase
    this.code = init.code
    this.serverText = init.serverText
    this.problem = init.problem
  }
  /** A 5xx reply: trying again would be refused again (RFC 5321 section 4.2.1). */
  get permanent(): boolean {
    return this.code !== null && this.code >= 500
  }
}
