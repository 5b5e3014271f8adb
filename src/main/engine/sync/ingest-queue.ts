import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Ingest } from '../ingest/ingest.ts'
import type { Incoming } from '../ingest/types.ts'
import type { MimeParser, ParseResult } from '../mime/types.ts'
import { StorageFullError, type Store } from '../store/store.ts'
import { noteFailure } from '../store/tables/remote-messages.ts'
import type { FolderRow } from '../store/tables/folders.ts'
import type { RawMessage } from './folder-sync.ts'

/** Messages between fetch and database: enough to keep the parsers busy, few enough to keep memory flat. */
const MAX_WAITING = 300
/** Messages of one transaction. Small, so that a read never waits long behind it. */
const BATCH = 25

type Waiting = { message: RawMessage & { live: boolean }; parsed: Promise<ParseResult> }

/**
 * From safe bytes to ingested messages: parses in worker threads, several at once, and ingests in small transactions
 * in the order they came (newest first), giving the event loop a turn in between.
 */
export class IngestQueue {
  readonly #channelId: string
  readonly #folder: FolderRow
  readonly #store: Store
  readonly #ingest: Ingest
  readonly #parser: MimeParser
  readonly #log: Logger
  readonly #waiting: Waiting[] = []
  #busy: Promise<void> | null = null
  #failure: unknown = null
  #onRoom: (() => void) | null = null

  constructor(deps: {
    channelId: string
    folder: FolderRow
    store: Store
    ingest: Ingest
    parser: MimeParser
    log: Logger
  }) {
    this.#channelId = deps.channelId
    this.#folder = deps.folder
    this.#store = deps.store
    this.#ingest = deps.ingest
    this.#parser = deps.parser
    this.#log = deps.log
  }

  /** Takes messages in; resolves when there is room for more. Rejects when storing failed. */
  async add(messages: readonly (RawMessage & { live: boolean })[]): Promise<void> {
    for (const message of messages) {
      const bytes = message.raw
        ? Promise.resolve(message.raw)
        : this.#store.blobs.get(this.#store.read, message.rawHash)
      const parsed = bytes.then((raw) => this.#parser.parse(raw))
      // Awaited by the consumer; this only keeps an early rejection from being unhandled.
      parsed.catch(() => undefined)
      this.#waiting.push({ message: { ...message, raw: null }, parsed })
    }
    this.#busy ??= this.#consume().finally(() => {
      this.#busy = null
    })
    while (this.#waiting.length > MAX_WAITING && this.#failure === null) {
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

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure
  }

  async #consume(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, BATCH)
        const ready: Incoming[] = []
        for (const { message, parsed } of batch) {
          try {
            ready.push(this.#incoming(message, await parsed))
          } catch (error) {
            this.#noteFailure(message.uid, error)
          }
        }
        this.#ingestBatch(ready)
        this.#onRoom?.()
        await nextTurn()
      }
    } catch (error) {
      this.#failure = error
      this.#onRoom?.()
    }
  }

  #incoming(message: RawMessage & { live: boolean }, parsed: ParseResult): Incoming {
    return {
      remote: { folderId: this.#folder.id, uid: message.uid },
      origin: this.#folder.role === 'sent' ? 'sent' : 'inbox',
      rawHash: message.rawHash,
      size: message.size,
      arrival: message.internalDate,
      flags: { seen: message.seen, answered: message.answered },
      live: message.live,
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
    if (error instanceof StorageFullError) throw error
    this.#log.error({ error, uid, path: this.#folder.path }, 'a message could not be ingested')
    this.#store.write(({ db, changed }) => {
      const text = error instanceof Error ? error.message : String(error)
      if (noteFailure(db, this.#folder.id, uid, text)) changed('channels', this.#channelId)
    })
  }
}
