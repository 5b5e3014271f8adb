import type { Logger } from 'pino'

/** Where passwords lie. The shells bring it: the engine knows no keyring. */
export interface SecretStore {
  readonly kind: 'keyring' | 'safe_storage' | 'basic_text' | 'key_file' | 'memory'
  /** The file that holds them or their key, where there is one to tell the user about. */
  readonly path: string | null
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
}

/** Milliseconds since the Unix epoch; fixed in tests. */
export type Clock = { now(): number }

export type EngineOptions = {
  /** A folder that belongs to the engine alone; made when missing. */
  dataDir: string
  /** The product's `resources` folder. */
  resourcesDir: string
  /** The module that worker threads run to parse mail: built beside the shell, or the source itself in tests. */
  mimeWorker: URL
  /** The same for the thread that checks who sent received mail. */
  checkWorker: URL
  /** The same for the thread that reads files of records. */
  importWorker: URL
  /** DNS servers as `address` or `address:port`; the system's where it is left out. */
  dnsServers?: readonly string[]
  secrets: SecretStore
  log: Logger
  clock?: Clock
  /** Shorter waits for tests; a person would never want others. */
  timeouts?: Partial<EngineTimeouts>
  /** Tighter limits of the mail receiver, for tests. */
  receiverLimits?: Partial<ReceiverLimits>
}

/** What the receiver allows a stranger. Bytes and ms. */
export type ReceiverLimits = {
  /** The largest message (E4). */
  message: number
  /** The largest head of a message; real ones have a few KB. */
  head: number
  /** Connections at once, of all clients and of one address. */
  connections: number
  connectionsOfOne: number
  /** New connections, and messages, of one address within a minute. */
  connectionsAMinute: number
  messagesAMinute: number
  /** Recipients of one message, and unknown ones of a connection before it is ended. */
  recipients: number
  unknownRecipients: number
  /** Bytes of messages on their way in, of all clients together. */
  buffered: number
  /** Silence before a client is sent away. */
  idle: number
  /** How long one message may take to come in, and a connection may last. */
  data: number
  connection: number
  /** Received fields before a message is taken to run in circles (RFC 5321 section 6.3); forwarded mail has a dozen. */
  hops: number
}

/** How long the engine waits for what, in ms. What is left out of `imap` and `smtp` is the protocol's own default. */
export type EngineTimeouts = {
  /** How long the news of the open folder is trusted before all folders are read again (fault 8). */
  poll: number
  /** The wait after the first failure of a channel; it doubles from there. */
  retry: number
  /** How long a test message may take from one stage of its way to the next. */
  roundTrip: number
  /** The wait before a full disk is tried again (fault 35). */
  storageRetry: number
  /** The wait before a message is sent again after a temporary refusal; it doubles from there. */
  sendRetry: number
  /** The wait before a message of unknown outcome is looked for on the server again; it doubles from there. */
  lookAgain: number
  imap: { connect?: number; answer?: number; probe?: number }
  smtp: { connect?: number; command?: number; endOfData?: number; idle?: number }
}

export const TIMEOUTS: EngineTimeouts = {
  poll: 2 * 60_000,
  retry: 2_000,
  roundTrip: 90_000,
  storageRetry: 5_000,
  sendRetry: 5_000,
  lookAgain: 30_000,
  imap: {},
  smtp: {},
}

/** What oRPC needs of a WebSocket (ws and the browser's own both fit). */
export type EngineSocket = {
  send(data: string | ArrayBufferLike | Uint8Array): void
  addEventListener(type: 'message' | 'close', listener: (event: never) => void): void
}

/** What oRPC needs of a MessagePort (worker_threads, Electron's MessagePortMain behind a thin coat). */
export type EnginePort = {
  postMessage(data: unknown, transfer?: unknown[]): void
  addEventListener(type: 'message' | 'close', listener: (event: never) => void): void
}

export type Engine = {
  /** Serves the contract to one client over a WebSocket. The client ends when the socket closes. */
  connectSocket(socket: EngineSocket): void
  /** The same over a message port. */
  connectPort(port: EnginePort): void
  /**
   * Serves `/files/…`: attachments, raw messages and uploads, by authorised URL. Anything else is 404.
   * Both shells pass requests through as they are.
   */
  fetch(request: Request): Promise<Response>
  /**
   * Applies a provisioning file (J9): JSON text with `${ENV}` references.
   * Rejects with a message that names the part at fault; otherwise says what changed.
   */
  provision(json: string, env: Record<string, string | undefined>): Promise<{ changed: string[] }>
  /** Stops syncing and sending, waits for what runs, closes the database. Under 5 s. */
  close(): Promise<void>
}

/** The data folder is held by another process (fault 36), or its database is newer than this program (fault 40). */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError'
}
