import type { Logger } from 'pino'
import type { ChannelHealth, ChannelProblem } from '../../../contract/channels.ts'
import type { Drivers } from '../channels/registry.ts'
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
import { setJunkPath } from '../store/tables/junk-moves.ts'
import { foldersOf, markFolderGone, upsertFolder, type FolderRow } from '../store/tables/folders.ts'
import { nextHeldBack } from '../store/tables/held-back.ts'
import { foldersWithFlagChanges, setAsideCount, unfinished } from '../store/tables/remote-messages.ts'
import type { Clock, EngineTimeouts } from '../types.ts'
import { logProblem, needsAPerson, problemOf, retryDelayMs, Wakeable } from './connection-loop.ts'
import { syncFolder, type FolderMemory } from './folder-sync.ts'
import { lookForHeldBack } from './held-back.ts'
import { IngestQueue } from './ingest-queue.ts'
import { moveJunk } from './junk-moves.ts'
import { personalPass, type PersonalMemory } from './personal/personal-pass.ts'

/** Progress ticks many times a second; the screen needs a few. */
const ANNOUNCE_MS = 200
/** More messages than that to fetch are "syncing": the screen would flicker with every mail. */
const SYNCING_FROM = 20

export type ChannelSyncDeps = {
  store: Store
  ingest: Ingest
  parser: MimeParser
  drivers: Drivers
  log: Logger
  clock: Clock
  timeouts: EngineTimeouts
  secrets(channelId: string): Promise<ChannelSecrets>
}

type State = Pick<ChannelHealth, 'state' | 'since' | 'progress' | 'retryAt' | 'problem' | 'lastCheckedAt'>

/** What a pass looks at: every folder, or INBOX and where flags wait to be told. */
type Scope = 'everything' | 'inbox'

/** One channel's life: connect, bring the folders in step, wait for changes, and again; back off when it fails. */
export class ChannelSync {
  readonly channel: ChannelRow
  readonly #deps: ChannelSyncDeps
  readonly #stop = new AbortController()
  readonly #pause = new Wakeable()
  #nudge = new AbortController()
  #next: Scope = 'everything'
  #state: State
  #announced = 0
  #failures = 0
  #failingSince: number | null = null
  #session: MailSession | null = null
  /** The session that ends now is not one that failed. */
  #givenUp = false
  readonly #finished: Promise<void>

  /** @param after  resolves when an earlier one for the same channel has ended */
  constructor(channel: ChannelRow, deps: ChannelSyncDeps, after: Promise<void> = Promise.resolve()) {
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
    this.#finished = after.then(() => this.#run())
  }

  health(): ChannelHealth {
    return {
      ...this.#state,
      lastMailInAt: this.channel.last_mail_in_at,
      setAside: setAsideCount(this.#deps.store.read, this.channel.id),
    }
  }

  /** Somebody asks for it: ends any waiting, also the one after a failure, and looks at everything. */
  retry(): void {
    this.#next = 'everything'
    this.#pause.wake()
    this.#nudge.abort()
  }

  /**
   * The line is given up for a new one at once: the machine slept, so that it is dead without knowing it (fault 42), or
   * there is a new password.
   */
  reconnect(): void {
    this.#givenUp = this.#session !== null
    this.retry()
    void this.#session?.close().catch(() => undefined)
  }

  /** Flags wait to be told. A channel that is failing goes on waiting: they are told when it is back. */
  flagsChanged(): void {
    this.#nudge.abort()
  }

  async connect(signal: AbortSignal = this.#stop.signal): Promise<MailSession> {
    const servers = channelServers(this.channel)
    const settings = { kind: this.channel.kind, address: this.channel.address, ...servers }
    const secrets = servers.imap ? await this.#deps.secrets(this.channel.id) : NO_SECRETS
    return await this.#deps.drivers(this.channel.kind).connect(settings, secrets, signal)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#nudge.abort()
    await this.#finished
  }

  #set(change: Partial<State>): void {
    const before = this.#state
    this.#state = { ...before, ...change }
    if (change.state && change.state !== before.state) this.#state.since = this.#deps.clock.now()
    const now = performance.now()
    const ticks = before.state === 'syncing' && change.state === 'syncing'
    if (ticks && now - this.#announced < ANNOUNCE_MS) return
    this.#announced = now
    this.#deps.store.notify('channels', this.channel.id)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#connected()
      } catch (error) {
        if (signal.aborted) break
        if (this.#givenUp) continue
        this.#failures += 1
        this.#failingSince ??= this.#deps.clock.now()
        logProblem(this.#deps.log, this.channel.address, this.#failures, error)
        await this.#waitAfter(problemOf(error))
      }
    }
    this.#set({ state: 'stopped', progress: null, retryAt: null })
  }

  /** The connection brought something: whatever ends it, the next try may be soon. */
  #isHealthy(): void {
    this.#failures = 0
    this.#failingSince = null
  }

