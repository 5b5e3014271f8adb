import { renameSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { Logger } from 'pino'
import { EntityName, type ChangeEvent } from '../../../contract/events.ts'
import { Emitter } from '../lib/emitter.ts'
import { createHybridClock, type HybridClock } from '../lib/hlc.ts'
import type { Clock } from '../types.ts'
import { Blobs, type Kept } from './blobs.ts'
import { Checkpointer, WAL_KEPT } from './checkpointer.ts'
import { openDatabase, type OpenedDatabase } from './open.ts'
import { readableDb, writableDb, type ReadableDb, type WritableDb } from './statements.ts'

/** The disk refused a write (fault 35): nothing of the transaction is there. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError'
}

/** What a transaction is given: the writing handle, and the place to say what it changed. */
export type Write = {
  db: WritableDb
  /** Names a changed thing for the event of this commit. */
  changed(entity: EntityName, id: string): void
  /** Says that every one of a kind may have changed for its viewers. */
  changedAll(entity: EntityName): void
  /** Milliseconds: the moment of this transaction. */
  now: number
}

/** Names beyond this are not worth sending: the client refetches what it shows. */
const MAX_NAMED = 200
/** Commits that a returning client can be told about by name. */
const REMEMBERED_EVENTS = 500

/**
 * The workspace's database: one writer, one reader, revisions and change events.
 * Every commit that changes something a client can see raises `rev` by one.
 */
export class Store {
  readonly blobs: Blobs
  readonly read: ReadableDb
  readonly hlc: HybridClock
  readonly nodeId: string
  readonly recovery: OpenedDatabase['recovery']
  readonly #opened: OpenedDatabase
  readonly #reader: BetterSqlite3.Database
  readonly #write: WritableDb
  readonly #checkpointer: Checkpointer
  readonly #log: Logger
  readonly #clock: Clock
  readonly #dataDir: string
  readonly #events: Emitter<ChangeEvent>
  readonly #recent: ChangeEvent[] = []
  #rev: number
  #problem: { message: string; since: number } | null = null

  constructor(options: { dataDir: string; log: Logger; clock: Clock }) {
    this.#log = options.log
    this.#clock = options.clock
    this.#dataDir = options.dataDir
    this.#opened = openDatabase(options.dataDir, options.log)
    this.recovery = this.#opened.recovery
    this.#write = writableDb(this.#opened.db, options.log)
    const { db, path } = this.#opened
    db.pragma(`journal_size_limit = ${WAL_KEPT}`)
    this.#checkpointer = new Checkpointer({
      path,
      log: options.log,
      setAutomatic: (pages) => db.open && db.pragma(`wal_autocheckpoint = ${pages}`),
    })
    // The thread that begins at less does it; this is for when there is none.
    db.pragma('wal_autocheckpoint = 4000')
    this.#reader = new BetterSqlite3(this.#opened.path, { readonly: true })
    this.#reader.pragma('cache_size = -65536')
    this.#reader.pragma('mmap_size = 268435456')
    this.read = readableDb(this.#reader, options.log)
    this.blobs = new Blobs(join(options.dataDir, 'blobs'))
    this.#events = new Emitter((error) => options.log.error({ error }, 'a change listener failed'))
    this.#rev = this.#write.get<{ rev: number }>('SELECT rev FROM revision')!.rev
    this.nodeId = this.#machineSetting('node_id', () => randomUUID().slice(0, 8))
    const last = this.#write.get<{ hlc: string }>('SELECT hlc FROM ops ORDER BY seq DESC LIMIT 1')
    this.hlc = createHybridClock(options.clock, this.nodeId, last?.hlc)
  }

  #machineSetting(key: string, initial: () => string): string {
    this.#write.run('INSERT OR IGNORE INTO machine_settings (key, value) VALUES (?, ?)', [key, initial()])
    return this.#write.get<{ value: string }>('SELECT value FROM machine_settings WHERE key = ?', [key])!
      .value
  }

  get rev(): number {
    return this.#rev
  }

  /** Set while the disk refuses writes; cleared by the first that succeeds. */
  get problem(): { message: string; since: number } | null {
    return this.#problem
  }

  /**
   * Runs `work` in one transaction; all of it is there afterwards, or nothing. Synchronous, so transactions never
   * interleave. With `durable` the commit is on the disk when this returns (ops and outbox: fault 38).
   * Throws a StorageFullError when the disk refuses; what `work` throws passes through.
   */
  write<T>(work: (write: Write) => T, options: { durable?: boolean } = {}): T {
    const { db } = this.#opened
    const changes = new Map<EntityName, Set<string> | null>()
    const context: Write = {
      db: this.#write,
      now: this.#clock.now(),
      changed(entity, id) {
        let ids = changes.get(entity)
        if (ids === undefined) changes.set(entity, (ids = new Set()))
        ids?.add(id)
      },
      changedAll: (entity) => void changes.set(entity, null),
    }
    let result: T
    const rev = this.#rev
    try {
      if (options.durable) db.pragma('synchronous = FULL')
      db.exec('BEGIN IMMEDIATE')
      try {
        result = work(context)
        if (changes.size > 0) this.#write.run('UPDATE revision SET rev = ?', [rev + 1])
        db.exec('COMMIT')
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK')
        throw error
      } finally {
        if (options.durable) db.pragma('synchronous = NORMAL')
      }
    } catch (error) {
      throw this.#explain(error)
    }
    this.#checkpointer.committed()
    if (this.#problem) {
      this.#problem = null
      this.#log.info('the disk takes writes again')
      changes.set('workspace', new Set(['workspace']))
    }
    if (changes.size > 0) {
      this.#rev = rev + 1
      this.#announce({
        rev: this.#rev,
        changes: [...changes].map(([entity, ids]) => ({
          entity,
          ids: ids === null || ids.size > MAX_NAMED ? null : [...ids],
        })),
      })
    }
    return result
  }

  #announce(event: ChangeEvent): void {
    this.#recent.push(event)
    if (this.#recent.length > REMEMBERED_EVENTS) this.#recent.shift()
    this.#events.emit(event)
  }

  #explain(error: unknown): unknown {
    const code =
      error instanceof BetterSqlite3.SqliteError
        ? error.code
        : ((error as NodeJS.ErrnoException | null)?.code ?? '')
    if (/^SQLITE_(FULL|IOERR)/.test(code) || code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS') {
      const message = 'The disk refuses to store more. Free some space; Anteroom goes on by itself.'
      if (!this.#problem) {
        this.#problem = { message, since: this.#clock.now() }
        this.#log.error({ error }, 'the disk refuses writes')
        this.#events.emit({ rev: this.#rev, changes: [{ entity: 'workspace', ids: ['workspace'] }] })
      }
      return new StorageFullError(message, { cause: error })
    }
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
      // The next start sets the file aside and restores the copy (fault 37).
      writeFileSync(join(this.#dataDir, 'damaged'), String(code))
      this.#log.error({ error }, 'the database is damaged')
    }
    return error
  }

  /**
   * Puts bytes on the disk ahead of the transaction that names them (`blobs.index`), while others go on working.
   * Rejects with a StorageFullError when the disk refuses.
   */
  async keep(items: readonly Uint8Array[]): Promise<Kept[]> {
    try {
      return await this.blobs.keep(this.read, items)
    } catch (error) {
      throw this.#explain(error)
    }
  }

  /** Something a client shows changed without a commit (a channel's health). Carries the present rev. */
  notify(entity: EntityName, id: string): void {
    this.#events.emit({ rev: this.#rev, changes: [{ entity, ids: [id] }] })
  }

  onChange(listener: (event: ChangeEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /** What was committed after `rev`, folded into one event; null when nothing was. */
  changesSince(rev: number): ChangeEvent | null {
    if (rev === this.#rev) return null
    const missed = this.#recent.filter((event) => event.rev > rev)
    const known = rev <= this.#rev && missed.length === this.#rev - rev
    const folded = new Map<EntityName, Set<string> | null>()
    if (!known) for (const entity of EntityName.options) folded.set(entity, null)
    else {
      for (const change of missed.flatMap((event) => event.changes)) {
        const ids = folded.get(change.entity)
        if (ids === null || change.ids === null) folded.set(change.entity, null)
        else folded.set(change.entity, new Set([...(ids ?? []), ...change.ids]))
      }
    }
    return { rev: this.#rev, changes: [...folded].map(([entity, ids]) => ({ entity, ids: ids && [...ids] })) }
  }

  /** Moves the WAL into the database; called between batches so that it neither grows nor stalls a commit. */
  checkpoint(mode: 'PASSIVE' | 'TRUNCATE' = 'PASSIVE'): void {
    this.#opened.db.pragma(`wal_checkpoint(${mode})`)
  }

  /** Resolves when there is room for more in the WAL, nearly always at once. For who writes much and can wait. */
  async room(): Promise<void> {
    await this.#checkpointer.room()
  }

  /** Writes the copy that a damaged database is replaced with. Runs in small steps beside other work. */
  async backup(): Promise<void> {
    const target = join(this.#dataDir, 'anteroom.backup.db')
    await this.#opened.db.backup(`${target}.new`, { progress: () => 200 })
    renameSync(`${target}.new`, target)
  }

  /** Empties every table and the blobs: what throws the sample away. The machine's own settings stay. */
  wipe(): void {
    this.write(
      ({ db, changed }) => {
        const tables = db.all<{ name: string }>(
          `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'
           AND name NOT IN ('revision', 'machine_settings')`,
        )
        db.run('PRAGMA defer_foreign_keys = ON')
        for (const { name } of tables) db.run(`DELETE FROM ${name}`)
        db.run(`DELETE FROM machine_settings WHERE key = 'me_id'`)
        db.run(`INSERT INTO messages_fts (messages_fts) VALUES ('delete-all')`)
        for (const entity of EntityName.options) changed(entity, 'all')
      },
      { durable: true },
    )
    this.blobs.clear()
    this.checkpoint('TRUNCATE')
  }

  close(): void {
    this.#checkpointer.close()
    this.#reader.close()
    try {
      this.checkpoint('TRUNCATE')
    } catch (error) {
      this.#log.warn({ error }, 'the last checkpoint failed; the next start takes it')
    }
    this.blobs.close()
    this.#opened.db.close()
    this.#opened.releaseLock()
  }
}
