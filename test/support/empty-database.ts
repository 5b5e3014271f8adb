import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openDatabase } from '../../src/main/engine/store/open.ts'

let migrated: Buffer | null = null

/** The bytes of a database that all migrations went over; made once per test file. */
function migratedBytes(): Buffer {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-empty-'))
  try {
    const { db, path, releaseLock } = openDatabase(dataDir, pino({ level: 'silent' }))
    // Closing moves what is in the write-ahead log into the file.
    db.close()
    releaseLock()
    return readFileSync(path)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/**
 * Makes a data folder with an empty database of today's schema: a copy, because running every migration anew for each of
 * a thousand tests takes longer than the tests. The migrations have tests of their own.
 * @returns the folder's path
 */
export function emptyDataDir(prefix: string): string {
  const dataDir = mkdtempSync(join(tmpdir(), prefix))
  writeFileSync(join(dataDir, 'anteroom.db'), (migrated ??= migratedBytes()))
  return dataDir
}
