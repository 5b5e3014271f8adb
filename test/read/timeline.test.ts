import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TimelineFilter } from '../../src/contract/activities.ts'
import type { ThreadId, UserId } from '../../src/contract/ids.ts'
import type { RecordRef } from '../../src/contract/records.ts'
import { timelineOf } from '../../src/main/engine/read/timeline/timeline.ts'
import type { RecordEntryShape } from '../../src/main/engine/read/shapes.ts'
import { appendOp, type Op } from '../../src/main/engine/store/ops.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import { ticketIdOf } from '../../src/main/engine/store/tables/tickets.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import type { TestClient } from '../support/engine.ts'
import { seeded } from '../support/random.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let support: string
let channel: string
let client: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  support = ws.inbox('Support')
  channel = await ws.channel(support, 'support@acme.test')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const contact = (address: string): RecordRef => ({ type: 'contact', id: contactIdOf(address) })
const carla = contact('carla@customer.test')
const op = (value: Op, actor: string | null = ada) =>
  ws.store.write((write) => appendOp(write, ws.store.hlc, actor, value))
const tick = (ms = 1000) => (ws.clock.at += ms)

/** The timeline of a record, all of it, by pages of that many. */
function timeline(
  record: RecordRef,
  options: { as?: string; limit?: number; filters?: TimelineFilter[] } = {},
): RecordEntryShape[] {
  const { as = ada, limit = 100, filters = [] } = options
  const access = accessOf(ws.store.read, as)!
  const all: RecordEntryShape[] = []
  let cursor: string | undefined
  do {
    const page = timelineOf(ws.store.read, access, record, { filters, cursor, limit })
    if (cursor !== undefined) expect(page.entries.length).toBeGreaterThan(0)
    all.push(...page.entries)
    cursor = page.nextCursor ?? undefined
    expect(cursor?.length ?? 0).toBeLessThanOrEqual(500)
  } while (cursor)
  return all
}
const kinds = (entries: readonly RecordEntryShape[]) => entries.map(({ kind }) => kind)

/** A contact with one of everything. */
async function busyContact(): Promise<{ threadId: ThreadId }> {
  const { threadId } = ws.mail(channel, { subject: 'Order', messageId: 'root@x.test' }) as unknown as {
    threadId: ThreadId
  }
  tick()
  await client.threads.comment({ id: threadId, text: 'Who takes this?' })
  tick()
  await client.threads.assign({ ids: [threadId], assigneeId: ada as UserId })
  tick()
  ws.mail(channel, {
    origin: 'sent',
    from: 'support@acme.test',
    to: 'carla@customer.test',
    subject: 'Re: Order',
    inReplyTo: 'root@x.test',
  })
  tick()
  await client.activities.addNote({ record: carla, text: 'Likes tea' })
  tick()
  await client.activities.logCall({ record: carla, direction: 'in', outcome: 'connected', duration: 3 })
  tick()
  const { id } = await client.activities.addTask({ record: carla, title: 'Send the offer' })
  tick()
  await client.activities.updateTask({ id, done: true })
  tick()
  await client.contacts.update({ id: carla.id as never, fields: { jobTitle: 'Buyer' } })
  tick()
  await client.threads.close({ ids: [threadId] })
  return { threadId }
}

