import type { Logger } from 'pino'
import { driverFor } from '../channels/registry.ts'
import {
  NO_SECRETS,
  SendError,
  type ChannelSecrets,
  type MailTransport,
  type SendResult,
} from '../channels/types.ts'
import type { Ingest } from '../ingest/ingest.ts'
import { backoffMs } from '../lib/backoff.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { MimeParser } from '../mime/types.ts'
import { appendOp } from '../store/ops.ts'
import { messageById } from '../store/queries/messages.ts'
import type { OutboxState } from '../store/queries/outgoing.ts'
import type { Store, Write } from '../store/store.ts'
import { channelById, channelServers } from '../store/tables/channels.ts'
import { setDraftOutbox } from '../store/tables/drafts.ts'
import {
  deleteOutbox,
  dueItems,
  itemsInState,
  logOutbox,
  nextRelease,
  outboxById,
  outboxRecipients,
  setRecipientState,
  updateOutbox,
  type OutboxRow,
} from '../store/tables/outbox.ts'
import { queueFlag } from '../store/tables/remote-messages.ts'
import type { Sync } from '../sync/types.ts'
import type { Clock } from '../types.ts'
import { envelopeAddress } from './addresses.ts'
import { SentCopies } from './sent-copies.ts'

/** A message that met only temporary refusals for this long is given up (RFC 5321 section 4.5.4.1 asks for 4 to 5 days). */
const GIVE_UP_MS = 4 * 24 * 60 * 60 * 1000
/** Timers beyond this wake early and look again (setTimeout takes 31 bits). */
const MAX_TIMER_MS = 60 * 60 * 1000

