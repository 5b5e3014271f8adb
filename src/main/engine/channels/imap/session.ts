import type { ImapFlow } from 'imapflow'
import { encodePath } from 'imapflow/lib/tools.js'
import type { ServerSettings } from '../../../../contract/channels.ts'
import { channelError, plainServerText, problem, problemOf, type ProblemContext } from '../problems.ts'
import type {
  FlagChange,
  FolderState,
  MailSession,
  RemoteFlags,
  RemoteFolder,
  RemoteMessage,
} from '../types.ts'
import { ChannelError } from '../types.ts'
import { fetchMessages } from './bulk-fetch.ts'
import { IMAP_TIMES, openImap, type ImapOptions, type ImapTimes } from './connect.ts'
import { formatDateTime, readFetch } from './fetch-item.ts'
import { toRemoteFolders } from './folders.ts'
import { HandOver } from './queue.ts'
import {
  atom,
  raw,
  responseCode,
  text,
  valueOf,
  type ImapDone,
  type ImapToken,
  type UntaggedHandler,
} from './raw-imap.ts'
import { expandSet, sequenceSets, sortedUids } from './sequence-set.ts'
import { watch } from './watchdog.ts'

const FLAG: Record<keyof RemoteFlags, string> = { seen: '\\Seen', answered: '\\Answered' }
/** Above this a set from a server is not believed. */
const MAX_UIDS = 20_000_000

/** What the bulk fetch needs of its session. */
export type FetchHost = {
  /** Runs a command of the folder opened as number `folder`, alone; throws when another one is open by now. */
  fetch(
    folder: number,
    set: string,
    items: ImapToken[],
    onItem: UntaggedHandler,
    maxLiteral?: number,
  ): Promise<void>
  /** Connects again and opens the same folder, after a literal that was over the cap. */
  recover(folder: number): Promise<void>
  readonly hasModseq: boolean
  /** Size of the literal that ended the connection, if that is what ended it. */
  oversized(): number | null
  warn(details: Record<string, unknown>, message: string): void
}

/** One logged-in IMAP connection (see MailSession). Made by `openImapSession`. */
export class ImapSession implements MailSession {
  readonly #server: ServerSettings
  readonly #password: string
  readonly #options: ImapOptions
  readonly #context: ProblemContext
  readonly #times: ImapTimes
  #client: ImapFlow
  /** Why nothing works any more; every later call rejects with it. */
  #failure: ChannelError | null = null
  /** What the connection itself reported last, more telling than what the pending command gets. */
  #reported: unknown = null
  #recovering = false
  #closed = false
  #open: { path: string; uidValidity: string | null; uidNext: number | null; noModseq: boolean } | null = null
  /** Raised by each `open`, so that a fetch that still runs notices. */
  #folder = 0
  /** The server reported a change that `waitForChange` has not told yet. */
  #changed = false
  #onChange: (() => void) | null = null
  /** Ends the IDLE that runs, so that a command can go. */
  #interrupt: (() => void) | null = null
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #canIdle = false

  constructor(client: ImapFlow, server: ServerSettings, password: string, options: ImapOptions) {
    this.#client = client
    this.#server = server
    this.#password = password
    this.#options = options
    this.#context = { protocol: 'IMAP', server }
    this.#times = { ...IMAP_TIMES, ...options.times }
    this.#adopt(client)
  }

  get canIdle(): boolean {
    return this.#canIdle
  }

