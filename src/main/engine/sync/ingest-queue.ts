import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Ingest } from '../ingest/ingest.ts'
import type { Incoming } from '../ingest/types.ts'
import type { MimeParser, ParseResult } from '../mime/types.ts'
import { BlobDamagedError } from '../store/blobs.ts'
import { StorageFullError, type Store } from '../store/store.ts'
import type { FolderRow } from '../store/tables/folders.ts'
import { forgetUid, noteFailure } from '../store/tables/remote-messages.ts'

/** Messages between fetch and database: enough to keep the parsers busy, few enough to keep memory flat. */
const MAX_WAITING = 300
const MAX_WAITING_BYTES = 32 * 1024 * 1024
/** What a transaction should take, in ms, so that a read never waits long behind it; its size follows from that. */
const BATCH_MS = 15
const MIN_BATCH = 8
const MAX_BATCH = 100
/** A question is read, asked and answered over several turns of the loop: it is not to wait for a transaction at each. */
const TURNS_BETWEEN = 16

/** A message whose bytes are on the disk. */
export type RawMessage = {
  uid: number
  rawHash: Uint8Array
  /** Null when they have to be read from there. */
  raw: Uint8Array | null
  internalDate: number
  size: number
  seen: boolean
  answered: boolean
}

type Waiting = { message: RawMessage; parsed: Promise<ParseResult> }

/**
 * From safe bytes to ingested messages: parses in worker threads, several at once, and ingests in small transactions
 * in the order they came (newest first), giving the event loop a turn in between.
 */
export class IngestQueue {
  readonly #channelId: string
  readonly #folder: FolderRow
  readonly #connectedAt: number
  readonly #store: Store
  readonly #ingest: Ingest
  readonly #parser: MimeParser
  readonly #log: Logger
  readonly #waiting: Waiting[] = []
  #bytes = 0
  #batch = 25
  #busy: Promise<void> | null = null
  #failure: unknown = null
  #onRoom: (() => void) | null = null

  /**
   * @param deps.folder  as it was before the pass: what has its `next_uid` or a higher one is new mail
   * @param deps.connectedAt  when the channel was connected, in ms: on the first pass what came since then is new mail
   */
  constructor(deps: {
    channelId: string
    folder: FolderRow
    connectedAt: number
    store: Store
    ingest: Ingest
    parser: MimeParser
    log: Logger
  }) {
    this.#channelId = deps.channelId
    this.#folder = deps.folder
    this.#connectedAt = deps.connectedAt
    this.#store = deps.store
    this.#ingest = deps.ingest
    this.#parser = deps.parser
    this.#log = deps.log
  }

  /** Takes messages in; resolves when there is room for more. Rejects when storing failed. */
  async add(messages: readonly RawMessage[]): Promise<void> {
    this.#throwFailure()
    for (const message of messages) {
      const parsed = this.#parse(message)
      // Awaited by the consumer; this only keeps an early rejection from being unhandled.
      parsed.catch(() => undefined)
      this.#waiting.push({ message: { ...message, raw: null }, parsed })
      this.#bytes += message.size
    }
    this.#busy ??= this.#consume().finally(() => {
      this.#busy = null
    })
    while (
      (this.#waiting.length > MAX_WAITING || this.#bytes > MAX_WAITING_BYTES) &&
      this.#failure === null &&
      this.#busy !== null
    ) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve
      })
    }
    this.#throwFailure()
  }

  /** Resolves when everything that was added is ingested or set aside. */
  async drained(): Promise<void> {
    await this.#busy
    this.#throwFailure()
  }

  /** Ends the work after the transaction that runs; what waits is found unfinished by the next pass. */
  async stop(): Promise<void> {
    this.#failure ??= new Error('This queue was stopped.')
    this.#waiting.length = 0
    this.#bytes = 0
    await this.#busy
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure
  }

  async #parse(message: RawMessage): Promise<ParseResult> {
    const raw = message.raw ?? (await this.#store.blobs.get(this.#store.read, message.rawHash))
    return await this.#parser.parse(raw)
  }

  async #consume(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, this.#batch)
        const ready: Incoming[] = []
        for (const { message, parsed } of batch) {
          this.#bytes -= message.size
          try {
            ready.push(this.#incoming(message, await parsed))
          } catch (error) {
            // The parser itself rejects only when it cannot work at all, which says nothing about the message.
            if (!(error instanceof BlobDamagedError)) throw error
            this.#fetchAgain(message, error)
          }
        }
        if (this.#failure !== null) return
        const start = performance.now()
        this.#ingestBatch(ready)
        this.#adapt(performance.now() - start, ready.length)
        this.#onRoom?.()
        await this.#store.room()
        for (let turn = 0; turn < TURNS_BETWEEN; turn += 1) await nextTurn()
      }
    } catch (error) {
      this.#failure ??= error
    } finally {
      this.#onRoom?.()
    }
  }

  /** The next transaction's size, from what the last one took. */
  #adapt(tookMs: number, messages: number): void {
    if (messages === 0) return
    const fitting = Math.floor((BATCH_MS * messages) / Math.max(tookMs, 0.1))
    this.#batch = Math.max(MIN_BATCH, Math.min(MAX_BATCH, fitting, this.#batch * 2))
  }

  /** Before the folder was read to its end once, what tells new mail from history is when the server took it. */
  #isNew({ uid, internalDate }: RawMessage): boolean {
    const { next_uid: nextUid } = this.#folder
    return nextUid === null ? internalDate >= this.#connectedAt : uid >= nextUid
  }

  #incoming(message: RawMessage, parsed: ParseResult): Incoming {
    return {
      remote: { folderId: this.#folder.id, uid: message.uid },
      origin: this.#folder.role === 'sent' ? 'sent' : 'inbox',
      rawHash: message.rawHash,
      size: message.size,
      arrival: message.internalDate,
      flags: { seen: message.seen, answered: message.answered },
      live: this.#isNew(message),
      parsed,
    }
  }

  #ingestBatch(batch: Incoming[]): void {
    if (batch.length === 0) return
    try {
      this.#ingest.batch(this.#channelId, batch)
    } catch (error) {
      if (error instanceof StorageFullError) throw error
      if (batch.length === 1) {
        this.#noteFailure(batch[0]!.remote!.uid, error)
        return
      }
      // One message spoils the transaction: each gets its own, so that all others go on (fault 14).
      for (const incoming of batch) this.#ingestBatch([incoming])
    }
  }

  #noteFailure(uid: number, error: unknown): void {
    this.#log.error({ err: error, uid, path: this.#folder.path }, 'a message could not be ingested')
    this.#store.write(({ db, changed }) => {
      const text = error instanceof Error ? error.message : String(error)
      if (noteFailure(db, this.#folder.id, uid, text)) changed('channels', this.#channelId)
    })
  }

  /** Bytes that were safe are damaged (fault 41): forgotten, they are a gap, which the pass fetches. */
  #fetchAgain(message: RawMessage, error: BlobDamagedError): void {
    this.#log.warn(
      { err: error, uid: message.uid, path: this.#folder.path },
      'stored bytes are fetched again',
    )
    this.#store.write(({ db }) => {
      this.#store.blobs.forget(db, message.rawHash)
      forgetUid(db, this.#folder.id, message.uid)
    })
  }
}
