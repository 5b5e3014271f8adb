import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrations } from '../../src/main/engine/store/migrations/index.ts'
import { openDatabase } from '../../src/main/engine/store/open.ts'

const log = pino({ level: 'silent' })
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-people-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const PEOPLE = migrations.findIndex((migration) => migration.name === 'people')

/** What a company had before there were teams, settings and tickets. */
const COMPANY = `
INSERT INTO workspaces (id, name, is_sample, created_at) VALUES (1, 'Acme', 0, 1);
INSERT INTO users (id, name, email, role, created_at) VALUES ('u', 'Ada', 'ada@acme.test', 'super_admin', 1);
INSERT INTO inboxes (id, name, access, created_at) VALUES ('i', 'Support', 'members', 1);
INSERT INTO inbox_members VALUES ('i', 'u');
INSERT INTO channels (id, kind, purpose, inbox_id, address, address_key, from_name, created_at)
  VALUES ('c', 'imap', 'team', 'i', 'support@acme.test', 'support@acme.test', 'Acme', 1);
INSERT INTO folders (id, channel_id, path, role) VALUES (1, 'c', 'INBOX', 'inbox');
INSERT INTO contacts (id, address, name, first_seen_at, last_seen_at) VALUES ('k', 'carla@x.test', 'Carla', 1, 1);
INSERT INTO threads (id, inbox_id, channel_id, root_message_id, subject, snippet, sender_name, sender_address, contact_id,
    status, assignee_id, first_at, sort_at, message_count, unread_count, attachment_count)
  VALUES ('t', 'i', 'c', 'm@x.test', 'Lamp', '', 'Carla', 'carla@x.test', 'k', 'open', 'u', 1, 1, 1, 0, 0);`

test('a database from before has everything that was in it, and the settings of a new one', () => {
  const old = openDatabase(dir, log, migrations.slice(0, PEOPLE))
  old.db.exec(COMPANY)
  old.db.close()
  old.releaseLock()
  const { db, releaseLock } = openDatabase(dir, log)
  const one = (sql: string) => db.prepare(sql).get()
  expect(one('SELECT * FROM users')).toMatchObject({
    name: 'Ada',
    availability: 'available',
    passphrase: null,
    avatar: null,
    active: 1,
  })
  expect(one('SELECT * FROM inboxes')).toMatchObject({
    access: 'members',
    routing_automatic: 0,
    routing_only_available: 1,
    ticket_create: 1,
    ticket_status: 'new',
    attribute_forwards: 1,
    attribute_automatic_forwards: 1,
  })
  expect(one('SELECT * FROM inbox_members')).toEqual({ inbox_id: 'i', user_id: 'u' })
  expect(one('SELECT * FROM channels')).toMatchObject({
    inbox_id: 'i',
    user_id: null,
    log_replies: 1,
    track_opens: 0,
  })
  expect(one('SELECT * FROM threads')).toMatchObject({ assignee_id: 'u', team_id: null, contact_id: 'k' })
  expect(one('SELECT * FROM contacts')).toMatchObject({ name: 'Carla', owner_id: null })
  // What was there got no ticket and no routing behind anybody's back.
  for (const table of ['teams', 'tickets', 'routings'])
    expect(one(`SELECT count(*) AS n FROM ${table}`)).toEqual({ n: 0 })
  // A personal channel is in no inbox now, and one that names an inbox still has to name one that exists.
  const channel = (id: string, inbox: string | null) =>
    db
      .prepare(
        `INSERT INTO channels (id, kind, purpose, inbox_id, address, address_key, from_name, created_at)
         VALUES (?, 'imap', 'personal', ?, ?, ?, '', 1)`,
      )
      .run(id, inbox, id, id)
  channel('p', null)
  expect(() => channel('q', 'nowhere')).toThrow(/FOREIGN KEY/)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(db.pragma('foreign_key_check')).toEqual([])
  db.close()
  releaseLock()
})
