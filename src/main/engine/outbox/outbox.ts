import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Drivers } from '../channels/registry.ts'
import { SendError, type ChannelSecrets } from '../channels/types.ts'
import type { Ingest } from '../ingest/ingest.ts'
import { weAnswered } from '../crm/tickets.ts'
import { backoffMs } from '../lib/backoff.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { MimeParser } from '../mime/types.ts'
import { appendOp } from '../store/ops.ts'
import { messageById } from '../store/queries/messages.ts'
import type { OutboxState } from '../store/queries/outgoing.ts'
import { partOfMessage } from '../store/grouping/structure.ts'
import { StorageFullError, type Store, type Write } from '../store/store.ts'
import { deleteSentDrafts } from '../store/tables/drafts.ts'
import {
  deleteOutbox,
  dueItems,
  firstTryAt,
  itemsInState,
  logOutbox,
  nextRelease,
  outboxById,
  outboxRecipients,
  releaseRetries,
  setRecipientState,
  updateOutbox,
  type OutboxRow,
} from '../store/tables/outbox.ts'
import { channelById, setSmtpMaxBytes } from '../store/tables/channels.ts'
import { queueFlag } from '../store/tables/remote-messages.ts'
import { sendingChannel } from '../sync/hosted/sending-channel.ts'
import type { Sync } from '../sync/types.ts'
import type { Clock, EngineTimeouts } from '../types.ts'
import { envelopeAddress } from './addresses.ts'
import { backToDraft, isUntouched, returnAllAnswered, returnIfAnswered } from './if-quiet.ts'
import { noteQuotesSent } from './insertables/quotes/noting.ts'
import { findSent } from './look-up.ts'
import { outcomeOf, outcomeOfFailure, type Outcome } from './outcome.ts'
import { SentCopies } from './sent-copies.ts'
import { Transports } from './transports.ts'

/** A message that met only temporary refusals for this long is given up (RFC 5321 section 4.5.4.1 asks for 4 to 5 days). */
const GIVE_UP_MS = 4 * 24 * 60 * 60 * 1000
const LONGEST_RETRY_MS = 30 * 60_000
/** Timers beyond this wake early and look again (setTimeout takes 31 bits). */
const MAX_TIMER_MS = 60 * 60 * 1000

export type OutboxDeps = {
  store: Store
  ingest: Ingest
  mime: MimeParser
  sync: Sync
  drivers: Drivers
  log: Logger
  clock: Clock
  timeouts: EngineTimeouts
  secrets(channelId: string): Promise<ChannelSecrets>
}

/**
 * The durable send queue. Every step is on the disk before it is taken, so that a message is sent once whenever the
 * process ends: before the end of DATA it is sent again after the restart; after it, with no answer seen, it is
 * "unknown", looked for on the server, and else the user is asked (faults 21 to 25).
 */
export class Outbox {
  readonly #deps: OutboxDeps
  readonly #copies: SentCopies
  readonly #transports: Transports
  /** Items being sent, and the channels that are busy with one. */
  readonly #active = new Map<string, Promise<void>>()
  readonly #busyChannels = new Set<string>()
  /** Items of unknown outcome that are being looked for. */
  readonly #looks = new Map<string, AbortController>()
  readonly #ended = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #unwatch: () => void = () => undefined
  /** Nothing is begun before this moment of the monotonic clock: something failed that has nothing to do with an item. */
  #notBefore = 0

  constructor(deps: OutboxDeps) {
    this.#deps = deps
    this.#copies = new SentCopies(deps)
    this.#transports = new Transports(deps)
  }