  async #waitAfter(problem: ChannelProblem): Promise<void> {
    const delay = retryDelayMs(problem, this.#failures, this.#deps.timeouts)
    const since = this.#failingSince ?? this.#deps.clock.now()
    this.#set({
      state: this.#failures > 3 || needsAPerson(problem) ? 'failing' : 'waiting',
      problem,
      progress: null,
      retryAt: this.#deps.clock.now() + delay,
    })
    this.#state.since = since
    await this.#pause.sleep(delay, this.#stop.signal)
  }

  /** One connection, from login until it ends. Returns only when the channel is stopped. */
  async #connected(): Promise<void> {
    const { signal } = this.#stop
    const { clock, timeouts } = this.#deps
    this.#set({ state: 'connecting', retryAt: null })
    this.#givenUp = false
    const session = await this.connect()
    this.#session = session
    const closeOnStop = (): void => void session.close().catch(() => undefined)
    signal.addEventListener('abort', closeOnStop, { once: true })
    const memories = new Map<number, FolderMemory>()
    const personal: PersonalMemory = new Set()
    let remote: RemoteFolder[] = []
    let everythingAt = -Infinity
    try {
      this.#next = 'everything'
      while (!signal.aborted) {
        // Before the pass, so that what is asked for during it starts another one.
        this.#nudge = new AbortController()
        const due = performance.now() - everythingAt >= timeouts.poll
        const scope = due ? 'everything' : this.#next
        this.#next = 'inbox'
        if (scope === 'everything') {
          everythingAt = performance.now()
          remote = await session.listFolders()
        }
        await this.#pass(session, remote, scope, memories, personal)
        if (signal.aborted) return
        this.#isHealthy()
        this.#set({ state: 'live', problem: null, progress: null, retryAt: null, lastCheckedAt: clock.now() })
        const heldBack = nextHeldBack(this.#deps.store.read, this.channel.id)
        const untilHeldBack = heldBack === null ? Infinity : heldBack - clock.now()
        const maxMs = Math.max(1, Math.min(untilHeldBack, everythingAt + timeouts.poll - performance.now()))
        await session.waitForChange({ maxMs, signal: AbortSignal.any([signal, this.#nudge.signal]) })
      }
    } finally {
      signal.removeEventListener('abort', closeOnStop)
      this.#session = null
      await session.close().catch(() => undefined)
    }
  }

  async #pass(
    session: MailSession,
    remote: readonly RemoteFolder[],
    scope: Scope,
    memories: Map<number, FolderMemory>,
    personal: PersonalMemory,
  ): Promise<void> {
    const folders = this.#knowFolders(remote)
    const inbox = folders.find((folder) => folder.role === 'inbox')!
    if (this.channel.purpose === 'personal') {
      if (scope === 'everything') await this.#countJunk(session, remote)
      const { signal } = this.#stop
      const everything = scope === 'everything'
      const { id: channelId } = this.channel
      await personalPass({ ...this.#deps, session, channelId, folders, everything, memory: personal, signal })
      await this.#heldBack(session, inbox)
      return
    }
    const told = foldersWithFlagChanges(this.#deps.store.read, this.channel.id)
    const others = folders.filter(
      (folder) => folder !== inbox && (scope === 'everything' || told.has(folder.id)),
    )
    await this.#folder(session, inbox, memories)
    for (const folder of others) await this.#folder(session, folder, memories)
    const moved = await moveJunk({
      ...this.#deps,
      session,
      inbox,
      folders: remote,
      signal: this.#stop.signal,
      again: scope === 'everything',
    })
    if (scope === 'everything' || moved) await this.#countJunk(session, remote)
    // Ends on INBOX, which is what the wait listens to; the session tells it what came there meanwhile.
    if (others.length > 0 || moved) await session.open(inbox.path)
    // What was taken back is in INBOX again.
    if (moved) this.#nudge.abort()
    await this.#heldBack(session, inbox)
  }

  /** Attachments that a scanner held back are looked for again (E2); what came meanwhile is seen by the next pass. */
  async #heldBack(session: MailSession, inbox: FolderRow): Promise<void> {
    const { channel } = this
    const opened = await lookForHeldBack({ ...this.#deps, session, channel, signal: this.#stop.signal })
    if (!opened) return
    await session.open(inbox.path)
    this.#nudge.abort()
  }

  async #folder(session: MailSession, known: FolderRow, memories: Map<number, FolderMemory>): Promise<void> {
    const { store, log } = this.#deps
    const folder = foldersOf(store.read, this.channel.id).find((row) => row.id === known.id) ?? known
    const memory = memories.get(folder.id) ?? { compared: false, allFlagsAt: null }
    memories.set(folder.id, memory)
    const queue = new IngestQueue({
      channelId: this.channel.id,
      connectedAt: this.channel.created_at,
      folder,
      ...this.#deps,
    })
    try {
      await this.#finishInterrupted(folder, queue)
      await syncFolder({
        session,
        folder,
        memory,
        store,
        queue,
        log,
        signal: this.#stop.signal,
        progress: (done, total) => {
          if (done > 0) this.#isHealthy()
          if (total > SYNCING_FROM) this.#set({ state: 'syncing', progress: { done, total } })
        },
      })
    } finally {
      // Two at work on one folder would do everything twice.
      await queue.stop()
    }
  }

  /**
   * INBOX and Sent, nothing else; Junk is only counted (E1). Of a personal mailbox the others are known too: they can be
   * opted in (G6). Folders that are gone are marked, never emptied (fault 11).
   */
  #knowFolders(remote: readonly RemoteFolder[]): FolderRow[] {
    const wanted = remote.flatMap((folder): { path: string; role: FolderRow['role'] }[] => {
      if (!folder.selectable) return []
      if (folder.role === 'inbox' || folder.role === 'sent') return [{ path: folder.path, role: folder.role }]
      const isOther = folder.role === 'other' || folder.role === 'archive'
      return isOther && this.channel.purpose === 'personal' ? [{ path: folder.path, role: 'other' }] : []
    })
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
        for (const folder of fresh) upsertFolder(db, this.channel.id, folder.path, folder.role)
        changed('channels', this.channel.id)
      })
    }
    return foldersOf(store.read, this.channel.id).filter((folder) => paths.has(folder.path))
  }

  /** Ingests what an earlier run had stored but not understood when it ended. */
  async #finishInterrupted(folder: FolderRow, queue: IngestQueue): Promise<void> {
    for (;;) {
      this.#stop.signal.throwIfAborted()
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
        })),
      )
      await queue.drained()
    }
  }

  /** A Junk folder that cannot be counted is no reason to stop the mail. */
  async #countJunk(session: MailSession, remote: readonly RemoteFolder[]): Promise<void> {
    const { store, log } = this.#deps
    const junk = remote.find((folder) => folder.role === 'junk' && folder.selectable)
    let count = 0
    try {
      if (junk) count = await session.count(junk.path)
    } catch (error) {
      if (
        !(error instanceof ChannelError) ||
        !['server_error', 'folder_missing'].includes(error.problem.code)
      )
        throw error
      log.warn({ problem: error.problem, path: junk?.path }, 'Junk could not be counted')
      return
    }
    store.write(({ db, changed }) => {
      const isNews = setJunkPath(db, this.channel.id, junk?.path ?? '')
      if (setJunkCount(db, this.channel.id, count) || isNews) changed('channels', this.channel.id)
    })
  }
}
