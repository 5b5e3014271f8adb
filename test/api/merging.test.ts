import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RecordRef } from '../../src/contract/records.ts'
import { companyIdOf, contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let channel: string
let client: TestClient

const contact = (address: string): RecordRef => ({ type: 'contact', id: contactIdOf(address) })
const company = (domain: string): RecordRef => ({ type: 'company', id: companyIdOf(domain) })
const carla = contact('carla@customer.test')
const other = contact('c.customer@private.test')

beforeEach(async () => {
  ws = makeWorkspace()
  const ada = ws.user('Ada', 'super_admin')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  client = await ws.as(ada)
  ws.mail(channel)
  ws.mail(channel, { from: 'c.customer@private.test', name: 'Carla Customer', subject: 'From home' })
})
afterEach(() => ws.stop())

const record = (ref: RecordRef) => client.records.get(ref)

test('preview, merge, and what the record then shows', async () => {
  await client.records.setPhone({
    contactId: other.id,
    number: '+39 06 1234 5678',
    label: 'home',
    on: true,
  })
  await client.records.update({
    type: 'contact',
    ids: [other.id],
    values: { job_title: 'Buyer', owner_id: null },
  })
  const deal = await client.records.create({ type: 'deal', values: { name: 'Wool' }, associate: [other] })
  await client.activities.addNote({ record: other, text: 'likes wool' })
  const preview = await client.records.mergePreview({ keep: carla, other })
  expect(preview).toMatchObject({
    kept: { ref: carla, name: 'Carla Customer' },
    other: { ref: other },
    brings: { addresses: ['c.customer@private.test'], messages: 1, entries: 1, associations: 1 },
  })
  expect(preview.fields).toContainEqual({ key: 'job_title', kept: null, other: 'Buyer', proposed: 'other' })
  const take = preview.fields.filter((field) => field.proposed === 'other').map((field) => field.key)
  const { undo } = await client.records.merge({ keep: carla, other, take })

  const merged = await record(carla)
  expect(merged).toMatchObject({ ref: carla, values: { job_title: 'Buyer', message_count: 2 } })
  expect(merged.addresses.map((each) => each.address)).toEqual([
    'carla@customer.test',
    'c.customer@private.test',
  ])
  expect(merged.phones.map((phone) => phone.number)).toEqual(['+390612345678'])
  expect(merged.associations.map((each) => each.ref.id)).toContain(deal.id)
  expect(merged.merged).toMatchObject([{ ref: other, address: 'c.customer@private.test' }])
  expect((await record(other)).ref).toEqual(carla)
  const { entries } = await client.activities.timeline({ record: carla, filters: ['email', 'note'] })
  expect(entries.map((entry) => entry.title).sort()).toEqual(['From home', 'Subject 1', 'likes wool'])
  const list = () =>
    client.records
      .list({
        type: 'contact',
        settings: { columns: [], filters: [], sort: { key: 'name', descending: false } },
      })
      .then(({ rows }) => rows.map((row) => row.ref.id as string))
  expect(await list()).toEqual([carla.id])

  expect(await client.undo.run({ id: undo! })).toMatchObject({ skipped: 0 })
  expect((await list()).sort()).toEqual([carla.id, other.id].sort())
  const apart = await record(other)
  expect(apart).toMatchObject({ ref: other, values: { job_title: 'Buyer', message_count: 1 } })
  expect(apart.associations.map((each) => each.ref.id)).toContain(deal.id)
  expect(await record(carla)).toMatchObject({
    values: { job_title: null, message_count: 1 },
    merged: [],
    phones: [],
  })
  await expect(client.undo.run({ id: undo! })).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('taken out again, by the record that was merged', async () => {
  await client.records.merge({ keep: carla, other, take: [] })
  await client.records.update({ type: 'contact', ids: [carla.id], values: { job_title: 'Buyer' } })
  await client.records.unmerge(other)
  expect((await record(other)).addresses.map((each) => each.address)).toEqual(['c.customer@private.test'])
  expect(await record(carla)).toMatchObject({ merged: [], values: { job_title: 'Buyer' } })
})

test('a reply from an alias that no contact had: merged with the contact, which then has both addresses (G5)', async () => {
  ws.mail(channel, { from: 'carla.mobile@private.test', name: '', subject: 'Re: from the train' })
  await client.records.merge({ keep: carla, other: contact('carla.mobile@private.test'), take: [] })
  ws.mail(channel, { from: 'carla.mobile@private.test', name: '', subject: 'Again' })
  expect(await record(carla)).toMatchObject({ values: { message_count: 3 } })
})

test('companies are merged too, and kinds are not mixed', async () => {
  const [keep, goes] = [company('customer.test'), company('private.test')]
  expect((await client.records.mergePreview({ keep, other: goes })).brings.addresses).toEqual([
    'private.test',
  ])
  await client.records.merge({ keep, other: goes, take: [] })
  expect((await record(keep)).values['contact_count']).toBe(2)
  expect((await record(other)).names['company']).toBe('Customer')
  await expect(client.records.merge({ keep, other: carla, take: [] })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  const deal = { type: 'deal', id: carla.id } as const
  await expect(client.records.mergePreview({ keep: deal, other: deal })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  await expect(client.records.mergePreview({ keep: carla, other: carla })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
})

describe('duplicates', () => {
  test('come with their rows and the reason, until they are merged or dismissed', async () => {
    ws.mail(channel, { from: 'carla.c@customer.test', subject: 'x' })
    const [found] = await client.records.duplicates({ type: 'contact' })
    expect([found!.a.ref.id, found!.b.ref.id].sort()).toEqual(
      [carla.id, contactIdOf('carla.c@customer.test')].sort(),
    )
    expect(found).toMatchObject({
      a: { name: 'Carla Customer' },
      reason: 'Same name and the same company domain, customer.test',
    })
    const { undo } = await client.records.dismissDuplicate({ a: found!.a.ref, b: found!.b.ref })
    expect(await client.records.duplicates({ type: 'contact' })).toEqual([])
    await client.undo.run({ id: undo! })
    expect(await client.records.duplicates({ type: 'contact' })).toEqual([found])
    const again = await client.records.dismissDuplicate({ a: found!.a.ref, b: found!.b.ref })
    expect(await client.records.duplicates({ type: 'contact' })).toEqual([])
    await client.undo.run({ id: again.undo! })
    expect(await client.records.duplicates({ type: 'contact' })).toEqual([found])
    await client.records.dismissDuplicate({ a: found!.a.ref, b: found!.b.ref })
    expect(await client.records.duplicates({ type: 'company' })).toEqual([])
  })
})

test('taking out an additional address leaves what else its command did', async () => {
  const mobile = contact('carla.mobile@private.test')
  const made = { email: 'carla.mobile@private.test', first_name: 'Mo' }
  await client.records.create({ type: 'contact', values: made })
  await client.records.remove({ type: 'contact', ids: [mobile.id] })
  await client.records.update({
    type: 'contact',
    ids: [carla.id],
    values: { email: 'carla.mobile@private.test', job_title: 'Buyer' },
  })
  expect((await record(mobile)).ref).toEqual(carla)
  await client.records.unmerge(mobile)
  expect((await record(mobile)).ref).toEqual(mobile)
  expect((await record(carla)).values).toMatchObject({ job_title: 'Buyer' })
})

test('a conversation that one may not act in any more stays as it is', async () => {
  const ben = ws.user('Ben')
  const cleo = ws.user('Cleo', 'super_admin')
  const board = ws.inbox('Board', [ben])
  const { threadId } = ws.mail(await ws.channel(board, 'board@acme.test'), { from: 'x@board.test' })
  const asBen = await ws.as(ben)
  const deal = await asBen.records.create({ type: 'deal', values: { name: 'Wool' } })
  const ref = { type: 'deal', id: deal.id } as const
  const { undo } = await asBen.records.associateThread({ threadId: threadId as never, ref, on: true })
  await expect((await ws.as(cleo)).undo.run({ id: undo! })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  await asBen.undo.run({ id: undo! })
  expect(await asBen.records.ofThread({ threadId: threadId as never })).toEqual([])
})

test('a whole bulk is taken back', async () => {
  const { undo } = await client.records.update({
    type: 'contact',
    ids: [carla.id, other.id],
    values: { lifecycle_stage: 'lead' },
  })
  await client.records.update({ type: 'contact', ids: [other.id], values: { lifecycle_stage: 'customer' } })
  expect(await client.undo.run({ id: undo! })).toMatchObject({ skipped: 1 })
  expect((await record(carla)).values['lifecycle_stage']).toBeNull()
  expect((await record(other)).values['lifecycle_stage']).toBe('customer')
})
