import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { Logger } from 'pino'
import { EngineStartError } from '../types.ts'
import { migrations, type Migration } from './migrations/index.ts'

export type OpenedDatabase = {
  db: BetterSqlite3.Database
  path: string
  /** Set when a damaged file was set aside (fault 37): where it lies now, and the copy that took its place. */
  recovery: { setAside: string; restoredFrom: string | null } | null
  releaseLock(): void
}

const isSqliteError = (error: unknown, ...prefixes: string[]): boolean =>
  error instanceof BetterSqlite3.SqliteError && prefixes.some((prefix) => error.code.startsWith(prefix))

const removeSidecars = (path: string): void => {
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
}

/**
 * Holds the data folder for this process (fault 36): an exclusive SQLite lock on a file of its own, which the
 * system drops with the process however it ends.
 */
function lockFolder(dataDir: string): () => void {
  const lock = new BetterSqlite3(join(dataDir, 'lock.db'), { timeout: 0 })
  try {
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isSqliteError(error, 'SQLITE_BUSY')) {
      throw new EngineStartError(
        `Anteroom is already running with the data in ${dataDir}. Use its window, or end it before you start another one there.`,
      )
    }
    throw error
  }
  return () => lock.close()
}

/** The header's page count against the file's length: finds a truncated file without reading it (SQLite file format 1.3). */
function looksTruncated(path: string): boolean {
  const size = statSync(path).size
  if (size === 0) return false
  const header = Buffer.alloc(100)
  const fd = openSync(path, 'r')
  try {
    if (readSync(fd, header, 0, 100, 0) < 100) return true
  } finally {
    closeSync(fd)
  }
  if (header.toString('latin1', 0, 15) !== 'SQLite format 3') return true
  const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
  // With a WAL beside it the file may rightly be shorter than its header will say after the checkpoint.
  return !existsSync(`${path}-wal`) && size < pageSize * header.readUInt32BE(28)
}

function openChecked(
  path: string,
  log: Logger,
  copyBefore: (version: number) => void,
  all: readonly Migration[],
): BetterSqlite3.Database {
  const db = new BetterSqlite3(path)
  try {
    const newest = all.at(-1)!.version
    const version = db.pragma('user_version', { simple: true }) as number
    if (version > newest) {
      throw new EngineStartError(
        `The data in ${path} was written by a newer version of Anteroom (format ${version}; this one knows ${newest}). It was not touched. Install the newer version to open it.`,
      )
    }
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    db.pragma('temp_store = MEMORY')
    db.pragma('cache_size = -32768')
    if (version > 0 && version < newest) copyBefore(version)
    for (const migration of all.filter((one) => one.version > version)) {
      // One transaction a migration, its number included: killed in the middle, the old schema is there (fault 39).
      db.transaction(() => {
        db.exec(migration.sql)
        db.pragma(`user_version = ${migration.version}`)
      })()
      log.info({ migration: migration.name, version: migration.version }, 'migrated')
    }
    // Reads the schema and one page of the busiest tables: damage at the root shows here, not in a user's face.
    db.prepare('SELECT rev FROM revision').get()
    db.prepare('SELECT id FROM threads LIMIT 1').get()
    db.prepare('SELECT rowid FROM messages ORDER BY rowid DESC LIMIT 1').get()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * Opens (or makes) the workspace's database in `dataDir`, holding the folder for this process.
 * Throws an EngineStartError when the folder is in use or the database is newer than this program.
 * A damaged database is set aside, never deleted, and the last good copy takes its place.
 */
export function openDatabase(
  dataDir: string,
  log: Logger,
  all: readonly Migration[] = migrations,
): OpenedDatabase {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const releaseLock = lockFolder(dataDir)
  const path = join(dataDir, 'anteroom.db')
  const backup = join(dataDir, 'anteroom.backup.db')
  const marker = join(dataDir, 'damaged')
  const copyBefore = (version: number): void => {
    const db = new BetterSqlite3(path)
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.close()
    copyFileSync(path, join(dataDir, `anteroom.before-${version + 1}.db`))
  }
  try {
    try {
      if (existsSync(path) && (existsSync(marker) || looksTruncated(path))) {
        throw new BetterSqlite3.SqliteError('the database file is damaged', 'SQLITE_CORRUPT')
      }
      return { db: openChecked(path, log, copyBefore, all), path, recovery: null, releaseLock }
    } catch (error) {
      if (!isSqliteError(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_IOERR_SHORT_READ')) throw error
      log.error({ error }, 'the database is damaged; setting it aside')
    }
    const setAside = `${path}.damaged-${statSync(path).mtimeMs.toFixed(0)}`
    renameSync(path, setAside)
    for (const suffix of ['-wal', '-shm'])
      if (existsSync(path + suffix)) renameSync(path + suffix, setAside + suffix)
    rmSync(marker, { force: true })
    let restoredFrom: string | null = null
    if (existsSync(backup)) {
      copyFileSync(backup, path)
      restoredFrom = backup
    }
    try {
      return {
        db: openChecked(path, log, copyBefore, all),
        path,
        recovery: { setAside, restoredFrom },
        releaseLock,
      }
    } catch (error) {
      if (!restoredFrom || error instanceof EngineStartError) throw error
      log.error({ error }, 'the copy is damaged too; starting empty')
      rmSync(path)
      removeSidecars(path)
      return {
        db: openChecked(path, log, copyBefore, all),
        path,
        recovery: { setAside, restoredFrom: null },
        releaseLock,
      }
    }
  } catch (error) {
    releaseLock()
    throw error
  }
}
