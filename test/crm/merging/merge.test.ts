import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ContactId } from '../../../src/contract/ids.ts'
import { mergeFields } from '../../../src/main/engine/crm/merging/fields.ts'
import { mergeRecords, unmergeRecord } from '../../../src/main/engine/crm/merging/merge.ts'
import { appendOp, type Op } from '../../../src/main/engine/store/ops.ts'
import { belongingsOf } from '../../../src/main/engine/store/queries/merging.ts'
import { companyIdOf, contactById, contactIdOf } from '../../../src/main/engine/store/tables/contacts.ts'
import { propertyValueId } from '../../../src/main/engine/store/tables/properties.ts'
import { runUndo } from '../../../src/main/engine/store/undo.ts'
import type { TestClient } from '../../support/engine.ts'
import { makeWorkspace, type Workspace } from '../../support/workspace.ts'

let ws: Workspace
let ada: string
let channel: string
let client: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const carla = contactIdOf('carla@customer.test')
const other = contactIdOf('c.customer@private.test')
const op = (op: Op) => ws.store.write((write) => appendOp(write, ws.store.hlc, ada, op))
const edit = (
  id: string,
  values: Record<string, string | number | null>,
  entity: 'contact' | 'company' = 'contact',
) => op({ entity, id, kind: 'set', values })
const bothWrote = () => {
  ws.mail(channel, { attachments: [{ name: 'one.txt' }] })
  ws.mail(channel, {
    from: 'c.customer@private.test',
    name: 'C. Customer',
    subject: 'From home',
    attachments: [{ name: 'two.txt' }],
  })
}
const merge = (take: string[] = [], keep = carla, goes = other) =>
  mergeRecords(ws.store, ada, 'contact', { keep, other: goes, take })
const undo = (id: string) => runUndo(ws.store, { id: ada, seesToOthers: true }, id, () => {})
const fields = (keep = carla, goes = other) => mergeFields(ws.store.read, 'contact', keep, goes)

/** Everything that a record is made of, as it lies in the tables. */
const state = () =>
  JSON.stringify(
    ['contacts', 'companies', 'property_values', 'contact_phones'].map((table) =>
      ws.store.read.all(`SELECT * FROM ${table} ORDER BY id`),
    ),
  )

test('what was the other one’s shows under the kept one, whichever of them is asked for', async () => {
  bothWrote()
  const { threadId } = ws.mail(channel, {
    from: 'c.customer@private.test',
    subject: 'Again',
    messageId: 'again@x.test',
  })
  await client.threads.comment({ id: threadId as never, text: 'a comment' })
  await client.threads.close({ ids: [threadId as never] })
  merge()
  for (const id of [carla, other] as ContactId[]) {
    expect(await client.contacts.get({ id })).toMatchObject({
      id: carla,
      name: 'Carla Customer',
      address: 'carla@customer.test',
      messageCount: 3,
    })
    expect((await client.contacts.threads({ id })).map((thread) => thread.subject).sort()).toEqual([
      'Again',
      'From home',
      'Subject 1',
    ])
    const files = await client.contacts.attachments({ id })
    expect(files.map((file) => file.name)).toEqual(['two.txt', 'one.txt'])
    const { entries } = await client.activities.timeline({
      record: { type: 'contact', id },
      filters: ['email', 'comment', 'change'],
    })
    expect(entries.map((entry) => entry.kind).sort()).toEqual([
      'closed',
      'comment',
      'email_in',
      'email_in',
      'email_in',
      'merged',
    ])
  }
  expect(
    (await client.contacts.search({ query: 'c.customer@private' })).map(({ id, address }) => [id, address]),
  ).toEqual([[carla, 'c.customer@private.test']])
})

test('new mail from the merged address lands on the kept record, and makes no contact', async () => {
  bothWrote()
  merge()
  const { rev } = ws.store
  ws.mail(channel, { from: 'c.customer@private.test', subject: 'News' })
  expect(await client.contacts.get({ id: carla as ContactId })).toMatchObject({ messageCount: 3 })
  expect(await client.contacts.search({ query: '' })).toHaveLength(1)
  const changes = ws.store.changesSince(rev)!.changes
  expect(changes.find((change) => change.entity === 'contacts')?.ids?.sort()).toEqual([carla, other].sort())
})