  #adopt(client: ImapFlow): void {
    this.#client = client
    this.#reported = null
    this.#canIdle = client.capabilities.has('IDLE')
    client.on('error', (error: unknown) => (this.#reported ??= error))
    client.on('close', () => {
      if (client === this.#client && !this.#recovering) this.#fail(this.#lost())
    })
    const changed = () => {
      this.#changed = true
      this.#onChange?.()
    }
    const inside = raw(client)
    // Instead of imapflow's own, which forget to count what VANISHED took away (RFC 7162 section 3.2.10) and so
    // stay silent when one message goes and another comes. They also expand any set a server makes up.
    inside.untaggedHandlers.EXISTS = changed
    inside.untaggedHandlers.EXPUNGE = changed
    inside.untaggedHandlers.VANISHED = changed
    inside.untaggedHandlers.FETCH = (untagged) => {
      // After STORE …SILENT servers with CONDSTORE send the new MODSEQ alone: that is our own change.
      if (readFetch(untagged).flags) changed()
    }
  }

  #lost(): ChannelError {
    const bye = plainServerText(this.#client.byeReason)
    if (this.#closed) {
      return new ChannelError(
        problem('unknown', 'This connection was closed.', 'It is opened again when it is needed.'),
      )
    }
    if (this.#reported) return channelError(this.#reported, this.#context)
    if (bye !== null && bye !== 'Server closed connection') {
      return channelError({ responseText: bye, responseStatus: 'BYE' }, this.#context)
    }
    return channelError({ code: 'ECONNRESET' }, this.#context)
  }

  #fail(error: ChannelError): ChannelError {
    this.#failure ??= error
    this.#client.close()
    this.#interrupt?.()
    return this.#failure
  }

  /** Runs work alone on the connection, in the order of the calls; an IDLE makes way. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
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

  /** Watches one or more commands for silence and puts their failures into words. */
  async #watched<T>(work: () => Promise<T>, extraMs = 0): Promise<T> {
    const client = this.#client
    const dog = watch({
      silenceMs: this.#times.answer + extraMs,
      received: () => raw(client).stats().received,
      onSilence: () => this.#fail(channelError({ code: 'ETIMEDOUT' }, this.#context)),
    })
    try {
      return await work()
    } catch (error) {
      if (this.#failure) throw this.#failure
      if (error instanceof ChannelError) throw error
      const status = (error as { responseStatus?: unknown }).responseStatus
      if (status === 'NO' || status === 'BAD') throw channelError(error, this.#context)
      if (this.#recovering) throw error
      // Anything but a refusal leaves the connection in an unknown state.
      throw this.#fail(this.#client.usable ? channelError(error, this.#context) : this.#lost())
    } finally {
      dog.stop()
    }
  }

  async #exec(
    command: string,
    attributes: ImapToken[],
    untagged: Record<string, UntaggedHandler> = {},
    extraMs = 0,
  ): Promise<ImapDone['response']> {
    return this.#watched(async () => {
      const done = await raw(this.#client).exec(command, attributes, { untagged })
      done.next()
      return done.response
    }, extraMs)
  }

  #path(path: string): ImapToken {
    return text(encodePath(this.#client, path))
  }

  #selected(): { path: string; uidNext: number | null; uidValidity: string | null; noModseq: boolean } {
    if (!this.#open) throw new Error('No folder is open in this session')
    return this.#open
  }

  async listFolders(): Promise<RemoteFolder[]> {
    return this.#alone(() => this.#watched(async () => toRemoteFolders(await this.#client.list())))
  }

  async open(path: string): Promise<FolderState> {
    return this.#alone(() => this.#select(path))
  }

  async #select(path: string): Promise<FolderState> {
    this.#folder += 1
    this.#open = null
    this.#changed = false
    const box = await this.#watched(async () => {
      try {
        return await this.#client.mailboxOpen(path)
      } catch (error) {
        const { mailboxMissing, responseText } = error as { mailboxMissing?: boolean; responseText?: string }
        if (mailboxMissing) throw missing(path, responseText)
        throw error
      }
    })
    // Fault 4: a server without UIDVALIDITY, or with 0, gives UIDs that say nothing from one time to the next.
    const uidValidity = box.uidValidity ? String(box.uidValidity) : null
    const noModseq = box.noModseq === true || !box.highestModseq
    this.#open = { path, uidValidity, uidNext: box.uidNext ?? null, noModseq }
    return {
      path,
      uidValidity,
      uidNext: box.uidNext ?? null,
      highestModseq: noModseq ? null : String(box.highestModseq),
      exists: box.exists ?? 0,
    }
  }

  async uids(range?: { from: number }): Promise<number[]> {
    return this.#alone(async () => {
      this.#selected()
      const from = range?.from ?? 1
      const query: ImapToken[] =
        from > 1 ? [atom('UID'), { type: 'SEQUENCE', value: `${from}:*` }] : [atom('ALL')]
      // `n:*` always names the newest message too, however low its UID is (RFC 9051 section 9, seq-range).
      return (await this.#search(query)).filter((uid) => uid >= from)
    })
  }

  /** UID SEARCH, with ESEARCH where there is one: a million UIDs are then a few ranges (RFC 4731). */
  async #search(query: ImapToken[]): Promise<number[]> {
    const extended = this.#client.capabilities.has('ESEARCH')
    const found: number[] = []
    let refused = false
    await this.#exec('UID SEARCH', extended ? [atom('RETURN'), [atom('ALL')], ...query] : query, {
      SEARCH: ({ attributes = [] }) => {
        for (const token of attributes) {
          const uid = Number(valueOf(token))
          if (Number.isInteger(uid) && uid > 0) found.push(uid)
        }
      },
      ESEARCH: ({ attributes = [] }) => {
        const at = attributes.findIndex((token) => valueOf(token)?.toUpperCase() === 'ALL')
        const set = at < 0 ? undefined : valueOf(attributes[at + 1])
        const uids = set === undefined ? [] : expandSet(set, { max: Infinity, limit: MAX_UIDS })
        if (uids === null) refused = true
        // Not `push(...uids)`: the arguments of a call lie on the stack.
        else for (const uid of uids) found.push(uid)
      },
    })
    if (refused || found.length > MAX_UIDS) {
      throw new ChannelError(
        problem(
          'server_error',
          `${this.#server.host} gave an impossible list of messages.`,
          'It is tried again.',
        ),
      )
    }
    return sortedUids(found)
  }

  fetch(uids: readonly number[], options: { maxBytes: number }): AsyncIterable<RemoteMessage> {
    this.#selected()
    const host: FetchHost = {
      fetch: (folder, set, items, onItem, maxLiteral) =>
        this.#alone(async () => {
          this.#sameFolder(folder)
          const { streamer } = raw(this.#client)
          if (maxLiteral !== undefined && maxLiteral > streamer.maxLiteralSize) {
            streamer.maxLiteralSize = maxLiteral
            streamer.maxResponseSize = maxLiteral + 64 * 1024 * 1024
          }
          await this.#exec('UID FETCH', [{ type: 'SEQUENCE', value: set }, items], { FETCH: onItem })
        }),
      recover: (folder) => this.#alone0(() => this.#recover(folder)),
      hasModseq: this.#client.enabled.has('CONDSTORE') && !this.#selected().noModseq,
      oversized: () => {
        const { code, literalSize } = (this.#reported ?? {}) as { code?: unknown; literalSize?: unknown }
        if (code !== 'LiteralTooLarge') return null
        return typeof literalSize === 'number' && Number.isFinite(literalSize)
          ? literalSize
          : Number.MAX_SAFE_INTEGER
      },
      warn: (details, message) => this.#options.log?.warn({ host: this.#server.host, ...details }, message),
    }
    return fetchMessages(host, this.#folder, uids, options.maxBytes)
  }

  #sameFolder(folder: number): void {
    if (folder !== this.#folder || !this.#open) {
      throw new Error('Another folder was opened while messages of this one were being fetched')
    }
  }

  /** Like `#alone`, for the one thing that works on a broken connection. */
  #alone0<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work)
    this.#tail = run.catch(() => undefined)
    return run
  }

  async #recover(folder: number): Promise<void> {
    if (this.#closed) throw this.#lost()
    this.#sameFolder(folder)
    const { path, uidValidity } = this.#selected()
    this.#recovering = true
    try {
      this.#failure = null
      const client = await openImap(this.#server, this.#password, new AbortController().signal, this.#options)
      this.#adopt(client)
      const state = await this.#select(path)
      // A fetch goes on by UID, so the folder must be the very same one.
      this.#folder = folder
      if (state.uidValidity !== uidValidity) {
        throw new ChannelError(
          problem(
            'server_error',
            `${path} was rebuilt on ${this.#server.host} meanwhile.`,
            'It is compared anew.',
          ),
        )
      }
    } catch (error) {
      throw this.#fail(channelError(error, this.#context))
    } finally {
      this.#recovering = false
    }
  }

  flags(options: { changedSince?: string; uids?: readonly number[] }): AsyncIterable<FlagChange> {
    const { noModseq } = this.#selected()
    const folder = this.#folder
    const queue = new HandOver<FlagChange>()
    const condstore = this.#client.enabled.has('CONDSTORE') && !noModseq
    const items: ImapToken[] = [atom('UID'), atom('FLAGS'), ...(condstore ? [atom('MODSEQ')] : [])]
    const since: ImapToken[] =
      condstore && options.changedSince !== undefined
        ? [[atom('CHANGEDSINCE'), atom(modseqText(options.changedSince))]]
        : []
    const sets = options.uids ? sequenceSets(options.uids) : ['1:*']
    // Servers report a change that is news to this connection once more, outside of the answer. Told apart only
    // for changes, which are few; for a whole folder it would cost memory and there is nothing to gain.
    const told = since.length > 0 ? new Map<number, string>() : null
    const run = async () => {
      for (const set of sets) {
        if (queue.abandoned) return
        await this.#alone(async () => {
          this.#sameFolder(folder)
          await this.#exec('UID FETCH', [{ type: 'SEQUENCE', value: set }, items, ...since], {
            FETCH: (untagged) => {
              const { uid, flags, modseq } = readFetch(untagged)
              if (uid === null || !flags) return
              const state = `${modseq} ${flags.seen} ${flags.answered}`
              if (told?.get(uid) === state) return
              told?.set(uid, state)
              queue.push({ uid, flags, modseq })
            },
          })
        })
      }
    }
    run().then(
      () => queue.end(),
      (error: unknown) => queue.end(error),
    )
    return queue
  }

  async vanishedSince(uidValidity: string, modseq: string): Promise<number[] | null> {
    return this.#alone(async () => {
      const box = this.#selected()
      if (!this.#client.enabled.has('QRESYNC') || box.noModseq || box.uidValidity !== uidValidity) return null
      let gone: number[] | null = []
      const max = box.uidNext === null ? Infinity : box.uidNext - 1
      await this.#exec(
        'UID FETCH',
        [
          { type: 'SEQUENCE', value: '1:*' },
          [atom('UID')],
          [atom('CHANGEDSINCE'), atom(modseqText(modseq)), atom('VANISHED')],
        ],
        {
          VANISHED: ({ attributes = [] }) => {
            // Without (EARLIER) it is news about what happens right now, which counts as well.
            const set = valueOf(Array.isArray(attributes[0]) ? attributes[1] : attributes[0])
            const uids = set === undefined ? null : expandSet(set, { max, limit: MAX_UIDS })
            if (uids === null) gone = null
            else gone = gone === null ? null : gone.concat(uids)
          },
          // The changed ones come along; `flags()` asks for them itself.
          FETCH: () => undefined,
        },
      )
      return gone === null ? null : sortedUids(gone)
    })
  }

  async setFlags(
    uids: readonly number[],
    change: { add: (keyof RemoteFlags)[]; remove: (keyof RemoteFlags)[] },
  ): Promise<void> {
    return this.#alone(async () => {
      this.#selected()
      for (const [sign, names] of [['+', change.add] as const, ['-', change.remove] as const]) {
        if (names.length === 0) continue
        for (const set of sequenceSets(uids))
          await this.#store(
            set,
            `${sign}FLAGS.SILENT`,
            names.map((name) => FLAG[name]),
          )
      }
    })
  }

  async #store(set: string, item: string, flags: string[]): Promise<void> {
    await this.#exec('UID STORE', [{ type: 'SEQUENCE', value: set }, atom(item), flags.map(atom)])
  }

  async append(
    path: string,
    bytes: Uint8Array,
    options: { seen: boolean; at: number },
  ): Promise<{ uid: number | null }> {
    return this.#alone(async () => {
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const attributes: ImapToken[] = [
        this.#path(path),
        options.seen ? [atom('\\Seen')] : [],
        text(formatDateTime(options.at)),
        // A plain literal must not hold NUL (RFC 9051 section 4.3).
        { type: 'LITERAL', value, isLiteral8: value.includes(0) && this.#client.capabilities.has('BINARY') },
      ]
      try {
        // Upwards nothing can be seen to move, so a slow line gets a second for every 10 KB.
        const response = await this.#exec('APPEND', attributes, {}, value.length / 10)
        const [code, , uid] = responseCode(response)
        return {
          uid: code?.toUpperCase() === 'APPENDUID' && /^\d{1,10}$/.test(uid ?? '') ? Number(uid) : null,
        }
      } catch (error) {
        const cause = (error as { cause?: { response?: unknown } }).cause
        const code = cause?.response
          ? responseCode(cause.response as ImapDone['response'])[0]?.toUpperCase()
          : undefined
        if (code === 'TRYCREATE' || code === 'NONEXISTENT')
          throw missing(path, (error as ChannelError).problem.serverText)
        throw error
      }
    })
  }

  async findByMessageId(path: string, messageId: string): Promise<number[]> {
    return this.#alone(async () => {
      const before = this.#open
      const folder = this.#folder
      if (before?.path !== path) await this.#select(path)
      try {
        // Searching a header finds parts of it too (RFC 9051 section 6.4.4), so what it found is looked at.
        const candidates = await this.#search([
          atom('HEADER'),
          atom('Message-ID'),
          text(messageId.replace(/[\r\n\0]/g, '')),
        ])
        return await this.#withMessageId(candidates, messageId)
      } finally {
        if (before && before.path !== path && !this.#failure) {
          await this.#select(before.path)
          // The same folder as before: fetches of it that still run may go on, unless it was rebuilt.
          if ((this.#open as typeof before | null)?.uidValidity === before.uidValidity) this.#folder = folder
          // What came into it meanwhile was not reported, so whoever waits had better look.
          this.#changed = true
        }
      }
    })
  }

  async #withMessageId(candidates: number[], messageId: string): Promise<number[]> {
    const found: number[] = []
    const field: ImapToken = {
      type: 'ATOM',
      value: 'BODY.PEEK',
      section: [atom('HEADER.FIELDS'), [atom('MESSAGE-ID')]],
    }
    for (const set of sequenceSets(candidates)) {
      await this.#exec('UID FETCH', [{ type: 'SEQUENCE', value: set }, [atom('UID'), field]], {
        FETCH: (untagged) => {
          const { uid, body } = readFetch(untagged)
          const value = body
            ?.toString('latin1')
            .replace(/^message-id:/i, '')
            .replace(/\s+/g, '')
          if (uid !== null && value === `<${messageId}>`) found.push(uid)
        },
      })
    }
    return found
  }

  async count(path: string): Promise<number> {
    return this.#alone(async () => {
      let messages: number | null = null
      try {
        await this.#exec('STATUS', [this.#path(path), [atom('MESSAGES')]], {
          STATUS: ({ attributes = [] }) => {
            const list = attributes[1]
            if (!Array.isArray(list)) return
            const at = list.findIndex((token) => valueOf(token)?.toUpperCase() === 'MESSAGES')
            const value = Number(valueOf(list[at + 1]))
            if (at >= 0 && Number.isInteger(value)) messages = value
          },
        })
      } catch (error) {
        if (this.#failure) throw error
        const listed = await this.#watched(() => this.#client.list())
        if (!listed.some((folder) => folder.path === path))
          throw missing(path, (error as ChannelError).problem.serverText)
        throw error
      }
      if (messages === null) {
        throw new ChannelError(
          problem(
            'server_error',
            `${this.#server.host} did not say how many messages are in ${path}.`,
            'It is tried again.',
          ),
        )
      }
      return messages
    })
  }

  /** Deletes messages of the open folder for good; others marked as deleted stay (UID EXPUNGE, RFC 4315). */
  async remove(uids: readonly number[]): Promise<void> {
    return this.#alone(async () => {
      this.#selected()
      for (const set of sequenceSets(uids)) {
        await this.#store(set, '+FLAGS.SILENT', ['\\Deleted'])
        // Without UIDPLUS, EXPUNGE would take along what another client only marked: then ours stays marked too.
        if (this.#client.capabilities.has('UIDPLUS'))
          await this.#exec('UID EXPUNGE', [{ type: 'SEQUENCE', value: set }])
      }
    })
  }

  async waitForChange(options: {
    maxMs: number
    signal: AbortSignal
  }): Promise<'changed' | 'timeout' | 'aborted'> {
    const end = performance.now() + options.maxMs
    for (;;) {
      if (this.#failure) throw this.#failure
      if (options.signal.aborted) return 'aborted'
      if (this.#changed) {
        this.#changed = false
        return 'changed'
      }
      const left = end - performance.now()
      if (left <= 0) return 'timeout'
      const ms = Math.min(left, this.#times.probe)
      if (this.#canIdle) await this.#alone(() => this.#idle(ms, options.signal))
      else await this.#pause(ms, options.signal)
    }
  }

  /** One IDLE (RFC 2177) of at most `ms`; its end proves that the server is alive. */
  async #idle(ms: number, signal: AbortSignal): Promise<void> {
    this.#selected()
    if (this.#changed || signal.aborted || this.#waiting > 0) return
    const inside = raw(this.#client)
    let accepted = false
    let wanted = false
    let sent = false
    let dog: { stop(): void } | null = null
    const done = () => {
      wanted = true
      if (!accepted || sent || this.#failure) return
      sent = true
      try {
        inside.write('DONE')
      } catch {
        // It refuses to write because the server said BYE or the socket is gone.
        this.#fail(this.#lost())
      }
    }
    // From the moment an answer is due: the "+", and the OK after DONE.
    const expectAnswer = () => {
      dog?.stop()
      dog = watch({
        silenceMs: this.#times.answer,
        received: () => inside.stats().received,
        onSilence: () => this.#fail(channelError({ code: 'ETIMEDOUT' }, this.#context)),
      })
    }
    const stop = () => {
      done()
      expectAnswer()
    }
    this.#interrupt = stop
    this.#onChange = stop
    signal.addEventListener('abort', stop, { once: true })
    const timer = setTimeout(stop, ms)
    expectAnswer()
    try {
      const answer = await inside.exec('IDLE', false, {
        onPlusTag: () => {
          accepted = true
          dog?.stop()
          if (wanted) stop()
        },
      })
      answer.next()
    } catch (error) {
      if (this.#failure) throw this.#failure
      const refused = (error as { responseStatus?: unknown }).responseStatus
      if (refused !== 'NO' && refused !== 'BAD') throw this.#fail(this.#lost())
      // It promised IDLE and refuses it: polled from here on.
      this.#canIdle = false
      this.#options.log?.info(
        { host: this.#server.host, error: problemOf(error, this.#context) },
        'IDLE was refused',
      )
    } finally {
      ;(dog as { stop(): void } | null)?.stop()
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      this.#interrupt = null
      this.#onChange = null
    }
  }

  /** Without IDLE: waits, then asks with NOOP, which brings what is new (RFC 9051 section 6.1.2). */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#onChange = null
        resolve()
      }
      const timer = setTimeout(wake, ms)
      signal.addEventListener('abort', wake, { once: true })
      this.#onChange = wake
    })
    if (signal.aborted || this.#changed || this.#failure) return
    await this.#alone(() => this.#exec('NOOP', []))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const client = this.#client
    const graceful = !this.#failure && client.usable
    if (graceful) {
      // Politely, but a dead server is not waited for.
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)))
      const logout = this.#alone(() => client.logout()).catch(() => undefined)
      await Promise.race([logout, late])
      clearTimeout(timer)
    }
    this.#fail(this.#lost())
  }
}

function missing(path: string, serverText: unknown): ChannelError {
  return new ChannelError(
    problem(
      'folder_missing',
      `The folder ${path} does not exist on the server.`,
      'It may have been renamed or deleted there. What is here already stays.',
      serverText,
    ),
  )
}

function modseqText(modseq: string): string {
  if (!/^\d{1,20}$/.test(modseq)) throw new Error(`Not a mod-sequence: ${modseq}`)
  return modseq
}

/** Connects, logs in and makes the session. Rejects with a ChannelError or the signal's reason. */
export async function openImapSession(
  server: ServerSettings,
  password: string,
  signal: AbortSignal,
  options: ImapOptions & { onConnected?: () => void } = {},
): Promise<ImapSession> {
  const client = await openImap(server, password, signal, options)
  return new ImapSession(client, server, password, { ca: options.ca, times: options.times, log: options.log })
}