describe('a contact', () => {
  test('tells everything that happened, newest first, each once however it is paged', async () => {
    const { threadId } = await busyContact()
    const all = timeline(carla)
    expect(kinds(all)).toEqual([
      'closed',
      'ticket_status',
      'field_changed',
      'task_done',
      'task',
      'call',
      'note',
      'email_out',
      'assigned',
      'comment',
      'ticket_created',
      'email_in',
    ])
    expect(all.find(({ kind }) => kind === 'email_in')).toMatchObject({
      title: 'Order',
      threadId,
      record: null,
      filter: 'email',
    })
    expect(all.find(({ kind }) => kind === 'ticket_status')).toMatchObject({
      detail: 'closed',
      title: '#1 Order',
      record: { type: 'ticket', id: ticketIdOf(threadId) },
    })
    for (const limit of [1, 2, 5]) expect(timeline(carla, { limit })).toEqual(all)
  })

  test('groups are chosen one by one and together', async () => {
    await busyContact()
    const all = timeline(carla)
    for (const filter of ['email', 'note', 'call', 'task', 'comment', 'ticket', 'change'] as const) {
      const some = timeline(carla, { filters: [filter], limit: 1 })
      expect(some.length).toBeGreaterThan(0)
      expect(some).toEqual(all.filter((entry) => entry.filter === filter))
    }
    expect(timeline(carla, { filters: ['note', 'email'] })).toEqual(
      all.filter((entry) => entry.filter === 'note' || entry.filter === 'email'),
    )
  })

  test('what happens between two pages moves nothing', async () => {
    await busyContact()
    const access = accessOf(ws.store.read, ada)!
    const page = (cursor?: string) =>
      timelineOf(ws.store.read, access, carla, { filters: [], cursor, limit: 6 })
    const before = timeline(carla)
    const first = page()
    tick()
    await client.activities.addNote({ record: carla, text: 'just now' })
    const second = page(first.nextCursor!)
    expect([...first.entries, ...second.entries]).toEqual(before)
  })

  test('is what all its rows are: one that was merged away, and additional addresses', async () => {
    ws.mail(channel, { subject: 'Hello' })
    ws.mail(channel, { from: 'c.old@customer.test', name: 'Carla Old', subject: 'From before' })
    const old = contact('c.old@customer.test')
    await client.activities.addNote({ record: old, text: 'written on the old one' })
    tick()
    op({
      entity: 'contact',
      id: old.id,
      kind: 'set',
      values: { merged_into: carla.id, merged_at: ws.clock.at },
    })
    const alias = contactIdOf('carla@home.test')
    tick()
    op({
      entity: 'contact',
      id: alias,
      kind: 'create',
      values: {
        address: 'carla@home.test',
        name: '',
        first_seen_at: 0,
        last_seen_at: 0,
        merged_into: carla.id,
        is_alias: 1,
      },
    })
    ws.mail(channel, { origin: 'sent', from: 'support@acme.test', to: 'carla@home.test', subject: 'To home' })
    const all = timeline(carla, { filters: ['email', 'note', 'change'] })
    expect(all.map(({ kind, title }) => [kind, title])).toEqual([
      ['email_out', 'To home'],
      ['address_added', 'carla@home.test'],
      ['merged', 'Carla Old'],
      ['note', 'written on the old one'],
      ['email_in', 'From before'],
      ['email_in', 'Hello'],
    ])
    expect(all.every(({ record }) => record === null)).toBe(true)
    expect(all.find(({ kind }) => kind === 'note')!.note!.record).toEqual(carla)
    // Asked for by the row that was merged away, it is the same.
    expect(timeline(old, { filters: ['email', 'note', 'change'] })).toEqual(all)
  })

  test('changes name people, companies and own properties', async () => {
    ws.mail(channel)
    const property = randomUUID()
    op({
      entity: 'property',
      id: property,
      kind: 'create',
      values: { record_type: 'contact', name: 'Size', type: 'text', options: '', created_at: 1 },
    })
    op({
      entity: 'property_value',
      id: randomUUID(),
      kind: 'create',
      values: { property_id: property, of_id: carla.id, value: 'XL' },
    })
    tick()
    await client.contacts.update({
      id: carla.id as never,
      fields: { ownerId: ada as UserId, companyName: 'Customer Ltd' },
    })
    tick()
    op({
      entity: 'contact_phone',
      id: randomUUID(),
      kind: 'create',
      values: { contact_id: carla.id, number: '+390612345678', label: '', position: 0 },
    })
    const changes = timeline(carla, { filters: ['change'] })
    expect(changes.map(({ kind, title, detail }) => [kind, title, detail])).toEqual([
      ['field_changed', 'phone', '+390612345678'],
      ['field_changed', 'company', 'Customer Ltd'],
      ['field_changed', 'owner_id', 'Ada'],
      ['field_changed', 'Size', 'XL'],
    ])
  })

  test('what it was connected with, and mail of a conversation that was put on it by hand', async () => {
    ws.mail(channel)
    const { threadId } = ws.mail(channel, { from: 'dora@x.test', subject: 'About Carla' })
    const deal = randomUUID()
    op({ entity: 'deal', id: deal, kind: 'create', values: { name: 'Big deal', created_at: 1 } })
    const associate = (id: string, type: string, other: string) =>
      op({
        entity: 'association',
        id,
        kind: 'create',
        values: { a_type: 'contact', a_id: carla.id, b_type: type, b_id: other, created_at: ws.clock.at },
      })
    const withDeal = randomUUID()
    tick()
    associate(withDeal, 'deal', deal)
    tick()
    associate(randomUUID(), 'thread', threadId)
    tick()
    op({ entity: 'association', id: withDeal, kind: 'set', values: { removed_at: 1 } })
    const all = timeline(carla)
    expect(all.slice(0, 4).map(({ kind, title }) => [kind, title])).toEqual([
      ['disassociated', 'Big deal'],
      ['associated', 'About Carla'],
      ['associated', 'Big deal'],
      ['email_in', 'About Carla'],
    ])
    expect(timeline({ type: 'deal', id: deal }).map(({ kind }) => kind)).toEqual([
      'disassociated',
      'associated',
      'created',
    ])
  })
})