test('the timeline of a merged record comes page by page, each entry once', async () => {
  for (let i = 0; i < 12; i += 1)
    ws.mail(channel, { from: i % 2 ? 'c.customer@private.test' : 'carla@customer.test', subject: `No ${i}` })
  edit(carla, { job_title: 'Buyer' })
  edit(other, { notes: 'moved' })
  merge()
  edit(carla, { notes: 'later' })
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await client.activities.timeline({
      record: { type: 'contact', id: carla },
      filters: ['email', 'change'],
      limit: 4,
      ...(cursor ? { cursor } : {}),
    })
    seen.push(...page.entries.map((entry) => entry.key))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(new Set(seen).size).toBe(seen.length)
  // Twelve mails, three fields, and the merge.
  expect(seen).toHaveLength(16)
})

describe('what can be chosen', () => {
  test('the kept record’s where it has one; a no to being written to counts from either', () => {
    bothWrote()
    edit(carla, { job_title: 'Buyer', lifecycle_stage: 'lead' })
    edit(other, {
      job_title: 'Chief buyer',
      notes: 'a note',
      consent: 'refused',
      first_name: 'Carla',
      last_name: 'Customer',
    })
    expect(
      Object.fromEntries(fields().map(({ key, kept, other, proposed }) => [key, [kept, other, proposed]])),
    ).toEqual({
      first_name: [null, 'Carla', 'other'],
      last_name: [null, 'Customer', 'other'],
      email: ['carla@customer.test', 'c.customer@private.test', 'kept'],
      job_title: ['Buyer', 'Chief buyer', 'kept'],
      company: [companyIdOf('customer.test'), companyIdOf('private.test'), 'kept'],
      lifecycle_stage: ['lead', null, 'kept'],
      consent: ['unknown', 'refused', 'other'],
      notes: [null, 'a note', 'other'],
    })
  })

  test('the name as mail wrote it, where nobody knows first and last names', () => {
    bothWrote()
    expect(fields().find((field) => field.key === 'name')).toEqual({
      key: 'name',
      kept: 'Carla Customer',
      other: 'C. Customer',
      proposed: 'kept',
    })
    const id = merge(['name'])
    expect(contactById(ws.store.read, carla)).toMatchObject({ name: 'C. Customer' })
    undo(id)
    expect(contactById(ws.store.read, carla)).toMatchObject({ name: 'Carla Customer' })
  })

  test('what is nothing of the merge is refused', () => {
    bothWrote()
    const before = state()
    expect(() => merge(['created_at'])).toThrow(/"created_at" is nothing that this merge can take over/)
    expect(() => merge([], carla, carla)).toThrow(/one record already/)
    expect(() => merge([], carla, contactIdOf('no@body.test'))).toThrow(/does not exist/)
    expect(state()).toBe(before)
  })
})

test('chosen fields come over, a company’s own properties and the first address among them', async () => {
  bothWrote()
  const property = 'f0f0f0f0-0000-4000-8000-00000000aaaa'
  op({
    entity: 'property',
    id: property,
    kind: 'create',
    values: { record_type: 'contact', name: 'Size', type: 'text', options: '', created_at: 1 },
  })
  op({
    entity: 'property_value',
    id: propertyValueId(other, property),
    kind: 'create',
    values: { property_id: property, of_id: other, value: 'XL' },
  })
  edit(other, { job_title: 'Chief buyer' })
  const before = state()
  const id = merge(['job_title', 'email', 'company', property])
  expect(await client.contacts.get({ id: carla as ContactId })).toMatchObject({
    jobTitle: 'Chief buyer',
    address: 'c.customer@private.test',
    company: { domain: 'private.test' },
  })
  expect(fields(carla, other).length).toBeGreaterThan(0)
  expect(
    ws.store.read.get('SELECT value FROM property_values WHERE id = ?', [propertyValueId(carla, property)]),
  ).toEqual({ value: 'XL' })
  expect(undo(id)).toEqual({ skipped: 0 })
  expect(JSON.parse(state())).toEqual(
    JSON.parse(before).map((rows: { id: string }[], table: number) =>
      table === 2
        ? [
            ...rows,
            { id: propertyValueId(carla, property), property_id: property, of_id: carla, value: null },
          ].sort((a, b) => (a.id < b.id ? -1 : 1))
        : rows,
    ),
  )
})

test('merged, edited on both sides, and undone: what people wrote since stays, all else is as before', () => {
  bothWrote()
  edit(other, { job_title: 'Chief buyer', notes: 'a note' })
  const id = merge(['job_title', 'notes'])
  edit(carla, { notes: 'a better note', lifecycle_stage: 'customer' })
  edit(other, { owner_id: ada })
  expect(undo(id)).toEqual({ skipped: 1 })
  expect(contactById(ws.store.read, carla)).toMatchObject({
    job_title: '',
    notes: 'a better note',
    lifecycle_stage: 'customer',
    record_id: carla,
    record_message_count: 1,
  })
  expect(contactById(ws.store.read, other)).toMatchObject({
    job_title: 'Chief buyer',
    owner_id: ada,
    record_id: other,
    listed: 1,
    record_message_count: 1,
  })
})