export type OutboxDeps = {
  store: Store
  ingest: Ingest
  mime: MimeParser
  sync: Sync
  log: Logger
  clock: Clock
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
  readonly #transports = new Map<string, Promise<MailTransport>>()
  /** Items being worked on, and the channels that are busy with one. */
  readonly #active = new Map<string, Promise<void>>()
  readonly #busyChannels = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(deps: OutboxDeps) {
    this.#deps = deps
    this.#copies = new SentCopies(deps)
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
    for (const item of itemsInState(store.read, 'unknown')) this.#run(item, () => this.#lookForIt(item))
    this.#copies.start()
    this.wake()
  }

  /** Looks for what is due; called after every change of the queue. */
  wake(): void {
    if (this.#closed) return
    const { store, clock } = this.#deps
    for (const item of dueItems(store.read, clock.now())) {
      if (this.#active.has(item.id) || this.#busyChannels.has(item.channel_id)) continue
      this.#busyChannels.add(item.channel_id)
      this.#run(item, () =>
        this.#send(item.id).finally(() => {
          this.#busyChannels.delete(item.channel_id)
        }),
      )
    }
    if (this.#timer) clearTimeout(this.#timer)
    const next = nextRelease(store.read)
    if (next !== null) {
      // What is due but waits for its channel is found when that channel is free again.
      const delay = Math.max(next - clock.now(), this.#busyChannels.size > 0 ? 1000 : 0)
      this.#timer = setTimeout(() => this.wake(), Math.min(delay, MAX_TIMER_MS))
    }
  }

  #run(item: OutboxRow, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => {
        this.#deps.log.error({ err: error, item: item.id }, 'an outbox item failed unexpectedly')
      })
      .finally(() => {
        this.#active.delete(item.id)
        this.wake()
      })
    this.#active.set(item.id, done)
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
    const { store, clock } = this.#deps
    const item = outboxById(store.read, id)
    if (!item || (item.state !== 'held' && item.state !== 'queued') || item.release_at > clock.now()) return
    const open = outboxRecipients(store.read, id).filter(
      (one) => one.state === 'pending' || one.state === 'deferred',
    )
    this.#move(
      item,
      'sending',
      `Try ${item.attempts + 1}: to ${open.map((one) => one.address).join(', ')}.`,
      {
        attempts: item.attempts + 1,
        end_of_data_at: null,
      },
    )
    const envelopes = new Map(open.map((one) => [envelopeAddress(one), one.address]))
    try {
      const raw = await store.blobs.get(store.read, item.raw_hash)
      const transport = await this.#transport(item.channel_id)
      const result = await transport.send(
        { from: envelopeAddress({ name: '', address: item.from_address }), to: [...envelopes.keys()] },
        raw,
        {
          beforeEndOfData: () => {
            this.#move(
              item,
              'sending',
              'The message has been handed over; waiting for the answer of the server.',
              {
                end_of_data_at: clock.now(),
              },
            )
          },
        },
      )
      this.#accepted(item, result, envelopes)
    } catch (error) {
      await this.#failed({ ...item, attempts: item.attempts + 1 }, error, envelopes)
    }
  }

  #accepted(item: OutboxRow, result: SendResult, envelopes: ReadonlyMap<string, string>): void {
    const { store, clock } = this.#deps
    const now = clock.now()
    const states = outboxRecipients(store.read, item.id).map((one) => {
      const refusal = result.rejected.find((rejected) => envelopes.get(rejected.address) === one.address)
      if (refusal)
        return {
          ...one,
          state: refusal.permanent ? ('failed' as const) : ('deferred' as const),
          server_text: refusal.serverText,
        }
      const accepted = result.accepted.some((address) => envelopes.get(address) === one.address)
      return accepted ? { ...one, state: 'accepted' as const, server_text: result.serverText } : one
    })
    const deferred = states.some((one) => one.state === 'deferred')
    const failed = states.filter((one) => one.state === 'failed')
    const gotIt = states.some((one) => one.state === 'accepted')
    const release = now + backoffMs(item.attempts + 1, 60_000, 60 * 60_000)
    const state: OutboxState = deferred
      ? 'queued'
      : failed.length === 0
        ? 'sent'
        : gotIt
          ? 'partly_sent'
          : 'failed'
    this.#move(
      item,
      state,
      result.serverText,
      {
        server_text: result.serverText,
        end_of_data_at: null,
        ...(gotIt && item.sent_at === null ? { sent_at: now } : {}),
        ...(deferred ? { release_at: release } : {}),
      },
      (write) => {
        for (const one of states)
          setRecipientState(write.db, item.id, one.address, one.state, one.server_text)
        for (const one of states) {
          if (one.state === 'failed' || one.state === 'deferred') {
            logOutbox(write.db, item.id, write.now, one.state, `${one.address}: ${one.server_text ?? ''}`)
          }
        }
        if (gotIt && item.sent_at === null) this.#markAnswered(write, item)
      },
    )
    this.#copies.wake()
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

  async #failed(item: OutboxRow, error: unknown, envelopes: ReadonlyMap<string, string>): Promise<void> {
    const { clock, log } = this.#deps
    this.#dropTransport(item.channel_id)
    if (!(error instanceof SendError)) log.error({ err: error, item: item.id }, 'sending failed')
    const text =
      error instanceof SendError
        ? error.serverText || error.message
        : error instanceof Error
          ? error.message
          : String(error)
    if (error instanceof SendError && error.phase === 'after_data' && error.code === null) {
      this.#move(item, 'unknown', `No answer after the message had left: ${text}`, { server_text: text })
      await this.#lookForIt(item)
      return
    }
    const giveUp = clock.now() - item.created_at > GIVE_UP_MS
    if ((error instanceof SendError && error.permanent) || giveUp) {
      this.#move(item, 'failed', text, { server_text: text, end_of_data_at: null }, ({ db }) => {
        for (const address of envelopes.values()) setRecipientState(db, item.id, address, 'failed', text)
      })
      return
    }
    const release = clock.now() + backoffMs(item.attempts, 5_000, 30 * 60_000)
    this.#move(item, 'queued', text, { server_text: text, end_of_data_at: null, release_at: release })
  }

  /**
   * For an unknown outcome: a provider that files what it sends shows it in Sent, and a mail to an own address in
   * INBOX. Found, it was sent; not found decides nothing, and the user is asked.
   */
  async #lookForIt(item: OutboxRow): Promise<void> {
    const { sync, log } = this.#deps
    try {
      const found = await sync.withSession(item.channel_id, async (session) => {
        const folders = await session.listFolders()
        for (const folder of folders.filter(
          (one) => one.selectable && (one.role === 'sent' || one.role === 'inbox'),
        )) {
          if ((await session.findByMessageId(folder.path, item.message_id)).length > 0) return folder
        }
        return null
      })
      if (!found) return
      const text = `Found on the server in ${found.path}, so it was sent.`
      this.#declareSent(item, text, found.role === 'sent' ? { copy_state: 'done' } : {})
    } catch (error) {
      log.warn(
        { err: error, item: item.id },
        'the server could not be asked about a message of unknown outcome',
      )
    }
  }

  #declareSent(item: OutboxRow, text: string, values: Partial<OutboxRow>): void {
    if (outboxById(this.#deps.store.read, item.id)?.state !== 'unknown') return
    this.#move(
      item,
      'sent',
      text,
      { sent_at: this.#deps.clock.now(), end_of_data_at: null, ...values },
      (write) => {
        for (const one of outboxRecipients(write.db, item.id)) {
          if (one.state === 'pending') setRecipientState(write.db, item.id, one.address, 'accepted', text)
        }
        this.#markAnswered(write, item)
      },
    )
    this.#copies.wake()
  }

  #transport(channelId: string): Promise<MailTransport> {
    let transport = this.#transports.get(channelId)
    if (!transport) {
      transport = this.#openTransport(channelId)
      this.#transports.set(channelId, transport)
    }
    return transport
  }

  async #openTransport(channelId: string): Promise<MailTransport> {
    const { store, secrets } = this.#deps
    const channel = channelById(store.read, channelId)
    if (!channel || channel.disconnected_at !== null) {
      throw new Error(
        'The sender address is no longer connected. Connect it again, or take the message back.',
      )
    }
    const servers = channelServers(channel)
    const settings = { kind: channel.kind, address: channel.address, ...servers }
    return driverFor(channel.kind).transport(settings, servers.smtp ? await secrets(channelId) : NO_SECRETS)
  }

  /** After a failure, and when a channel's settings changed: the next message makes a new connection. */
  #dropTransport(channelId: string): void {
    const transport = this.#transports.get(channelId)
    this.#transports.delete(channelId)
    void transport?.then((open) => open.close()).catch(() => undefined)
  }

  channelChanged(channelId: string): void {
    this.#dropTransport(channelId)
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
      ({ db, changed }) => {
        const item = this.#must(id)
        const untouched = outboxRecipients(db, id).every(
          (one) => one.state === 'pending' || one.state === 'failed',
        )
        if (!['held', 'queued', 'failed'].includes(item.state) || !untouched || item.sent_at !== null) {
          throw new DomainError('CONFLICT', 'It is too late to take this message back: it is on its way.')
        }
        if (item.draft_id === null)
          throw new DomainError('NOT_FOUND', 'The draft of this message is not kept any more.')
        setDraftOutbox(db, item.draft_id, null)
        deleteOutbox(db, id)
        changed('outbox', id)
        changed('drafts', item.draft_id)
        if (item.thread_id) changed('threads', item.thread_id)
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
    this.#move(item, 'queued', 'Sent by hand.', { release_at: this.#deps.clock.now() }, ({ db }) => {
      if (item.state !== 'failed') return
      for (const one of outboxRecipients(db, id)) {
        if (one.state === 'failed') setRecipientState(db, id, one.address, 'pending', null)
      }
    })
    this.wake()
  }

  /** The user's word on an unknown outcome (fault 22). */
  resolve(id: string, as: 'sent' | 'send_again'): void {
    const item = this.#must(id)
    if (item.state !== 'unknown')
      throw new DomainError('CONFLICT', 'What became of this message is known by now.')
    if (as === 'sent') {
      this.#declareSent(item, 'Somebody confirmed that it arrived.', {})
      return
    }
    this.#move(item, 'queued', 'Somebody chose to send it again.', {
      release_at: this.#deps.clock.now(),
      end_of_data_at: null,
    })
    this.wake()
  }

  /** Gives up one that failed or is unknown. */
  discard(id: string): void {
    const item = this.#must(id)
    if (!['failed', 'unknown'].includes(item.state)) {
      throw new DomainError(
        'CONFLICT',
        'Only a message that failed can be given up. Take this one back instead.',
      )
    }
    this.#deps.store.write(
      ({ db, changed }) => {
        deleteOutbox(db, id)
        changed('outbox', id)
        if (item.thread_id) changed('threads', item.thread_id)
      },
      { durable: true },
    )
  }

  /** Lets what is on the wire finish for a moment; what does not is found in its state at the next start. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#copies.close()
    let patience: NodeJS.Timeout | undefined
    await Promise.race([
      Promise.allSettled([...this.#active.values()]),
      new Promise((resolve) => {
        patience = setTimeout(resolve, 2000)
      }),
    ])
    clearTimeout(patience)
    for (const id of [...this.#transports.keys()]) this.#dropTransport(id)
  }
}
