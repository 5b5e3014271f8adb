import type { ImapFlow } from 'imapflow'
import type { ServerSettings } from '../../../../contract/channels.ts'
import { channelError, plainServerText, problem, type ProblemContext } from '../problems.ts'
import { ChannelError } from '../types.ts'
import { IMAP_TIMES, openImap, type ImapOptions, type ImapTimes } from './connect.ts'
import { readFetch } from './fetch-item.ts'
import { raw, type ImapDone, type ImapToken, type RawImap, type UntaggedHandler } from './raw-imap.ts'
import { watch } from './watchdog.ts'

/**
 * The connection below a session: runs commands one after the other, watches each for silence, puts failures into
 * words, and remembers why it ended. It can be opened anew after a literal over the cap. Knows no folders.
 */
export class ImapLink {
  readonly context: ProblemContext
  readonly times: ImapTimes
  readonly #server: ServerSettings
  readonly #password: string
  readonly #options: ImapOptions
  /** Told when the server reports a change of the open folder by itself. */
  readonly #changed: () => void
  #client!: ImapFlow
  /** Why nothing works any more; every later call rejects with it. */
  #failure: ChannelError | null = null
  /** What the connection itself reported last, more telling than what the pending command gets. */
  #reported: unknown = null
  #reopening = false
  #closed = false
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0
  /** Ends the IDLE that runs, so that a command can go. */
  #interrupt: (() => void) | null = null

  constructor(
    client: ImapFlow,
    server: ServerSettings,
    password: string,
    options: ImapOptions,
    changed: () => void,
  ) {
    this.#server = server
    this.#password = password
    this.#options = options
    this.#changed = changed
    this.context = { protocol: 'IMAP', server }
    this.times = { ...IMAP_TIMES, ...options.times }
    this.#adopt(client)
  }

  get client(): ImapFlow {
    return this.#client
  }

