import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { backoffMs } from '../lib/backoff.ts'
import { BlobDamagedError } from '../store/blobs.ts'
import { messagesBefore } from '../store/queries/messages.ts'
import type { Store } from '../store/store.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import { insertOutbox, logOutbox, updateOutbox } from '../store/tables/outbox.ts'
import { mailsDue, settleMail, type RoutingRow } from '../store/tables/routings.ts'
import { threadById, type ThreadRow } from '../store/tables/threads.ts'
import { userById, type UserRow } from '../store/tables/users.ts'
import type { Clock, EngineTimeouts } from '../types.ts'
import { envelopeAddress } from './addresses.ts'
import { answerSubject, quotation } from './answer.ts'
import { buildMessage, plainText } from './build-message.ts'
import type { Outbox } from './outbox.ts'
import { senderOf } from './sender.ts'
import { answerReferences, readSource, type SourceMessage } from './source.ts'

/** Messages of a thread that are looked through for the newest one of the contact. */
const LOOKED_AT = 50
const LONGEST_MS = 30 * 60_000

export type OwnerMailsDeps = {
  store: Store
  outbox: Pick<Outbox, 'wake'>
  log: Logger
  clock: Clock
  timeouts: Pick<EngineTimeouts, 'storageRetry'>
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!)

/**
 * A contact's owner who is away gets a new conversation by mail (H6). Routing notes that it is due, in the transaction
 * that decides; here it is put into the outbox, in the transaction that notes that: once, whenever the program ends.
 */
export class OwnerMails {
  readonly #deps: OwnerMailsDeps
  #off: () => void = () => {}
  #timer: NodeJS.Timeout | null = null
  #working: Promise<void> | null = null
  #again = false
  #failures = 0
  #closed = false

  constructor(deps: OwnerMailsDeps) {
    this.#deps = deps
  }

  /** Takes up what an earlier run left, then follows the decisions of routing. */
  start(): void {
    this.#off = this.#deps.store.onChange((event) => {
      if (event.changes.some((change) => change.entity === 'threads')) this.#wake()
    })
    this.#wake()
  }

  /** Begins no more; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#off()
    if (this.#timer) clearTimeout(this.#timer)
    await this.#working
  }

  #wake(): void {
    if (this.#closed || mailsDue(this.#deps.store.read).length === 0) return
    if (this.#working) {
      this.#again = true
      return
    }
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#working = this.#work()
      .then(() => {
        this.#failures = 0
      })
      .catch((error: unknown) => {
        this.#failures += 1
        this.#deps.log.error({ err: error }, 'a conversation could not be mailed to its owner; tried again')
        const delay = backoffMs(this.#failures, this.#deps.timeouts.storageRetry, LONGEST_MS)
        if (!this.#closed) this.#timer = setTimeout(() => this.#wake(), delay)
      })
      .finally(() => {
        this.#working = null
        if (!this.#again) return
        this.#again = false
        this.#wake()
      })
  }

  async #work(): Promise<void> {
    for (;;) {
      const due = mailsDue(this.#deps.store.read)
      if (due.length === 0 || this.#closed) return
      // One that fails must not hold up the others.
      const done = await Promise.allSettled(due.map((routing) => this.#queue(routing)))
      const failed = done.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
    }
  }

  async #queue(routing: RoutingRow): Promise<void> {
    const { store, outbox, clock, log } = this.#deps
    const found = await this.#read(routing).catch((error: unknown) => {
      if (!(error instanceof BlobDamagedError)) throw error
      log.error({ err: error, thread: routing.id }, 'a damaged conversation cannot be mailed to its owner')
      return null
    })
    if (!found) {
      // The conversation, its address or its owner is gone: nothing is left to send, or nobody to send it to.
      store.write(({ db }) => settleMail(db, routing.id, 'none'))
      return
    }
    const { thread, channel, owner, source } = found
    const { fromName, fromAddress } = senderOf(store.read, channel, null)
    const from = { name: fromName, address: fromAddress }
    const own = envelopeAddress({ name: '', address: fromAddress })
    const messageId = `${randomUUID()}@${own.slice(own.lastIndexOf('@') + 1)}`
    const to = { name: owner.name, address: owner.email }
    const subject = answerSubject(thread.subject, 'forward')
    const html = introduction(thread, owner, source)
    const raw = await buildMessage({
      messageId,
      date: clock.now(),
      from,
      to: [to],
      cc: [],
      subject,
      html,
      quotedHtml: quotation(source.source, 'forward'),
      // An answer of the owner finds the conversation by these.
      ...answerReferences(store, source.row.rowid),
      files: [],
      automatic: true,
    })
    store.write(
      ({ db, now, changed }) => {
        if (!settleMail(db, routing.id, 'queued')) return
        const id = randomUUID()
        const [rawHash] = store.blobs.put(db, [raw])
        insertOutbox(
          db,
          {
            id,
            draft_id: null,
            author_id: null,
            thread_id: null,
            channel_id: channel.id,
            message_id: messageId,
            from_name: from.name,
            from_address: from.address,
            subject,
            snippet: plainText(html).replace(/\s+/g, ' ').slice(0, 200),
            raw_hash: rawHash!,
            state: 'queued',
            release_at: now,
            // It is no part of the conversation, and no mail of the team: it is filed nowhere.
            copy_state: 'none',
            source_message_id: null,
            created_at: now,
          },
          [{ kind: 'to', ...to }],
        )
        updateOutbox(db, id, { filed_at: now })
        logOutbox(
          db,
          id,
          now,
          'queued',
          `${owner.name} owns the contact and is away: the conversation goes to them by mail.`,
        )
        changed('outbox', id)
        changed('threads', thread.id)
      },
      { durable: true },
    )
    outbox.wake()
  }

  async #read(routing: RoutingRow): Promise<{
    thread: ThreadRow
    channel: ChannelRow
    owner: UserRow
    source: SourceMessage
  } | null> {
    const { store } = this.#deps
    const thread = threadById(store.read, routing.id)
    const owner = routing.assignee_id === null ? undefined : userById(store.read, routing.assignee_id)
    const channel = thread && channelById(store.read, thread.channel_id)
    if (!thread || !owner || owner.active === 0 || !channel || channel.disconnected_at !== null) return null
    const newest = messagesBefore(store.read, thread.id, Number.MAX_SAFE_INTEGER, LOOKED_AT)
    const message = newest.find((row) => row.direction === 'in')
    const source = message ? await readSource(store, message.id) : null
    return source && { thread, channel, owner, source }
  }
}

function introduction(thread: ThreadRow, owner: UserRow, { attachments }: SourceMessage): string {
  const who = thread.sender_name || thread.sender_address
  const files = attachments.filter((file) => file.inline === 0).map((file) => file.name)
  const lines = [
    `Hello ${owner.name}, you are away, and ${who} wrote. You own this contact, so the conversation is assigned to you.`,
    ...(files.length > 0 ? [`Files in the conversation: ${files.join(', ')}.`] : []),
  ]
  return lines.map((line) => `<p>${escape(line)}</p>`).join('')
}
