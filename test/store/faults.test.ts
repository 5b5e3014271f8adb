import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BlobDamagedError } from '../../src/main/engine/store/blobs.ts'
import { migrations } from '../../src/main/engine/store/migrations/index.ts'
import { openDatabase } from '../../src/main/engine/store/open.ts'
import { appendOp, verifyOps } from '../../src/main/engine/store/ops.ts'
import { StorageFullError, Store } from '../../src/main/engine/store/store.ts'
import { EngineStartError } from '../../src/main/engine/types.ts'
import { until } from '../support/ports.ts'

const log = pino({ level: 'silent' })
let dir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-faults-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

const open = () => new Store({ dataDir: dir, log, clock: { now: () => Date.now() } })

/** Runs a file of children/ in a process of its own; `lines` grows as it prints. */
function run(file: string): { child: ChildProcess; lines: string[]; ended: Promise<unknown> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children', file), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines: string[] = []
  let rest = ''
  child.stdout!.on('data', (data: Buffer) => {
    const parts = (rest + data.toString()).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  return { child, lines, ended: once(child, 'close') }
}

const addInbox = (store: Store, id: string) =>
  store.write(
    (write) => {
      appendOp(write, store.hlc, null, {
        entity: 'inbox',
        id,
        kind: 'create',
        values: { name: id, access: 'everyone', created_at: 1 },
      })
      write.changed('inboxes', id)
    },
    { durable: true },
  )
const inboxes = (store: Store) =>
  store.read.all<{ id: string }>('SELECT id FROM inboxes ORDER BY created_at, id').map((row) => row.id)

describe('fault 36: a second process on the same data', () => {
  test('is refused with a clear message, and let in when the first is gone, however it ended', async () => {
    const { child, lines, ended } = run('hold.ts')
    await until('the other process to hold the folder', () => lines.includes('open'))
    expect(open).toThrow(EngineStartError)
    expect(open).toThrow(/already running/)
    child.kill('SIGKILL')
    await ended
    open().close()
  })
})

describe('fault 38: ended without warning', () => {
  test('every op that was reported done is there, and the chain holds', async () => {
    const { child, lines, ended } = run('write-ops.ts')
    await until('some ops', () => lines.length > 20)
    child.kill('SIGKILL')
    await ended
    const store = open()
    expect(inboxes(store)).toEqual(expect.arrayContaining(lines))
    expect(lines.length).toBeGreaterThan(20)
    expect(verifyOps(store.read)).toBeNull()
    store.close()
  })
})

describe('fault 39: killed during a migration', () => {
  test('the old schema is there, whole, and the migration can be run again', async () => {
    const store = open()
    addInbox(store, 'before')
    store.close()
    const { child, lines, ended } = run('migrate.ts')
    await until('the migration to begin', () => lines.includes('begin'))
    await until('the migration to write', () => {
      const wal = statSync(join(dir, 'anteroom.db-wal'), { throwIfNoEntry: false })
      return (wal?.size ?? 0) > 1_000_000
    })
    child.kill('SIGKILL')
    await ended
    expect(lines).not.toContain('done')
    const again = open()
    expect(inboxes(again)).toEqual(['before'])
    expect(again.read.all('SELECT name FROM sqlite_master WHERE name = ?', ['made_by_slow'])).toEqual([])
    expect(again.read.all('SELECT * FROM users')).toEqual([])
    again.close()
    const next = migrations.length + 1
    expect(existsSync(join(dir, `anteroom.before-${next}.db`))).toBe(true)

    const small = { version: next, name: 'small', sql: 'CREATE TABLE made_by_slow (n INTEGER) STRICT;' }
    const opened = openDatabase(dir, log, [...migrations, small])
    expect(opened.db.pragma('user_version', { simple: true })).toBe(next)
    opened.db.close()
    opened.releaseLock()
  }, 30_000)
})

describe('fault 40: a database from a newer version', () => {
  test('is refused and left as it is, to the byte', () => {
    open().close()
    const path = join(dir, 'anteroom.db')
    const db = new BetterSqlite3(path)
    db.pragma('user_version = 99')
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.close()
    const before = readFileSync(path)
    expect(open).toThrow(/newer version/)
    expect(open).toThrow(EngineStartError)
    expect(readFileSync(path).equals(before)).toBe(true)
    // The refusal does not keep the folder.
    expect(open).toThrow(/newer version/)
  })
})

describe('fault 37: a damaged database', () => {
  const fill = async () => {
    const store = open()
    addInbox(store, 'first')
    await store.backup()
    addInbox(store, 'second')
    store.close()
  }
  const damages: Record<string, (path: string) => void> = {
    truncated: (path) => truncateSync(path, 8192),
    'cut within the header': (path) => truncateSync(path, 50),
    'overwritten at its beginning': (path) => {
      const fd = openSync(path, 'r+')
      writeSync(fd, Buffer.alloc(4096, 0x5a), 0, 4096, 0)
      closeSync(fd)
    },
    'overwritten in its schema': (path) => {
      const fd = openSync(path, 'r+')
      writeSync(fd, Buffer.alloc(3800, 0x5a), 0, 3800, 110)
      closeSync(fd)
    },
  }
  test.each(Object.keys(damages))('%s: set aside, and the copy takes its place', async (name) => {
    await fill()
    damages[name]!(join(dir, 'anteroom.db'))
    const store = open()
    expect(inboxes(store)).toEqual(['first'])
    expect(store.recovery?.restoredFrom).toContain('anteroom.backup.db')
    expect(existsSync(store.recovery!.setAside)).toBe(true)
    addInbox(store, 'third')
    store.close()
    const again = open()
    expect(inboxes(again)).toEqual(['first', 'third'])
    expect(again.recovery).toBeNull()
    again.close()
  })

  test('with a damaged copy too it starts empty, and nothing was deleted', async () => {
    await fill()
    truncateSync(join(dir, 'anteroom.db'), 8192)
    truncateSync(join(dir, 'anteroom.backup.db'), 8192)
    const store = open()
    expect(inboxes(store)).toEqual([])
    expect(store.recovery).toMatchObject({ restoredFrom: null })
    store.close()
    expect(readdirSync(dir).filter((name) => name.includes('damaged'))).toHaveLength(1)
    expect(existsSync(join(dir, 'anteroom.backup.db'))).toBe(true)
  })

  test('found while running, it is set aside at the next start', async () => {
    await fill()
    const path = join(dir, 'anteroom.db')
    const probe = new BetterSqlite3(path)
    const root = probe
      .prepare(`SELECT rootpage FROM sqlite_master WHERE name = 'inbox_members'`)
      .pluck()
      .get() as number
    const pageSize = probe.pragma('page_size', { simple: true }) as number
    probe.close()
    const fd = openSync(path, 'r+')
    writeSync(fd, Buffer.alloc(pageSize, 0x5a), 0, pageSize, (root - 1) * pageSize)
    closeSync(fd)
    const store = open()
    expect(store.recovery).toBeNull()
    expect(() => store.write(({ db }) => db.all('SELECT * FROM inbox_members'))).toThrow(/malformed/)
    store.close()
    const again = open()
    expect(inboxes(again)).toEqual(['first'])
    expect(again.recovery).not.toBeNull()
    again.close()
  })
})

/**
 * A small file system is not to be had everywhere, so the disk is filled at the two edges where the engine meets it:
 * SQLite is given a page limit (it answers SQLITE_FULL as for a full disk), the segment file answers ENOSPC.
 */
describe('fault 35: a full disk', () => {
  const limit = (store: Store, pages: number) =>
    store.write(({ db }) => {
      db.get(`PRAGMA max_page_count = ${pages}`)
    })

  test('rolls the transaction back, says so, keeps reading, and goes on by itself', () => {
    const store = open()
    addInbox(store, 'before')
    const events: string[] = []
    store.onChange((event) => events.push(...event.changes.map((change) => change.entity)))
    limit(store, store.read.get<{ page_count: number }>('PRAGMA page_count')!.page_count)
    const rev = store.rev
    const writeMuch = () =>
      store.write((write) => {
        write.db.run('INSERT INTO companies (id, name, created_at) VALUES (?, ?, 1)', ['half', 'x'])
        write.changed('companies', 'half')
        for (let i = 0; i < 200; i++) {
          write.db.run('INSERT INTO companies (id, name, created_at) VALUES (?, ?, 1)', [
            `c${i}`,
            'x'.repeat(2000),
          ])
        }
      })
    expect(writeMuch).toThrow(StorageFullError)
    expect(store.problem?.message).toMatch(/disk/)
    expect(store.rev).toBe(rev)
    expect(events).toEqual(['workspace'])
    expect(store.read.all('SELECT * FROM companies')).toEqual([])
    expect(inboxes(store)).toEqual(['before'])

    limit(store, 1_000_000)
    writeMuch()
    expect(store.problem).toBeNull()
    expect(store.read.get<{ n: number }>('SELECT count(*) AS n FROM companies')?.n).toBe(201)
    store.close()
  })

  test('leaves no half attachment behind', async () => {
    const store = open()
    const fs = await import('node:fs')
    const spy = vi.spyOn(fs.default, 'fdatasyncSync').mockImplementation(() => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    })
    const { syncBuiltinESMExports } = await import('node:module')
    syncBuiltinESMExports()
    const put = () => store.write(({ db }) => store.blobs.put(db, [Buffer.from('an attachment')]))
    try {
      expect(put).toThrow(StorageFullError)
    } finally {
      spy.mockRestore()
      syncBuiltinESMExports()
    }
    expect(store.read.all('SELECT * FROM blobs')).toEqual([])
    const [hash] = put()
    expect((await store.blobs.get(store.read, hash!)).toString()).toBe('an attachment')
    store.close()
  })
})

describe('fault 41: a stored file was altered or removed', () => {
  const content = Buffer.from(
    'the content of an attachment, long enough to be found in the segment '.repeat(40),
  )

  test.each(['altered', 'cut off', 'removed'])('%s: never given out as if it were right', async (how) => {
    const store = open()
    const [hash] = store.write(({ db }) => store.blobs.put(db, [content]))
    const path = join(dir, 'blobs', '000000.seg')
    if (how === 'altered') {
      const bytes = readFileSync(path)
      const fd = openSync(path, 'r+')
      writeSync(fd, Buffer.from([bytes.at(-10)! ^ 0xff]), 0, 1, bytes.byteLength - 10)
      closeSync(fd)
    } else if (how === 'cut off') truncateSync(path, 10)
    else rmSync(path)
    await expect(store.blobs.get(store.read, hash!)).rejects.toThrow(BlobDamagedError)
    store.close()
  })
})