describe('who sees what', () => {
  test('A1: mail, comments, decisions and tickets of an inbox that one cannot see are not there', async () => {
    const mia = ws.user('Mia')
    const otto = ws.user('Otto')
    const board = await ws.channel(ws.inbox('Board', [mia]), 'board@acme.test')
    const { threadId } = ws.mail(board, { subject: 'Secret', messageId: 'secret@x.test' }) as unknown as {
      threadId: ThreadId
    }
    const asMia = await ws.as(mia)
    await asMia.threads.comment({ id: threadId, text: 'Secret comment' })
    await asMia.threads.assign({ ids: [threadId], assigneeId: mia as UserId })
    await asMia.activities.logCall({ record: carla, direction: 'in', outcome: 'busy', threadId })
    ws.mail(board, { origin: 'sent', from: 'board@acme.test', to: 'carla@customer.test', subject: 'Secret' })
    expect(kinds(timeline(carla, { as: mia })).sort()).toEqual(
      ['assigned', 'call', 'comment', 'email_in', 'email_out', 'ticket_created'].sort(),
    )
    const seen = timeline(carla, { as: otto })
    expect(kinds(seen)).toEqual(['call'])
    expect(JSON.stringify(seen)).not.toMatch(/Secret/)
    expect(seen[0]!.call!.threadId).toBeNull()
  })

  test('logged personal mail shows to everybody who sees the record', () => {
    const otto = ws.user('Otto')
    ws.inbox('Board', [])
    const { threadId } = ws.mail(channel, { subject: 'Lunch' })
    ws.store.write(({ db }) =>
      db.run(`UPDATE threads SET inbox_id = NULL, user_id = ?, status = 'logged' WHERE id = ?`, [
        ada,
        threadId,
      ]),
    )
    expect(accessOf(ws.store.read, otto)!.seesAll).toBe(false)
    expect(timeline(carla, { as: otto, filters: ['email'] })).toMatchObject([{ title: 'Lunch', threadId }])
  })

  test('there is no timeline of what is not there, nor a page after a strange place', () => {
    const nobody = { type: 'deal' as const, id: randomUUID() }
    expect(() => timeline(nobody)).toThrow('does not exist')
    ws.mail(channel)
    const access = accessOf(ws.store.read, ada)!
    expect(() =>
      timelineOf(ws.store.read, access, carla, { filters: [], cursor: 'WzEsMl0', limit: 5 }),
    ).toThrow('Load the list again')
  })
})

