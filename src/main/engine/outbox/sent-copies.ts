import type { MailSession } from '../channels/types.ts'
import { backoffMs } from '../lib/backoff.ts'
import { groupBy } from '../lib/group-by.ts'
import {
  logOutbox,
  nextCopyRetry,
  outboxById,
  outboxRecipients,
  pendingCopies,
  unfiledItems,
  updateOutbox,
  type OutboxRow,
} from '../store/tables/outbox.ts'
import { channelById } from '../store/tables/channels.ts'
import { ownCopy } from './build-message.ts'
import type { OutboxDeps } from './outbox.ts'
import { filePersonalCopy } from './personal-copies.ts'

const LONGEST_MS = 30 * 60_000
const MAX_TIMER_MS = 60_000

type SentCopiesDeps = Pick<OutboxDeps, 'store' | 'ingest' | 'mime' | 'sync' | 'clock' | 'log' | 'timeouts'>

/**
 * What happens to a message after it was sent: its copy re-enters by ingest, so that it stands in its thread, and
 * goes into Sent on the server unless the provider files it. A failing copy is tried again alone (fault 25).
 */
export class SentCopies {
  readonly #deps: SentCopiesDeps
  #timer: NodeJS.Timeout | null = null
  #working: Promise<void> | null = null
  #again = false
  #closed = false
  /** Tries in a row in which something could not be filed here. */
  #failures = 0

  constructor(deps: SentCopiesDeps) {
    this.#deps = deps
  }

  /** Begins no more; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#working
  }

  wake(): void {
    if (this.#closed) return
    if (this.#working) {
      this.#again = true
      return
    }
    this.#working = this.#work()
      .then((allFiled) => {
        this.#failures = allFiled ? 0 : this.#failures + 1
      })
      .catch((error: unknown) => {
        this.#failures += 1
        this.#deps.log.error({ err: error }, 'filing sent messages failed')
      })
      .finally(() => {
        this.#working = null
        this.#schedule()
      })
  }

  #schedule(): void {
    if (this.#closed) return
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#again) {
      this.#again = false
      this.wake()
      return
    }
    const { store, clock, timeouts } = this.#deps
    const copy = nextCopyRetry(store.read)
    const delays = [
      ...(copy === null ? [] : [Math.max(1, copy - clock.now())]),
      ...(this.#failures === 0 ? [] : [backoffMs(this.#failures, timeouts.storageRetry, LONGEST_MS)]),
    ]
    if (delays.length === 0) return
    // After a failure that could not be noted (a full disk), the copy looks due at once: it waits like the rest.
    const wait = this.#failures > 0 ? Math.max(...delays) : Math.min(...delays)
    this.#timer = setTimeout(() => this.wake(), Math.min(wait, MAX_TIMER_MS))
  }

  /** @returns false when something could not be filed here */
  async #work(): Promise<boolean> {
    const { store, clock, log } = this.#deps
    let allFiled = true
    for (const item of unfiledItems(store.read)) {
      if (this.#closed) return true
      try {
        await this.#file(item)
      } catch (error) {
        // The others must not wait for one whose bytes are damaged.
        log.error({ err: error, item: item.id }, 'a sent message could not be filed')
        allFiled = false
      }
    }
    for (const [channelId, items] of groupBy(
      pendingCopies(store.read, clock.now()),
      (one) => one.channel_id,
    )) {
      if (this.#closed) return true
      await this.#appendAll(channelId, items)
    }
    return allFiled
  }

  /** What the sender keeps: with whoever got it unseen. */
  async #copyOf(item: OutboxRow): Promise<Buffer> {
    const { store } = this.#deps
    const raw = await store.blobs.get(store.read, item.raw_hash)
    return ownCopy(
      raw,
      outboxRecipients(store.read, item.id).filter((one) => one.kind === 'bcc'),
    )
  }

  /** Into the thread, by the same way as all mail. */
  async #file(item: OutboxRow): Promise<void> {
    const { store, ingest, mime, clock } = this.#deps
    const raw = await this.#copyOf(item)
    const parsed = await mime.parse(raw)
    const channel = channelById(store.read, item.channel_id)
    if (channel?.purpose === 'personal' && channel.user_id !== null) {
      filePersonalCopy(this.#deps, channel, item, raw, parsed)
      return
    }
    const rawHash = store.write(({ db }) => store.blobs.put(db, [raw])[0]!)
    const [ingested] = ingest.batch(item.channel_id, [
      {
        remote: null,
        origin: 'sent',
        rawHash,
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

  /** All copies of a channel over one connection. */
  async #appendAll(channelId: string, items: readonly OutboxRow[]): Promise<void> {
    const waiting = new Set(items)
    try {
      await this.#deps.sync.withSession(channelId, async (session) => {
        const sent = (await session.listFolders()).find((one) => one.role === 'sent' && one.selectable)
        for (const item of items) {
          if (this.#closed) return
          try {
            await this.#append(session, sent?.path ?? null, item)
          } catch (error) {
            this.#noteFailure(item, error)
          }
          waiting.delete(item)
        }
      })
    } catch (error) {
      for (const item of waiting) this.#noteFailure(item, error)
    }
  }

  async #append(session: MailSession, path: string | null, item: OutboxRow): Promise<void> {
    const { clock } = this.#deps
    if (path === null) {
      this.#done(item, 'The server has no Sent folder; the copy is kept here only.')
      return
    }
    const raw = await this.#copyOf(item)
    // An earlier try may have got through without its answer, and some providers file what they send.
    if ((await session.findByMessageId(path, item.message_id)).length === 0) {
      await session.append(path, raw, { seen: true, at: item.sent_at ?? clock.now() })
    }
    this.#done(item, `A copy lies in ${path} on the server.`)
  }

  #done(item: OutboxRow, text: string): void {
    this.#deps.store.write(
      ({ db, now, changed }) => {
        updateOutbox(db, item.id, { copy_state: 'done' })
        logOutbox(db, item.id, now, 'copied', text)
        changed('outbox', item.id)
      },
      { durable: true },
    )
  }

  #noteFailure(item: OutboxRow, error: unknown): void {
    const { store, timeouts } = this.#deps
    store.write(({ db, now, changed }) => {
      // It may have been given up meanwhile.
      if (!outboxById(db, item.id)) return
      const attempts = item.copy_attempts + 1
      updateOutbox(db, item.id, {
        copy_attempts: attempts,
        copy_retry_at: now + backoffMs(attempts, timeouts.sendRetry, LONGEST_MS),
      })
      logOutbox(db, item.id, now, 'copy_failed', error instanceof Error ? error.message : String(error))
      changed('outbox', item.id)
    })
  }
}