  get raw(): RawImap {
    return raw(this.#client)
  }

  get host(): string {
    return this.#server.host
  }

  get log(): ImapOptions['log'] {
    return this.#options.log
  }

  get failure(): ChannelError | null {
    return this.#failure
  }

  /** True while another call waits for its turn. */
  get wanted(): boolean {
    return this.#waiting > 0
  }

  /** What a new call does to the IDLE that runs; null when none does. */
  set interrupt(interrupt: (() => void) | null) {
    this.#interrupt = interrupt
  }

  has(capability: string): boolean {
    return this.#client.capabilities.has(capability)
  }

  enabled(extension: string): boolean {
    return this.#client.enabled.has(extension)
  }

  /** The size of the literal that ended the connection, in bytes; null when something else did, or it lives. */
  get oversized(): number | null {
    const { code, literalSize } = (this.#reported ?? {}) as { code?: unknown; literalSize?: unknown }
    if (code !== 'LiteralTooLarge') return null
    return typeof literalSize === 'number' && Number.isFinite(literalSize)
      ? literalSize
      : Number.MAX_SAFE_INTEGER
  }

  #adopt(client: ImapFlow): void {
    this.#client = client
    this.#reported = null
    client.on('error', (error: unknown) => (this.#reported ??= error))
    client.on('close', () => {
      if (client === this.#client && !this.#reopening) this.fail(this.lost())
    })
    const { untaggedHandlers } = raw(client)
    // Instead of imapflow's own, which forget to count what VANISHED took away (RFC 7162 section 3.2.10) and so
    // stay silent when one message goes and another comes. They also expand any set a server makes up.
    untaggedHandlers.EXISTS = this.#changed
    untaggedHandlers.EXPUNGE = this.#changed
    untaggedHandlers.VANISHED = this.#changed
    untaggedHandlers.FETCH = (untagged) => {
      // After STORE …SILENT servers with CONDSTORE send the new MODSEQ alone: that is our own change.
      if (readFetch(untagged).flags) this.#changed()
    }
  }

  /** Why the connection is gone, as well as it can be told. */
  lost(): ChannelError {
    if (this.#closed) {
      return new ChannelError(
        problem('unknown', 'This connection was closed.', 'It is opened again when it is needed.'),
      )
    }
    if (this.#reported) return channelError(this.#reported, this.context)
    const bye = plainServerText(this.#client.byeReason)
    // imapflow's own words for a BYE without any.
    if (bye !== null && bye !== 'Server closed connection') {
      return channelError({ responseText: bye, responseStatus: 'BYE' }, this.context)
    }
    return channelError({ code: 'ECONNRESET' }, this.context)
  }

  /** Ends the connection for good; the first reason stays. */
  fail(error: ChannelError): ChannelError {
    this.#failure ??= error
    this.#client.close()
    this.#interrupt?.()
    return this.#failure
  }

  /** Runs work alone on the connection, in the order of the calls; an IDLE makes way. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    this.#interrupt?.()
    const run = this.#tail.then(async () => {
      this.#waiting -= 1
      if (this.#failure) throw this.#failure
      return work()
    })
    this.#tail = run.catch(() => undefined)
    return run
  }

  /**
   * Watches one or more commands for silence and puts their failures into words. A refusal (NO, BAD) rejects and
   * the connection goes on; anything else ends it, because its state is unknown then.
   */
  async watched<T>(work: () => Promise<T>, extraMs = 0): Promise<T> {
    const dog = this.expectAnswer(extraMs)
    try {
      return await work()
    } catch (error) {
      if (this.#failure) throw this.#failure
      if (error instanceof ChannelError) throw error
      const status = (error as { responseStatus?: unknown }).responseStatus
      if (status === 'NO' || status === 'BAD') throw channelError(error, this.context)
      throw this.fail(this.#client.usable ? channelError(error, this.context) : this.lost())
    } finally {
      dog.stop()
    }
  }

  /** Ends the connection when the server stays silent for too long from now on, until stopped. */
  expectAnswer(extraMs = 0): { stop(): void } {
    const inside = this.raw
    return watch({
      silenceMs: this.times.answer + extraMs,
      received: () => inside.stats().received,
      onSilence: () => this.fail(channelError({ code: 'ETIMEDOUT' }, this.context)),
    })
  }

  async exec(
    command: string,
    attributes: ImapToken[],
    untagged: Record<string, UntaggedHandler> = {},
    extraMs = 0,
  ): Promise<ImapDone['response']> {
    return this.watched(async () => {
      const done = await this.raw.exec(command, attributes, { untagged })
      done.next()
      return done.response
    }, extraMs)
  }

  /** Allows literals of so many bytes from here on. */
  allowLiterals(bytes: number): void {
    const { streamer } = this.raw
    if (bytes <= streamer.maxLiteralSize) return
    streamer.maxLiteralSize = bytes
    streamer.maxResponseSize = bytes + 64 * 1024 * 1024
  }

  /** Connects again after the connection ended, then runs `then` on it. If that fails too, it stays ended. */
  reopen(then: () => Promise<void>): Promise<void> {
    const run = this.#tail.then(async () => {
      if (this.#closed) throw this.lost()
      this.#reopening = true
      this.#failure = null
      try {
        const client = await openImap(
          this.#server,
          this.#password,
          new AbortController().signal,
          this.#options,
        )
        this.#adopt(client)
        if (this.#closed) throw this.lost()
      } catch (error) {
        throw this.fail(channelError(error, this.context))
      } finally {
        this.#reopening = false
      }
      await then()
    })
    this.#tail = run.catch(() => undefined)
    return run
  }

  /** Logs out, politely, but without waiting for a dead server. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const client = this.#client
    if (!this.#failure && client.usable) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)))
      const logout = this.alone(() => client.logout()).catch(() => undefined)
      await Promise.race([logout, late])
      clearTimeout(timer)
    }
    this.fail(this.lost())
  }
}
