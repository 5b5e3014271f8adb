import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrations } from '../../src/main/engine/store/migrations/index.ts'
import { openDatabase } from '../../src/main/engine/store/open.ts'

const log = pino({ level: 'silent' })
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-migrations-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const CHANNEL = `INSERT INTO inboxes (id, name, access, created_at) VALUES ('i', 'Support', 'everyone', 1);
  INSERT INTO channels (id, kind, purpose, inbox_id, address, address_key, from_name, created_at)
    VALUES ('c', 'imap', 'team', 'i', 'a@x.test', 'a@x.test', '', 1);
  INSERT INTO folders (id, channel_id, path, role, highest_modseq) VALUES (1, 'c', 'INBOX', 'inbox', '5'), (2, 'c', 'Sent', 'sent', NULL);`

const remote = (folder: number, uid: number, vanished: number | null = null) =>
  `INSERT INTO remote_messages (folder_id, uid, state, internal_date, size, seen, answered, vanished_at)
   VALUES (${folder}, ${uid}, 'ingested', 1, 1, 0, 0, ${vanished});`

test('versions count up from one', () => {
  expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, i) => i + 1))
})

test('a database of the first version comes up to date with what was in it', () => {
  const old = openDatabase(dir, log, migrations.slice(0, 1))
  old.db.exec(CHANNEL + remote(1, 7) + remote(1, 8) + remote(1, 9, 5) + remote(2, 3))
  old.db.close()
  old.releaseLock()
  const { db, releaseLock } = openDatabase(dir, log)
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
  expect(db.prepare('SELECT id, next_uid, local_count FROM folders ORDER BY id').all()).toEqual([
    { id: 1, next_uid: 10, local_count: 2 },
    { id: 2, next_uid: null, local_count: 1 },
  ])
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(db.pragma('foreign_key_check')).toEqual([])
  db.close()
  releaseLock()
})

test('the count of a folder is that of its messages, whatever happens to them', () => {
  const { db, releaseLock } = openDatabase(dir, log)
  db.exec(CHANNEL)
  const step = fc.oneof(
    fc
      .tuple(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 6 }))
      .map(
        ([folder, uid]) =>
          `${remote(folder, uid).slice(0, -1)} ON CONFLICT (folder_id, uid) DO UPDATE SET size = 2, vanished_at = NULL`,
      ),
    fc
      .tuple(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 6 }))
      .map(
        ([folder, uid]) =>
          `UPDATE remote_messages SET vanished_at = 9 WHERE folder_id = ${folder} AND uid = ${uid}`,
      ),
    fc
      .tuple(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 6 }))
      .map(([folder, uid]) => `DELETE FROM remote_messages WHERE folder_id = ${folder} AND uid = ${uid}`),
    fc.constantFrom('DELETE FROM remote_messages WHERE folder_id = 1', 'DELETE FROM remote_messages'),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      for (const sql of steps) db.exec(sql)
      const counted = db.prepare(
        `SELECT id, (SELECT count(*) FROM remote_messages r WHERE r.folder_id = f.id AND vanished_at IS NULL) AS local_count
         FROM folders f ORDER BY id`,
      )
      expect(db.prepare('SELECT id, local_count FROM folders ORDER BY id').all()).toEqual(counted.all())
    }),
    { numRuns: 60 },
  )
  db.close()
  releaseLock()
})
