import type * as Original from 'node:worker_threads'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Store } from '../../src/main/engine/store/store.ts'

const threads = vi.hoisted(() => ({ broken: false, started: 0 }))
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof Original>()
  class Worker extends real.Worker {
    constructor(source: string | URL, options?: ConstructorParameters<typeof real.Worker>[1]) {
      threads.started += 1
      super(threads.broken ? 'throw new Error("no threads here")' : source, options)
    }
  }
  return { ...real, Worker }
})

const MB = 1024 * 1024
let dataDir: string
let store: Store
beforeEach(() => {
  threads.started = 0
  threads.broken = false
  dataDir = mkdtempSync(join(tmpdir(), 'anteroom-wal-'))
  store = new Store({ dataDir, log: pino({ level: 'silent' }), clock: { now: () => 0 } })
})
afterEach(() => {
  store.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const size = (name: string): number => statSync(join(dataDir, name)).size

/** So many MB in small commits, as a sync makes them. */
async function write(megabytes: number, from = 0): Promise<void> {
  for (let i = 0; i < megabytes * 10; i += 1) {
    store.write(({ db }) =>
      db.run('INSERT INTO machine_settings (key, value) VALUES (?, ?)', [`${from + i}`, 'x'.repeat(MB / 10)]),
    )
    await store.room()
    // As after every transaction of a sync: others get a turn.
    if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

test('the WAL is moved into the database beside the writer, and stays small', async () => {
  await write(120)
  expect(threads.started).toBe(1)
  // Nothing was closed, nothing was asked for: the bytes are where they belong all the same.
  expect(size('anteroom.db')).toBeGreaterThan(40 * MB)
  expect(size('anteroom.db-wal')).toBeLessThan(100 * MB)
  const other = new BetterSqlite3(join(dataDir, 'anteroom.db'), { readonly: true })
  expect(other.prepare("SELECT count(*) AS n FROM machine_settings WHERE value LIKE 'xx%'").get()).toEqual({
    n: 1200,
  })
  expect(other.pragma('quick_check', { simple: true })).toBe('ok')
  other.close()
})

test('without the thread commits do the work', async () => {
  threads.broken = true
  await write(60)
  expect(threads.started).toBe(1)
  expect(size('anteroom.db')).toBeGreaterThan(20 * MB)
  expect(size('anteroom.db-wal')).toBeLessThan(40 * MB)
})

test('little is written without any thread', async () => {
  await write(3)
  expect(threads.started).toBe(0)
})