  /** Takes up what an earlier run left, then works as items fall due. */
  start(): void {
    const { store } = this.#deps
    for (const item of itemsInState(store.read, 'sending')) {
      if (item.end_of_data_at === null) {
        this.#move(item, 'queued', 'Anteroom ended before the message left; it is sent now.', {
          release_at: this.#deps.clock.now(),
        })
      } else {
        this.#move(
          item,
          'unknown',
          'Anteroom ended after the message had left and before the server had answered.',
        )
      }
    }
    for (const item of itemsInState(store.read, 'unknown')) this.#lookFor(item)
    this.#unwatch = store.onChange(({ changes }) => {
      if (changes.some(({ entity }) => entity === 'threads')) queueMicrotask(() => this.#returnAnswered())
    })
    this.#returnAnswered()
    this.#copies.wake()
    this.wake()
  }

  /** What was to be sent only if nobody answered, and somebody did, becomes a draft again. */
  #returnAnswered(): void {
    if (this.#ended.signal.aborted) return
    try {
      returnAllAnswered(this.#deps.store)
    } catch (error) {
      // Looked at again before it leaves.
      this.#deps.log.warn({ err: error }, 'what was answered meanwhile could not be put back')
    }
  }

  /** Looks for what is due; called after every change of the queue. */
  wake(): void {
    if (this.#ended.signal.aborted) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const { store, clock } = this.#deps
    const pause = this.#notBefore - performance.now()
    if (pause > 0) {
      this.#timer = setTimeout(() => this.wake(), pause)
      return
    }
    for (const item of dueItems(store.read, clock.now())) {
      if (this.#active.has(item.id) || this.#busyChannels.has(item.channel_id)) continue
      this.#busyChannels.add(item.channel_id)
      const done = this.#send(item.id)
        .catch((error: unknown) => {
          this.#deps.log.error({ err: error, item: item.id }, 'an outbox item failed unexpectedly')
          this.#notBefore = performance.now() + this.#deps.timeouts.storageRetry
        })
        .finally(() => {
          this.#busyChannels.delete(item.channel_id)
          this.#active.delete(item.id)
          this.wake()
        })
      this.#active.set(item.id, done)
    }
    const next = nextRelease(store.read)
    if (next === null) return
    // What is due but waits for its channel is found when that channel is free again.
    const delay = Math.max(next - clock.now(), this.#busyChannels.size > 0 ? 1000 : 1)
    this.#timer = setTimeout(() => this.wake(), Math.min(delay, MAX_TIMER_MS))
  }

  /** One step of an item: state, log line and event in one durable transaction. */
  #move(
    item: Pick<OutboxRow, 'id' | 'thread_id'>,
    state: OutboxState,
    text: string,
    values: Partial<OutboxRow> = {},
    also?: (write: Write) => void,
  ): void {
    this.#deps.store.write(
      (write) => {
        updateOutbox(write.db, item.id, { state, ...values })
        logOutbox(write.db, item.id, write.now, state, text)
        also?.(write)
        write.changed('outbox', item.id)
        if (item.thread_id) write.changed('threads', item.thread_id)
      },
      { durable: true },
    )
  }

  async #send(id: string): Promise<void> {
    const { store, clock, log } = this.#deps
    const item = outboxById(store.read, id)
    if (!item || (item.state !== 'held' && item.state !== 'queued') || item.release_at > clock.now()) return
    if (returnIfAnswered(store, item)) return
    const open = outboxRecipients(store.read, id).filter(
      (one) => one.state === 'pending' || one.state === 'deferred',
    )
    const attempts = item.attempts + 1
    this.#move(item, 'sending', `Try ${attempts}: to ${open.map((one) => one.address).join(', ')}.`, {
      attempts,
      end_of_data_at: null,
    })
    const envelopes = new Map(open.map((one) => [envelopeAddress(one), one.address]))
    const giveUp = clock.now() - (firstTryAt(store.read, id) ?? clock.now()) > GIVE_UP_MS
    let outcome: Outcome
    try {
      const raw = await store.blobs.get(store.read, item.raw_hash)
      const transport = await this.#transports.of(item.channel_id)
      const result = await transport.send(
        { from: envelopeAddress({ name: '', address: item.from_address }), to: [...envelopes.keys()] },
        raw,
        {
          beforeEndOfData: () => {
            this.#move(
              item,
              'sending',
              'The message has been handed over; waiting for the answer of the server.',
              { end_of_data_at: clock.now() },
            )
          },
          takes: (maxBytes) => this.#noteLimit(item.channel_id, maxBytes),
        },
      )
      const recipients = outboxRecipients(store.read, id)
      outcome = outcomeOf(recipients, result, (address) => envelopes.get(address), giveUp)
    } catch (error) {
      this.#transports.drop(item.channel_id)
      if (!(error instanceof SendError)) log.error({ err: error, item: id }, 'sending failed')
      const known = error instanceof Error ? error : new Error(String(error))
      outcome = outcomeOfFailure(outboxRecipients(store.read, id), known, giveUp)
    }
    await this.#settle({ ...item, attempts }, outcome)
  }

  /** Keeps what the server takes at most, for whoever writes from there. */
  #noteLimit(channelId: string, maxBytes: number | null): void {
    const { store, log } = this.#deps
    const own = channelById(store.read, channelId)
    const through = own && sendingChannel(store.read, own)
    if (!through || through.smtp_max_bytes === maxBytes) return
    try {
      store.write(({ db, changed }) => {
        setSmtpMaxBytes(db, through.id, maxBytes)
        changed('channels', through.id)
      })
    } catch (error) {
      // No reason not to send: it is noted with the next mail.
      log.warn({ err: error, channelId }, 'what the server takes at most could not be noted')
    }
  }

  /** Writes down how a try went. A full disk delays that and loses nothing: until then the item counts as being sent. */
  async #settle(item: OutboxRow, outcome: Outcome): Promise<void> {
    const { signal } = this.#ended
    for (;;) {
      try {
        this.#record(item, outcome)
        break
      } catch (error) {
        if (!(error instanceof StorageFullError) || signal.aborted) throw error
        const { storageRetry } = this.#deps.timeouts
        await sleep(storageRetry, undefined, { signal }).catch(() => undefined)
      }
    }
    if (outcome.state === 'unknown') this.#lookFor(item)
    this.#copies.wake()
  }

  #record(item: OutboxRow, { state, recipients, text }: Outcome): void {
    const now = this.#deps.clock.now()
    const gotIt = recipients.some((one) => one.state === 'accepted')
    const isFirst = gotIt && item.sent_at === null
    const values: Partial<OutboxRow> = { server_text: text }
    // An unknown outcome keeps the moment that made it so.
    if (state !== 'unknown') values.end_of_data_at = null
    if (state === 'queued')
      values.release_at = now + backoffMs(item.attempts, this.#deps.timeouts.sendRetry, LONGEST_RETRY_MS)
    if (isFirst) values.sent_at = now
    const said = state === 'unknown' ? `No answer after the message had left: ${text}` : text
    this.#move(item, state, said, values, (write) => {
      for (const one of recipients) {
        setRecipientState(write.db, item.id, one.address, one.state, one.server_text)
        if (state !== 'unknown' && (one.state === 'failed' || one.state === 'deferred'))
          logOutbox(write.db, item.id, write.now, one.state, `${one.address}: ${one.server_text ?? ''}`)
      }
      if (isFirst) this.#arrived(write, item)
    })
  }

  /** What follows once somebody got it. */
  #arrived(write: Write, item: OutboxRow): void {
    if (item.draft_id !== null) noteQuotesSent(write, this.#deps.store, item.author_id, item.draft_id)
    this.#answered(write, item)
  }

  /** Of a mail that answers another one, nothing of others. */
  #answered(write: Write, item: OutboxRow): void {
    if (item.source_message_id === null) return
    this.#markAnswered(write, item)
    if (item.thread_id)
      weAnswered(
        write,
        this.#deps.store,
        item.author_id,
        (item.source_message_id && partOfMessage(write.db, item.source_message_id)) ?? item.thread_id,
      )
  }

  /** The message that was answered carries \Answered from now on, here and on the server. */
  #markAnswered(write: Write, item: OutboxRow): void {
    const source = item.source_message_id ? messageById(write.db, item.source_message_id) : undefined
    if (!source || source.answered === 1) return
    appendOp(write, this.#deps.store.hlc, item.author_id, {
      entity: 'message',
      id: source.id,
      kind: 'set',
      values: { answered: 1 },
    })
    queueFlag(write.db, source.rowid, 'answered', true)
    write.changed('messages', source.id)
    this.#deps.sync.flagsChanged(source.channel_id)
  }

  /** Found on the server, an item of unknown outcome was sent; not found decides nothing, and the user is asked. */
  #lookFor(item: OutboxRow): void {
    // Whoever got it at an earlier try made us put a copy into Sent, so finding that one says nothing about this try.
    if (item.sent_at !== null || this.#looks.has(item.id)) return
    const stop = new AbortController()
    this.#looks.set(item.id, stop)
    const signal = AbortSignal.any([stop.signal, this.#ended.signal])
    findSent(this.#deps, item.channel_id, item.message_id, signal)
      .then((found) => {
        if (!found || signal.aborted) return
        const text = `Found on the server in ${found.path}, so it was sent.`
        this.#declareSent(item.id, text, found.role === 'sent' ? { copy_state: 'done' } : {})
      })
      .catch((error: unknown) => {
        this.#deps.log.error(
          { err: error, item: item.id },
          'what was found about a message could not be noted',
        )
      })
      .finally(() => this.#looks.delete(item.id))
  }

  #declareSent(id: string, text: string, values: Partial<OutboxRow>): void {
    const item = outboxById(this.#deps.store.read, id)
    if (item?.state !== 'unknown') return
    const recipients = outboxRecipients(this.#deps.store.read, id)
    const failed = recipients.some((one) => one.state === 'failed')
    const at = { sent_at: item.sent_at ?? this.#deps.clock.now(), end_of_data_at: null }
    this.#move(item, failed ? 'partly_sent' : 'sent', text, { ...at, ...values }, (write) => {
      for (const one of recipients) {
        if (one.state === 'pending' || one.state === 'deferred')
          setRecipientState(write.db, id, one.address, 'accepted', text)
      }
      this.#arrived(write, item)
    })
    this.#copies.wake()
  }

  /** To be called when a channel's servers or passwords changed: what waits for another try is tried now. */
  channelChanged(channelId: string): void {
    this.#transports.drop(channelId)
    this.#deps.store.write(({ db, now, changed }) => {
      for (const id of releaseRetries(db, channelId, now)) changed('outbox', id)
    })
    this.#copies.wake()
    this.wake()
  }

  #must(id: string): OutboxRow {
    const item = outboxById(this.#deps.store.read, id)
    if (!item) throw new DomainError('NOT_FOUND', 'This message is not in the outbox any more.')
    return item
  }

  /** Back into a draft. Returns the draft's id. Throws CONFLICT when it is on its way or gone. */
  undo(id: string): string {
    const { store } = this.#deps
    return store.write(
      (write) => {
        const item = this.#must(id)
        if (!isUntouched(write.db, item))
          throw new DomainError('CONFLICT', 'It is too late to take this message back: it is on its way.')
        if (item.draft_id === null)
          throw new DomainError('NOT_FOUND', 'The draft of this message is not kept any more.')
        backToDraft(write, { ...item, draft_id: item.draft_id })
        return item.draft_id
      },
      { durable: true },
    )
  }

  /** Now, whatever it waits for. A failed one is tried again. */
  sendNow(id: string): void {
    const item = this.#must(id)
    if (!['held', 'queued', 'failed'].includes(item.state)) {
      throw new DomainError('CONFLICT', 'This message is on its way or sent already.')
    }
    this.#move(
      item,
      'queued',
      'Sent by hand.',
      { release_at: this.#deps.clock.now(), quiet_count: null },
      ({ db }) => {
        if (item.state !== 'failed') return
        for (const one of outboxRecipients(db, id)) {
          if (one.state === 'failed') setRecipientState(db, id, one.address, 'pending', null)
        }
      },
    )
    this.wake()
  }

  /** The user's word on an unknown outcome (fault 22). */
  resolve(id: string, as: 'sent' | 'send_again'): void {
    const item = this.#must(id)
    if (item.state !== 'unknown')
      throw new DomainError('CONFLICT', 'What became of this message is known by now.')
    this.#looks.get(id)?.abort()
    if (as === 'sent') {
      this.#declareSent(id, 'Somebody confirmed that it arrived.', {})
      return
    }
    this.#move(item, 'queued', 'Somebody chose to send it again.', {
      release_at: this.#deps.clock.now(),
      end_of_data_at: null,
    })
    this.wake()
  }

  /** Gives up one that failed or is unknown, and its draft with it. */
  discard(id: string): void {
    const item = this.#must(id)
    if (!['failed', 'unknown'].includes(item.state)) {
      throw new DomainError(
        'CONFLICT',
        'Only a message that failed can be given up. Take this one back instead.',
      )
    }
    this.#looks.get(id)?.abort()
    this.#deps.store.write(
      ({ db, changed }) => {
        deleteSentDrafts(db, [id])
        deleteOutbox(db, id)
        changed('outbox', id)
        if (item.draft_id) changed('drafts', item.draft_id)
        if (item.thread_id) changed('threads', item.thread_id)
      },
      { durable: true },
    )
  }

  /** Lets what is on the wire finish for a moment; what does not is found in its state at the next start. */
  async close(): Promise<void> {
    this.#ended.abort()
    this.#unwatch()
    if (this.#timer) clearTimeout(this.#timer)
    let patience: NodeJS.Timeout | undefined
    await Promise.race([
      Promise.allSettled([...this.#active.values(), this.#copies.close()]),
      new Promise((resolve) => {
        patience = setTimeout(resolve, 2000)
      }),
    ])
    clearTimeout(patience)
    this.#transports.close()
  }
}
