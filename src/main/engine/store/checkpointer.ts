import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'

/** A WAL of this many bytes is moved into the database. It is cut back to `WAL_KEPT` when a writer begins it anew. */
const START_BYTES = 6 * 1024 * 1024
export const WAL_KEPT = 4 * 1024 * 1024
/** Beyond this a writer who can wait, waits. */
const PATIENCE_BYTES = 64 * 1024 * 1024
/** The WAL is looked at after every so many commits. */
const EVERY = 8

/** What the thread runs: text, so that it needs no file of its own in any build. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const Database = require(workerData.module)
const db = new Database(workerData.path)
parentPort.on('message', () => {
  try {
    const [{ log, checkpointed }] = db.pragma('wal_checkpoint(PASSIVE)')
    parentPort.postMessage({ whole: log === checkpointed })
  } catch (error) {
    parentPort.postMessage({ error: String(error) })
  }
})
`

/**
 * Moves the WAL into the database in a thread of its own. SQLite lets writers and readers go on meanwhile, so that
 * nobody waits for the disk's syncs, of which a checkpoint needs two. Without the thread (it cannot be started), SQLite
 * does the same inside of commits, as it always does.
 */
export class Checkpointer {
  readonly #wal: string
  readonly #path: string
  readonly #log: Logger
  readonly #setAutomatic: (pages: number) => void
  #thread: Worker | null = null
  #isBroken = false
  #commits = 0
  #running: Promise<boolean> | null = null

  /** @param setAutomatic  after how many pages SQLite itself does it; 0 never */
  constructor(options: { path: string; log: Logger; setAutomatic(pages: number): void }) {
    this.#path = options.path
    this.#wal = `${options.path}-wal`
    this.#log = options.log
    this.#setAutomatic = options.setAutomatic
  }

  /** To be called after every commit. */
  committed(): void {
    this.#commits += 1
    if (this.#isBroken || this.#running || this.#commits % EVERY !== 0) return
    if (this.#size() >= START_BYTES) void this.#run()
  }

  /** Resolves at once, or when a WAL that has grown out of hand is small again: what somebody who writes much awaits. */
  async room(): Promise<void> {
    for (let tries = 0; tries < 5 && !this.#isBroken && this.#size() > PATIENCE_BYTES; tries += 1) {
      if ((await (this.#running ?? this.#run())) && tries > 0) return
    }
  }

  close(): void {
    this.#isBroken = true
    void this.#thread?.terminate()
    this.#thread = null
  }

  #size(): number {
    return statSync(this.#wal, { throwIfNoEntry: false })?.size ?? 0
  }

  /** @returns whether the whole WAL is in the database now */
  #run(): Promise<boolean> {
    const running = new Promise<boolean>((resolve) => {
      const thread = this.#start()
      const done = (reply: { whole?: boolean; error?: string }): void => {
        thread.off('message', done)
        thread.off('exit', ended)
        if (reply.error) this.#log.warn({ error: reply.error }, 'a checkpoint failed; it is tried again')
        resolve(reply.whole === true)
      }
      const ended = (): void => done({})
      thread.on('message', done)
      thread.on('exit', ended)
      thread.postMessage(null)
    })
    this.#running = running.finally(() => {
      this.#running = null
    })
    return this.#running
  }

  #start(): Worker {
    if (this.#thread) return this.#thread
    const thread = new Worker(THREAD, {
      eval: true,
      name: 'checkpoint',
      workerData: { module: createRequire(import.meta.url).resolve('better-sqlite3'), path: this.#path },
    })
    thread.unref()
    thread.once('online', () => this.#setAutomatic(0))
    const broken = (error: unknown): void => {
      if (this.#isBroken) return
      this.#isBroken = true
      this.#thread = null
      this.#setAutomatic(1000)
      this.#log.warn({ err: error }, 'the checkpoint thread ended; commits do its work')
    }
    thread.on('error', broken)
    thread.on('exit', broken)
    this.#thread = thread
    return thread
  }
}
