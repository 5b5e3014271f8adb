import type { ImapFlow } from 'imapflow'
import type { encodePath as EncodePath } from 'imapflow/lib/tools.js'
import type { ServerSettings } from '../../../../contract/channels.ts'
import { problem } from '../problems.ts'
import type {
  FlagChange,
  FolderState,
  MailSession,
  MovedMessages,
  RemoteFlags,
  RemoteFolder,
  RemoteHead,
  RemoteMessage,
} from '../types.ts'
import { ChannelError } from '../types.ts'
import { fetchMessages, type FetchHost } from './bulk-fetch.ts'
import { openImap, type ImapOptions } from './connect.ts'
import { formatDateTime, readFetch } from './fetch-item.ts'
import { toRemoteFolders } from './folders.ts'
import { ImapLink } from './link.ts'
import { moveMessages } from './moving.ts'
import { HandOver } from './queue.ts'
import { atom, responseCode, text, valueOf, type ImapDone, type ImapToken } from './raw-imap.ts'
import { expandSet, sequenceSets, sortedUids } from './sequence-set.ts'
import { ChangeWatch } from './waiting.ts'

const FLAG: Record<keyof RemoteFlags, string> = { seen: '\\Seen', answered: '\\Answered' }
/** Above this a set from a server is not believed. */
const MAX_UIDS = 20_000_000

type OpenFolder = { path: string; uidValidity: string | null; uidNext: number | null; noModseq: boolean }

/** One logged-in IMAP connection (see MailSession). Made by `openImapSession`. */
export class ImapSession implements MailSession {
  readonly #link: ImapLink
  readonly #watch = new ChangeWatch()
  #open: OpenFolder | null = null
  /** Raised by each `open`, so that a fetch that still runs notices. */
  #folder = 0
  /** How each folder looked when it was opened last, to see what changed while another one was open. */
  readonly #looks = new Map<string, string>()

  readonly #encodePath: typeof EncodePath

  constructor(
    client: ImapFlow,
    encodePath: typeof EncodePath,
    server: ServerSettings,
    password: string,
    options: ImapOptions,
  ) {
    this.#encodePath = encodePath
    this.#link = new ImapLink(client, server, password, options, this.#watch.report)
  }

  get canIdle(): boolean {
    return this.#watch.canIdle(this.#link)
  }

  #path(path: string): ImapToken {
    return text(this.#encodePath(this.#link.client, path))
  }

  #selected(): OpenFolder {
    if (!this.#open) throw new Error('No folder is open in this session')
    return this.#open
  }

