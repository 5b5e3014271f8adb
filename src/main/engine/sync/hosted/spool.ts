import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Ingest } from '../../ingest/ingest.ts'
import type { MimeParser } from '../../mime/types.ts'
import { BlobDamagedError } from '../../store/blobs.ts'
import { StorageFullError, type Store } from '../../store/store.ts'
import {
  markReceivedIngested,
  noteReceivedFailure,
  spooledMail,
  type ReceivedRow,
} from '../../store/tables/received-mail.ts'

type SpoolDeps = {
  store: Store
  ingest: Ingest
  parser: MimeParser
  log: Logger
  /** The wait before a full disk is tried again, in ms. */
  storageRetryMs: number
}

/**
 * Ingests what the receiver stored. The sender was told that it is safe, so nothing here may lose it: a message stays in
 * the spool until it is among the messages, whenever the process ends (fault 31).
 */
export class Spool {
  readonly #deps: SpoolDeps
  #working: Promise<void> | null = null
  #again = false
  #closed = false
  #timer: NodeJS.Timeout | null = null

  constructor(deps: SpoolDeps) {
    this.#deps = deps
  }

  /** Looks for what waits; called at start and after every message that was stored. */
  wake(): void {
    if (this.#closed) return
    if (this.#working) {
      this.#again = true
      return
    }
    this.#working = this.#work()
      .catch((error: unknown) => this.#rest(error))
      .finally(() => {
        this.#working = null
        if (!this.#again) return
        this.#again = false
        this.wake()
      })
  }

  /** The disk is full, or the parser cannot work: nothing about the messages, so all of them wait. */
  #rest(error: unknown): void {
    if (this.#closed) return
    if (!(error instanceof StorageFullError))
      this.#deps.log.error({ err: error }, 'received mail has to wait')
    this.#timer = setTimeout(() => this.wake(), this.#deps.storageRetryMs)
  }

  async #work(): Promise<void> {
    for (;;) {
      const rows = spooledMail(this.#deps.store.read, 20)
      if (rows.length === 0) return
      for (const row of rows) {
        if (this.#closed) return
        await this.#file(row)
        await nextTurn()
      }
    }
  }

  async #file(row: ReceivedRow): Promise<void> {
    const { store, ingest, parser, log } = this.#deps
    let raw: Buffer
    try {
      raw = await store.blobs.get(store.read, row.raw_hash)
    } catch (error) {
      if (!(error instanceof BlobDamagedError)) throw error
      this.#failed(row, error)
      return
    }
    const parsed = await parser.parse(raw)
    if (this.#closed) return
    try {
      const [ingested] = ingest.batch(row.channel_id, [
        {
          remote: null,
          origin: 'inbox',
          rawHash: row.raw_hash,
          size: row.size,
          arrival: row.received_at,
          flags: { seen: false, answered: false },
          live: true,
          parsed,
        },
      ])
      store.write(({ db }) => markReceivedIngested(db, row.id, ingested?.messageId || null))
    } catch (error) {
      if (error instanceof StorageFullError) throw error
      log.error({ err: error, id: row.id }, 'a received message could not be ingested')
      this.#failed(row, error)
    }
  }

  #failed(row: ReceivedRow, error: unknown): void {
    this.#deps.store.write(({ db, changed }) => {
      const text = error instanceof Error ? error.message : String(error)
      if (noteReceivedFailure(db, row.id, text)) changed('channels', row.channel_id)
    })
  }

  /** Ends after the message that is being filed; the others are found at the next start. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#working
  }
}
