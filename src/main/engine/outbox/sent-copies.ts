import { backoffMs } from '../lib/backoff.ts'
import {
  logOutbox,
  nextCopyRetry,
  pendingCopies,
  unfiledItems,
  updateOutbox,
  type OutboxRow,
} from '../store/tables/outbox.ts'
import type { OutboxDeps } from './outbox.ts'

/**
 * What happens to a message after it was sent: its copy re-enters by ingest, so that it stands in its thread, and
 * goes into Sent on the server unless the provider files it. A failing copy is tried again alone (fault 25).
 */
export class SentCopies {
  readonly #deps: Omit<OutboxDeps, 'secrets'>
  #timer: NodeJS.Timeout | null = null
  #working = false
  #again = false
  #closed = false

  constructor(deps: Omit<OutboxDeps, 'secrets'>) {
    this.#deps = deps
  }

  start(): void {
    this.wake()
  }

  close(): void {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  wake(): void {
    if (this.#closed) return
    if (this.#working) {
      this.#again = true
      return
    }
    this.#working = true
    void this.#work()
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'filing sent messages failed'))
      .finally(() => {
        this.#working = false
        if (this.#closed) return
        if (this.#again) {
          this.#again = false
          this.wake()
          return
        }
        const next = nextCopyRetry(this.#deps.store.read)
        if (this.#timer) clearTimeout(this.#timer)
        if (next !== null) {
          this.#timer = setTimeout(
            () => this.wake(),
            Math.max(1000, Math.min(next - this.#deps.clock.now(), 60_000)),
          )
        }
      })
  }

  async #work(): Promise<void> {
    const { store, clock } = this.#deps
    for (const item of unfiledItems(store.read)) await this.#file(item)
    for (const item of pendingCopies(store.read, clock.now())) {
      if (this.#closed) return
      await this.#append(item)
    }
  }

  /** Into the thread, by the same way as all mail. */
  async #file(item: OutboxRow): Promise<void> {
    const { store, ingest, mime, clock } = this.#deps
    const raw = await store.blobs.get(store.read, item.raw_hash)
    const parsed = await mime.parse(raw)
    const [ingested] = ingest.batch(item.channel_id, [
      {
        remote: null,
        origin: 'sent',
        rawHash: item.raw_hash,
        size: raw.byteLength,
        arrival: item.sent_at ?? clock.now(),
        flags: { seen: true, answered: false },
        live: true,
        parsed,
      },
    ])
    store.write(
      ({ db, now, changed }) => {
        updateOutbox(db, item.id, { filed_at: now, thread_id: ingested!.threadId })
        changed('outbox', item.id)
        changed('threads', ingested!.threadId)
      },
      { durable: true },
    )
  }

  async #append(item: OutboxRow): Promise<void> {
    const { store, sync, clock } = this.#deps
    const done = (text: string): void => {
      store.write(
        ({ db, now, changed }) => {
          updateOutbox(db, item.id, { copy_state: 'done' })
          logOutbox(db, item.id, now, 'copied', text)
          changed('outbox', item.id)
        },
        { durable: true },
      )
    }
    try {
      const raw = await store.blobs.get(store.read, item.raw_hash)
      await sync.withSession(item.channel_id, async (session) => {
        const sent = (await session.listFolders()).find(
          (folder) => folder.role === 'sent' && folder.selectable,
        )
        if (!sent) {
          done('The server has no Sent folder; the copy is kept here only.')
          return
        }
        // An earlier try may have got through without its answer.
        if ((await session.findByMessageId(sent.path, item.message_id)).length === 0) {
          await session.append(sent.path, raw, { seen: true, at: item.sent_at ?? clock.now() })
        }
        done(`A copy lies in ${sent.path} on the server.`)
      })
    } catch (error) {
      store.write(({ db, now, changed }) => {
        const attempts = item.copy_attempts + 1
        updateOutbox(db, item.id, {
          copy_attempts: attempts,
          copy_retry_at: now + backoffMs(attempts, 5_000, 30 * 60_000),
        })
        logOutbox(db, item.id, now, 'copy_failed', error instanceof Error ? error.message : String(error))
        changed('outbox', item.id)
      })
    }
  }
}
