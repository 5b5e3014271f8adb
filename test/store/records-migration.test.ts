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
  dir = mkdtempSync(join(tmpdir(), 'anteroom-records-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const RECORDS = migrations.findIndex((migration) => migration.name === 'records')

/** What a company had before contacts could be merged and there were deals. */
const COMPANY = `
INSERT INTO inboxes (id, name, access, created_at) VALUES ('i', 'Support', 'everyone', 1);
INSERT INTO channels (id, kind, purpose, inbox_id, address, address_key, from_name, created_at)
  VALUES ('c', 'imap', 'team', 'i', 'support@acme.test', 'support@acme.test', 'Acme', 1);
INSERT INTO companies (id, name, domain, created_at) VALUES ('p', 'Customer', 'customer.test', 1);
INSERT INTO contacts (id, address, name, job_title, phone, company_id, owner_id, first_seen_at, last_seen_at, message_count)
  VALUES ('k', 'carla@customer.test', 'Carla', 'Buyer', '+39 06 12345678', 'p', 'u', 5, 9, 3),
         ('l', 'luca@customer.test', '', '', '', NULL, NULL, 6, 6, 1);
INSERT INTO threads (id, inbox_id, channel_id, root_message_id, subject, snippet, sender_name, sender_address, contact_id,
    status, first_at, sort_at, message_count, unread_count, attachment_count)
  VALUES ('t', 'i', 'c', 'm@x.test', 'Lamp', '', 'Carla', 'carla@customer.test', 'k', 'open', 1, 1, 1, 0, 0);
INSERT INTO tickets VALUES ('x', 7, 't', 'k', 'Lamp', 'Support', 'new', 'low', '', 'u', 1, NULL);`

test('a database from before has its contacts, companies and tickets as records', () => {
  const old = openDatabase(dir, log, migrations.slice(0, RECORDS))
  old.db.exec(COMPANY)
  old.db.close()
  old.releaseLock()
  const { db, releaseLock } = openDatabase(dir, log)
  const all = (sql: string) => db.prepare(sql).all()
  expect(all('SELECT * FROM contacts ORDER BY id')).toMatchObject([
    {
      id: 'k',
      address: 'carla@customer.test',
      email: 'carla@customer.test',
      name: 'Carla',
      seen_name: 'Carla',
      job_title: 'Buyer',
      company_id: 'p',
      owner_id: 'u',
      record_id: 'k',
      listed: 1,
      record_first_seen_at: 5,
      record_last_seen_at: 9,
      record_message_count: 3,
      consent: 'unknown',
      merged_into: null,
    },
    { id: 'l', company_id: null, record_id: 'l', listed: 1 },
  ])
  expect(all('SELECT contact_id, number, removed_at FROM contact_phones')).toEqual([
    { contact_id: 'k', number: '+39 06 12345678', removed_at: null },
  ])
  expect(all('SELECT * FROM companies')).toMatchObject([
    { id: 'p', name: 'Customer', domain: 'customer.test', created_at: 1, record_id: 'p', listed: 1 },
  ])
  expect(all('SELECT * FROM tickets')).toMatchObject([{ number: 7, thread_id: 't', removed_at: null }])
  // What was there before is found by its words too.
  for (const [fts, word] of [
    ['contacts_fts', 'carl'],
    ['companies_fts', 'cust'],
    ['tickets_fts', 'lam'],
  ])
    expect(all(`SELECT rowid FROM ${fts} WHERE ${fts} MATCH '"${word}"*'`)).not.toEqual([])
  // A row that something older makes is a record of its own all the same.
  db.exec(`INSERT INTO contacts (id, address, name, first_seen_at, last_seen_at) VALUES ('n', 'n@x.test', 'N', 2, 4);
    INSERT INTO companies (id, name, domain, created_at) VALUES ('q', 'Q', 'customer.test', 2);
    INSERT INTO tickets (id, number, thread_id, contact_id, subject, pipeline, status, priority, category, created_at)
      VALUES ('y', 8, NULL, NULL, 'Alone', 'Support', 'new', 'low', '', 1);`)
  expect(all(`SELECT record_id, email, record_last_seen_at AS last FROM contacts WHERE id = 'n'`)).toEqual([
    { record_id: 'n', email: 'n@x.test', last: 4 },
  ])
  expect(all(`SELECT record_id FROM companies WHERE id = 'q'`)).toEqual([{ record_id: 'q' }])
  expect(db.pragma('foreign_key_check')).toEqual([])
  expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
  db.close()
  releaseLock()
})