test('taken out much later, it takes with it what the merge had taken over', () => {
  bothWrote()
  edit(other, { job_title: 'Chief buyer', notes: 'a note' })
  const before = state()
  merge(['job_title', 'notes'])
  unmergeRecord(ws.store, ada, 'contact', other)
  expect(state()).toBe(before)
  expect(() => unmergeRecord(ws.store, ada, 'contact', other)).toThrow(/not merged/)
  expect(() => unmergeRecord(ws.store, ada, 'contact', contactIdOf('no@body.test'))).toThrow(/does not exist/)
})

test('a merge that another machine did is taken out as well', () => {
  bothWrote()
  edit(other, { merged_into: carla, merged_at: 1 })
  unmergeRecord(ws.store, ada, 'contact', other)
  expect(contactById(ws.store.read, other)).toMatchObject({ record_id: other, listed: 1, merged_into: null })
})

test('taking out a row does not take back what else its command did', () => {
  bothWrote()
  const third = ws.mail(channel, { from: 'third@x.test' }) && contactIdOf('third@x.test')
  merge()
  const id = merge([], third, carla)
  unmergeRecord(ws.store, ada, 'contact', carla)
  expect(contactById(ws.store.read, carla)).toMatchObject({ record_id: carla, record_message_count: 2 })
  expect(contactById(ws.store.read, other)).toMatchObject({ record_id: carla, listed: 0 })
  expect(() => undo(id)).toThrow(/taken back already/)
})

test('two machines merge each into the other: the smaller id is the record on both, and either can be taken out', () => {
  bothWrote()
  edit(carla, { merged_into: other })
  edit(other, { merged_into: carla })
  const [small, large] = [carla, other].sort() as [string, string]
  expect(contactById(ws.store.read, small)).toMatchObject({
    record_id: small,
    listed: 1,
    record_message_count: 2,
  })
  expect(contactById(ws.store.read, large)).toMatchObject({ record_id: small, listed: 0 })
  unmergeRecord(ws.store, ada, 'contact', large)
  for (const id of [small, large])
    expect(contactById(ws.store.read, id)).toMatchObject({ record_id: id, listed: 1, merged_into: null })
})

test('companies: their contacts, domains and names come together', async () => {
  bothWrote()
  const [keep, goes] = [companyIdOf('customer.test'), companyIdOf('private.test')]
  expect(belongingsOf(ws.store.read, 'companies', 'company', goes)).toEqual({
    addresses: ['private.test'],
    messages: 1,
    entries: 0,
    associations: 0,
  })
  const id = mergeRecords(ws.store, ada, 'company', { keep, other: goes, take: [] })
  expect((await client.contacts.get({ id: other as ContactId })).company).toMatchObject({
    id: keep,
    domain: 'customer.test',
  })
  expect(belongingsOf(ws.store.read, 'companies', 'company', keep)).toMatchObject({
    addresses: ['customer.test', 'private.test'],
    messages: 2,
  })
  // A new colleague of the merged company is one of the kept one's.
  ws.mail(channel, { from: 'new@private.test' })
  expect(
    (await client.contacts.get({ id: contactIdOf('new@private.test') as ContactId })).company,
  ).toMatchObject({ id: keep })
  undo(id)
  expect((await client.contacts.get({ id: other as ContactId })).company).toMatchObject({ id: goes })
  expect(() => mergeRecords(ws.store, ada, 'company', { keep, other: carla, take: [] })).toThrow(
    /does not exist/,
  )
})

test('what a contact brings: its addresses, mail, entries and associations', () => {
  bothWrote()
  op({
    entity: 'note',
    id: 'n',
    kind: 'create',
    values: { record_type: 'contact', record_id: other, author_id: ada, text: 'x', at: 1 },
  })
  op({
    entity: 'association',
    id: 'l',
    kind: 'create',
    values: { a_type: 'contact', a_id: other, b_type: 'deal', b_id: 'd', created_at: 1 },
  })
  expect(belongingsOf(ws.store.read, 'contacts', 'contact', other)).toEqual({
    addresses: ['c.customer@private.test'],
    messages: 1,
    entries: 1,
    associations: 1,
  })
})
