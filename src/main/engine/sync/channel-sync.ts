import type { Logger } from 'pino'
import type { ChannelHealth, ChannelProblem } from '../../../contract/channels.ts'
import { driverFor } from '../channels/registry.ts'
import {
  ChannelError,
  NO_SECRETS,
  type ChannelSecrets,
  type MailSession,
  type RemoteFolder,
} from '../channels/types.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { MimeParser } from '../mime/types.ts'
import type { Store } from '../store/store.ts'
import { channelServers, setJunkCount, type ChannelRow } from '../store/tables/channels.ts'
import { foldersOf, markFolderGone, upsertFolder, type FolderRow } from '../store/tables/folders.ts'
import {
  dropFlagChange,
  flagChanges,
  setAsideCount,
  unfinished,
  type FlagChangeRow,
} from '../store/tables/remote-messages.ts'
import type { Clock } from '../types.ts'
import { logProblem, problemOf, retryDelayMs, Wakeable } from './connection-loop.ts'
import { syncFolder } from './folder-sync.ts'
import { IngestQueue } from './ingest-queue.ts'

/** IDLE is trusted this long; then the folders are read again whatever it said (fault 8: within five minutes). */
const POLL_MS = 4 * 60 * 1000
const FLAG_BATCH = 1000

export type ChannelSyncDeps = {
  store: Store
  ingest: Ingest
  parser: MimeParser
  log: Logger
  clock: Clock
  secrets(channelId: string): Promise<ChannelSecrets>
}

type State = Pick<ChannelHealth, 'state' | 'since' | 'progress' | 'retryAt' | 'problem' | 'lastCheckedAt'>

/** One channel's life: connect, bring the folders in step, wait for changes, and again; back off when it fails. */
export class ChannelSync {
  readonly channel: ChannelRow
  readonly #deps: ChannelSyncDeps
  readonly #stop = new AbortController()
  readonly #pause = new Wakeable()
  #nudge = new AbortController()
  #state: State
  #announced = 0
  readonly #finished: Promise<void>