  async listFolders(): Promise<RemoteFolder[]> {
    return this.#link.alone(() =>
      this.#link.watched(async () => toRemoteFolders(await this.#link.client.list())),
    )
  }

  async open(path: string): Promise<FolderState> {
    return this.#link.alone(() => this.#select(path))
  }

  async #select(path: string): Promise<FolderState> {
    const before = this.#open
    this.#folder += 1
    this.#open = null
    const box = await this.#link.watched(async () => {
      try {
        return await this.#link.client.mailboxOpen(path)
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
    const state: FolderState = {
      path,
      uidValidity,
      uidNext: box.uidNext ?? null,
      highestModseq: noModseq ? null : String(box.highestModseq),
      exists: box.exists ?? 0,
    }
    // What happens in a folder while another one is open is never reported. Coming back, `waitForChange` must not
    // wait for what is there already.
    const look = JSON.stringify(state)
    const earlier = this.#looks.get(path)
    if (before?.path !== path) this.#watch.changed = earlier !== undefined && earlier !== look
    this.#looks.set(path, look)
    return state
  }

  async uids(range?: { from: number }): Promise<number[]> {
    return this.#link.alone(async () => {
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
    const extended = this.#link.has('ESEARCH')
    const found: number[] = []
    let refused = false
    await this.#link.exec('UID SEARCH', extended ? [atom('RETURN'), [atom('ALL')], ...query] : query, {
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
          `${this.#link.host} gave an impossible list of messages.`,
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
        this.#link.alone(async () => {
          this.#sameFolder(folder)
          if (maxLiteral !== undefined) this.#link.allowLiterals(maxLiteral)
          await this.#link.exec('UID FETCH', [{ type: 'SEQUENCE', value: set }, items], { FETCH: onItem })
        }),
      recover: (folder) => this.#recover(folder),
      hasModseq: this.#link.enabled('CONDSTORE') && !this.#selected().noModseq,
      oversized: () => this.#link.oversized,
      warn: (details, message) => this.#link.log?.warn({ host: this.#link.host, ...details }, message),
    }
    return fetchMessages(host, this.#folder, uids, options.maxBytes)
  }

  #sameFolder(folder: number): void {
    if (folder !== this.#folder || !this.#open) {
      throw new Error('Another folder was opened while messages of this one were being fetched')
    }
  }

  /** Opens the connection anew, with the very same folder: a fetch goes on by UID. */
  #recover(folder: number): Promise<void> {
    this.#sameFolder(folder)
    const { path, uidValidity } = this.#selected()
    return this.#link.reopen(async () => {
      const state = await this.#select(path)
      this.#folder = folder
      if (state.uidValidity === uidValidity) return
      throw this.#link.fail(
        new ChannelError(
          problem(
            'server_error',
            `${path} was rebuilt on ${this.#link.host} meanwhile.`,
            'It is compared anew.',
          ),
        ),
      )
    })
  }

  flags(options: { changedSince?: string; uids?: readonly number[] }): AsyncIterable<FlagChange> {
    const { noModseq } = this.#selected()
    const folder = this.#folder
    const queue = new HandOver<FlagChange>()
    const condstore = this.#link.enabled('CONDSTORE') && !noModseq
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
        await this.#link.alone(async () => {
          this.#sameFolder(folder)
          await this.#link.exec('UID FETCH', [{ type: 'SEQUENCE', value: set }, items, ...since], {
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
    return this.#link.alone(async () => {
      const box = this.#selected()
      if (!this.#link.enabled('QRESYNC') || box.noModseq || box.uidValidity !== uidValidity) return null
      let gone: number[] | null = []
      const max = box.uidNext === null ? Infinity : box.uidNext - 1
      await this.#link.exec(
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
    return this.#link.alone(async () => {
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
    await this.#link.exec('UID STORE', [{ type: 'SEQUENCE', value: set }, atom(item), flags.map(atom)])
  }

  async append(
    path: string,
    bytes: Uint8Array,
    options: { seen: boolean; at: number },
  ): Promise<{ uid: number | null }> {
    return this.#link.alone(async () => {
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const attributes: ImapToken[] = [
        this.#path(path),
        options.seen ? [atom('\\Seen')] : [],
        text(formatDateTime(options.at)),
        // A plain literal must not hold NUL (RFC 9051 section 4.3).
        { type: 'LITERAL', value, isLiteral8: value.includes(0) && this.#link.has('BINARY') },
      ]
      try {
        // Upwards nothing can be seen to move, so a slow line gets a second for every 10 KB.
        const response = await this.#link.exec('APPEND', attributes, {}, value.length / 10)
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
    return this.#link.alone(async () => {
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
        if (before && before.path !== path && !this.#link.failure) {
          await this.#select(before.path)
          // The same folder as before: fetches of it that still run may go on, unless it was rebuilt.
          if ((this.#open as OpenFolder | null)?.uidValidity === before.uidValidity) this.#folder = folder
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
      await this.#link.exec('UID FETCH', [{ type: 'SEQUENCE', value: set }, [atom('UID'), field]], {
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

  async heads(uids: readonly number[], fields: readonly string[]): Promise<RemoteHead[]> {
    const folder = this.#folder
    this.#selected()
    const items: ImapToken[] = [
      atom('UID'),
      atom('INTERNALDATE'),
      atom('RFC822.SIZE'),
      { type: 'ATOM', value: 'BODY.PEEK', section: [atom('HEADER.FIELDS'), fields.map(atom)] },
    ]
    const found = new Map<number, RemoteHead>()
    for (const set of sequenceSets(uids)) {
      await this.#link.alone(async () => {
        this.#sameFolder(folder)
        await this.#link.exec('UID FETCH', [{ type: 'SEQUENCE', value: set }, items], {
          FETCH: (untagged) => {
            const { uid, internalDate, size, body } = readFetch(untagged)
            if (uid === null || body === null) return
            found.set(uid, { uid, internalDate: internalDate ?? 0, size: size ?? 0, header: body })
          },
        })
      })
    }
    return [...found.values()].sort((a, b) => a.uid - b.uid)
  }

  async count(path: string): Promise<number> {
    return this.#link.alone(async () => {
      let messages: number | null = null
      try {
        await this.#link.exec('STATUS', [this.#path(path), [atom('MESSAGES')]], {
          STATUS: ({ attributes = [] }) => {
            const list = attributes[1]
            if (!Array.isArray(list)) return
            const at = list.findIndex((token) => valueOf(token)?.toUpperCase() === 'MESSAGES')
            const value = Number(valueOf(list[at + 1]))
            if (at >= 0 && Number.isInteger(value)) messages = value
          },
        })
      } catch (error) {
        if (this.#link.failure) throw error
        const listed = await this.#link.watched(() => this.#link.client.list())
        if (!listed.some((folder) => folder.path === path))
          throw missing(path, (error as ChannelError).problem.serverText)
        throw error
      }
      if (messages === null) {
        throw new ChannelError(
          problem(
            'server_error',
            `${this.#link.host} did not say how many messages are in ${path}.`,
            'It is tried again.',
          ),
        )
      }
      return messages
    })
  }

  /** Space on the server in bytes (RFC 9208); null where it tells none. */
  async quota(): Promise<{ used: number; limit: number } | null> {
    if (!this.#link.has('QUOTA')) return null
    return this.#link.alone(async () => {
      let found: { used: number; limit: number } | null = null
      await this.#link.exec('GETQUOTAROOT', [this.#path('INBOX')], {
        QUOTA: ({ attributes = [] }) => {
          const list = attributes[1]
          if (!Array.isArray(list)) return
          const at = list.findIndex((token) => valueOf(token)?.toUpperCase() === 'STORAGE')
          if (at < 0) return
          // Units of 1024 octets (RFC 9208 section 5.1).
          const used = Number(valueOf(list[at + 1])) * 1024
          const limit = Number(valueOf(list[at + 2])) * 1024
          if (Number.isFinite(used) && limit > 0) found = { used, limit }
        },
      })
      return found
    })
  }

  async move(uids: readonly number[], path: string): Promise<MovedMessages> {
    return this.#link.alone(() => {
      this.#selected()
      return moveMessages(this.#link, uids, this.#path(path))
    })
  }

  /** Deletes messages of the open folder for good; others marked as deleted stay (UID EXPUNGE, RFC 4315). */
  async remove(uids: readonly number[]): Promise<void> {
    return this.#link.alone(async () => {
      this.#selected()
      for (const set of sequenceSets(uids)) {
        await this.#store(set, '+FLAGS.SILENT', ['\\Deleted'])
        // Without UIDPLUS, EXPUNGE would take along what another client only marked: then ours stays marked too.
        if (this.#link.has('UIDPLUS'))
          await this.#link.exec('UID EXPUNGE', [{ type: 'SEQUENCE', value: set }])
      }
    })
  }

  async waitForChange(options: {
    maxMs: number
    signal: AbortSignal
  }): Promise<'changed' | 'timeout' | 'aborted'> {
    this.#selected()
    return this.#watch.wait(this.#link, options)
  }

  async close(): Promise<void> {
    await this.#link.close()
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
  const { encodePath } = await import('imapflow/lib/tools.js')
  return new ImapSession(client, encodePath, server, password, {
    ca: options.ca,
    times: options.times,
    log: options.log,
  })
}