describe('a company', () => {
  const companyOf = (address: string): RecordRef => ({
    type: 'company',
    id: ws.store.read.get<{ id: string }>('SELECT company_id AS id FROM contacts WHERE address = ?', [
      address,
    ])!.id,
  })

  test('tells what happened with its people, and whose it was', async () => {
    await busyContact()
    ws.mail(channel, { from: 'dora@customer.test', name: 'Dora', subject: 'Me too' })
    ws.mail(channel, { from: 'eve@elsewhere.test', subject: 'Not me' })
    const company = companyOf('carla@customer.test')
    tick()
    await client.activities.addNote({ record: company, text: 'Good payers' })
    const all = timeline(company)
    expect(all[0]).toMatchObject({ kind: 'note', record: null, note: { record: company } })
    expect(all.find(({ title }) => title === 'Me too')!.record).toEqual({
      ...contact('dora@customer.test'),
      name: 'Dora',
    })
    const hers = all.find(({ title }) => title === 'Likes tea')!
    expect([hers.record?.name, hers.note?.record]).toEqual(['Carla Customer', carla])
    expect(all.map(({ title }) => title)).not.toContain('Not me')
    const keysOfCarla = timeline(carla).map(({ key }) => key)
    expect(all.map(({ key }) => key)).toEqual(expect.arrayContaining(keysOfCarla))
    expect(timeline(company, { limit: 3 })).toEqual(all)
  })

  test('a random company is paged as it is: many people, one moment for many, mail to all of them', () => {
    const random = seeded(4)
    const people = Array.from({ length: 60 }, (_, i) => `p${i}@customer.test`)
    ws.mails(
      channel,
      people.map((from, i) => ({ from, name: `P${i}`, minute: i })),
    )
    for (let round = 0; round < 4; round++) {
      ws.mails(
        channel,
        Array.from({ length: 40 }, () => ({ from: random.pick(people), minute: random.int(1, 90) })),
      )
      const { messageId } = ws.mail(channel, {
        origin: 'sent',
        from: 'support@acme.test',
        to: people[0]!,
        subject: `To all ${round}`,
        minute: random.int(60, 120),
      })
      ws.store.write(({ db }) => {
        const { rowid } = db.get<{ rowid: number }>('SELECT rowid FROM messages WHERE id = ?', [messageId])!
        for (const [i, address] of people.entries()) {
          if (i > 0) db.run(`INSERT INTO message_recipients VALUES (?, 'to', ?, '', ?)`, [rowid, i, address])
          if (random.chance(0.3))
            db.run(`INSERT INTO message_recipients VALUES (?, 'cc', ?, '', ?)`, [rowid, i, address])
        }
      })
    }
    for (let i = 0; i < 150; i++) {
      if (random.chance(0.3)) tick(random.int(0, 2) * 1000)
      const record_id = contactIdOf(random.pick(people))
      op({
        entity: 'note',
        id: randomUUID(),
        kind: 'create',
        values: { record_type: 'contact', record_id, author_id: ada, text: `n${i}`, at: ws.clock.at },
      })
      op({ entity: 'contact', id: record_id, kind: 'set', values: { job_title: `t${i}` } })
      const { id } = ws.store.read.get<{ id: string }>(
        'SELECT id FROM threads WHERE contact_id = ? ORDER BY id LIMIT 1',
        [record_id],
      )!
      const thread = ws.store.read.get<{ status: string }>('SELECT status FROM threads WHERE id = ?', [id])!
      const status = thread.status === 'open' ? 'closed' : 'open'
      op({ entity: 'thread', id, kind: 'set', values: { status } })
      op({
        entity: 'comment',
        id: randomUUID(),
        kind: 'create',
        values: { thread_id: id, author_id: ada, text: `c${i}`, at: ws.clock.at },
      })
    }
    const company = companyOf('p0@customer.test')
    const counts = (table: string) =>
      ws.store.read.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n
    const expected = {
      email: counts('messages'),
      note: 150,
      comment: 150,
      ticket: counts('tickets'),
      // Field changes and closings.
      change: 300,
    }
    for (const limit of [3, 9, 50]) {
      const all = timeline(company, { limit })
      const keys = all.map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
      const found = Object.fromEntries(
        Object.keys(expected).map((name) => [name, all.filter(({ filter }) => filter === name).length]),
      )
      expect(found).toEqual(expected)
      const times = all.map(({ at }) => at)
      expect(times).toEqual([...times].sort((a, b) => b - a))
    }
  })
})

describe('a deal and a ticket', () => {
  test('tell their own, and the mail and comments of their conversations', async () => {
    const { threadId } = await busyContact()
    const ticket: RecordRef = { type: 'ticket', id: ticketIdOf(threadId) }
    tick()
    await client.activities.addNote({ record: ticket, text: 'on the ticket' })
    tick()
    await client.tickets.update({ id: ticket.id as never, fields: { priority: 'urgent' } })
    expect(kinds(timeline(ticket))).toEqual([
      'field_changed',
      'note',
      'closed',
      'ticket_status',
      'email_out',
      // Whoever the conversation is given to owns its ticket.
      'field_changed',
      'assigned',
      'comment',
      'created',
      'ticket_created',
      'email_in',
    ])
    const deal: RecordRef = { type: 'deal', id: randomUUID() }
    op({ entity: 'deal', id: deal.id, kind: 'create', values: { name: 'Deal', created_at: 1 } })
    tick()
    op({
      entity: 'association',
      id: randomUUID(),
      kind: 'create',
      values: { a_type: 'deal', a_id: deal.id, b_type: 'thread', b_id: threadId, created_at: 1 },
    })
    tick()
    op({ entity: 'deal', id: deal.id, kind: 'set', values: { amount: 1200, currency: 'EUR' } })
    expect(kinds(timeline(deal))).toEqual([
      'field_changed',
      'field_changed',
      'associated',
      'created',
      'closed',
      'email_out',
      'assigned',
      'comment',
      'email_in',
    ])
    expect(timeline(deal, { limit: 2 })).toEqual(timeline(deal))
  })
})