  constructor(channel: ChannelRow, deps: ChannelSyncDeps) {
    this.channel = channel
    this.#deps = deps
    this.#state = {
      state: 'connecting',
      since: deps.clock.now(),
      progress: null,
      retryAt: null,
      problem: null,
      lastCheckedAt: null,
    }
    this.#finished = this.#run()
  }

  health(): ChannelHealth {
    return {
      ...this.#state,
      lastMailInAt: this.channel.last_mail_in_at,
      setAside: setAsideCount(this.#deps.store.read, this.channel.id),
    }
  }

  /** Ends any waiting: the next pass begins now. */
  nudge(): void {
    this.#pause.wake()
    this.#nudge.abort()
  }

  async connect(signal: AbortSignal = this.#stop.signal): Promise<MailSession> {
    const servers = channelServers(this.channel)
    const settings = { kind: this.channel.kind, address: this.channel.address, ...servers }
    const secrets = servers.imap ? await this.#deps.secrets(this.channel.id) : NO_SECRETS
    return await driverFor(this.channel.kind).connect(settings, secrets, signal)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.nudge()
    await this.#finished
  }

  #set(change: Partial<State>): void {
    const before = this.#state
    this.#state = { ...before, ...change }
    if (change.state && change.state !== before.state) this.#state.since = this.#deps.clock.now()
    // Progress ticks many times a second; the screen needs a few.
    const now = performance.now()
    const onlyProgress = change.state === before.state || (!change.state && change.progress)
    if (onlyProgress && now - this.#announced < 200) return
    this.#announced = now
    this.#deps.store.notify('channels', this.channel.id)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    let failures = 0
    let failingSince: number | null = null
    while (!signal.aborted) {
      try {
        await this.#connected(() => {
          failures = 0
          failingSince = null
        })
      } catch (error) {
        if (signal.aborted) break
        failures += 1
        const now = this.#deps.clock.now()
        failingSince ??= now
        logProblem(this.#deps.log, this.channel.address, failures, error)
        await this.#waitAfter(problemOf(error), failures, failingSince)
      }
    }
    this.#set({ state: 'stopped', progress: null, retryAt: null })
  }

  async #waitAfter(problem: ChannelProblem, failures: number, failingSince: number): Promise<void> {
    const delay = retryDelayMs(problem, failures)
    const failing = failures > 3 || ['login_refused', 'certificate', 'tls_stripped'].includes(problem.code)
    this.#set({
      state: failing ? 'failing' : 'waiting',
      problem,
      progress: null,
      retryAt: this.#deps.clock.now() + delay,
    })
    this.#state.since = failingSince
    await this.#pause.sleep(delay, this.#stop.signal)
  }

  /** One connection, from login until it ends. Returns only when the channel is stopped. */
  async #connected(onHealthy: () => void): Promise<void> {
    const { signal } = this.#stop
    this.#set({ state: 'connecting', retryAt: null })
    const session = await this.connect()
    const closeOnStop = (): void => void session.close().catch(() => undefined)
    signal.addEventListener('abort', closeOnStop, { once: true })
    try {
      while (!signal.aborted) {
        // Before the pass, so that what is asked for during it starts another one.
        this.#nudge = new AbortController()
        await this.#pass(session)
        if (signal.aborted) return
        onHealthy()
        this.#set({
          state: 'live',
          problem: null,
          progress: null,
          retryAt: null,
          lastCheckedAt: this.#deps.clock.now(),
        })
        await session.waitForChange({ maxMs: POLL_MS, signal: AbortSignal.any([signal, this.#nudge.signal]) })
      }
    } finally {
      signal.removeEventListener('abort', closeOnStop)
      await session.close().catch(() => undefined)
    }
  }

  async #pass(session: MailSession): Promise<void> {
    const { store, log } = this.#deps
    const remote = await session.listFolders()
    const folders = this.#knowFolders(remote)
    for (const folder of folders) {
      await this.#pushFlags(session, folder)
      const queue = new IngestQueue({ channelId: this.channel.id, folder, ...this.#deps })
      await this.#finishInterrupted(folder, queue)
      await syncFolder({
        session,
        folder,
        store,
        queue,
        log,
        signal: this.#stop.signal,
        progress: (done, total) => {
          // A handful of new messages is no "syncing": the screen would flicker with every mail.
          if (total > 20) this.#set({ state: 'syncing', progress: { done, total } })
        },
      })
    }
    await this.#countJunk(session, remote)
    // Ends on INBOX, which is what the wait listens to.
    const inbox = folders.find((folder) => folder.role === 'inbox')
    if (inbox) await session.open(inbox.path)
  }

  /** INBOX and Sent, nothing else; Junk is only counted (E1). Folders that are gone are marked, never emptied (fault 11). */
  #knowFolders(remote: readonly RemoteFolder[]): FolderRow[] {
    const wanted = remote.filter(
      (folder) => folder.selectable && (folder.role === 'inbox' || folder.role === 'sent'),
    )
    if (!wanted.some((folder) => folder.role === 'inbox')) {
      throw new ChannelError({
        code: 'folder_missing',
        message: `The server lists no INBOX for ${this.channel.address}.`,
        hint: 'Check with the mail provider whether the account still has a mailbox.',
        serverText: null,
      })
    }
    const { store } = this.#deps
    const known = foldersOf(store.read, this.channel.id)
    const paths = new Set(wanted.map((folder) => folder.path))
    const gone = known.filter((folder) => folder.gone_at === null && !paths.has(folder.path))
    const fresh = wanted.filter(
      (folder) =>
        !known.some((row) => row.path === folder.path && row.role === folder.role && row.gone_at === null),
    )
    if (gone.length > 0 || fresh.length > 0) {
      store.write(({ db, now, changed }) => {
        for (const folder of gone) markFolderGone(db, folder.id, now)
        for (const folder of fresh)
          upsertFolder(db, this.channel.id, folder.path, folder.role as FolderRow['role'])
        changed('channels', this.channel.id)
      })
    }
    return foldersOf(store.read, this.channel.id)
      .filter((folder) => paths.has(folder.path))
      .sort((a, b) => Number(b.role === 'inbox') - Number(a.role === 'inbox'))
  }

  /** Ingests what an earlier run had stored but not understood when it ended. */
  async #finishInterrupted(folder: FolderRow, queue: IngestQueue): Promise<void> {
    for (;;) {
      const rows = unfinished(this.#deps.store.read, folder.id, 200)
      if (rows.length === 0) return
      await queue.add(
        rows.map((row) => ({
          uid: row.uid,
          rawHash: row.raw_hash!,
          raw: null,
          internalDate: row.internal_date,
          size: row.size,
          seen: row.seen === 1,
          answered: row.answered === 1,
          live: folder.highest_modseq !== null,
        })),
      )
      await queue.drained()
    }
  }

  /** Tells the server the flags that were changed here, and only those (fault 15). */
  async #pushFlags(session: MailSession, folder: FolderRow): Promise<void> {
    const { store } = this.#deps
    const changes = flagChanges(store.read, folder.id, FLAG_BATCH)
    if (changes.length === 0) return
    await session.open(folder.path)
    const groups = new Map<string, FlagChangeRow[]>()
    for (const change of changes) {
      const key = `${change.flag}:${change.value}`
      groups.set(key, [...(groups.get(key) ?? []), change])
    }
    for (const group of groups.values()) {
      const { flag, value } = group[0]!
      await session.setFlags(
        group.map((change) => change.uid),
        value ? { add: [flag], remove: [] } : { add: [], remove: [flag] },
      )
      store.write(({ db }) => group.forEach((change) => dropFlagChange(db, change)))
    }
    if (changes.length === FLAG_BATCH) await this.#pushFlags(session, folder)
  }

  async #countJunk(session: MailSession, remote: readonly RemoteFolder[]): Promise<void> {
    const junk = remote.find((folder) => folder.role === 'junk' && folder.selectable)
    const count = junk ? await session.count(junk.path) : 0
    this.#deps.store.write(({ db, changed }) => {
      if (setJunkCount(db, this.channel.id, count)) changed('channels', this.channel.id)
    })
  }
}
