import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ContactId } from '../../src/contract/ids.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let channel: string
let client: TestClient
const carla = contactIdOf('carla@customer.test') as ContactId

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

test('fields are edited, and the edit is in the timeline', async () => {
  ws.mail(channel)
  await client.contacts.update({ id: carla, fields: { jobTitle: 'Buyer', companyName: 'Customer Ltd' } })
  const contact = await client.contacts.get({ id: carla })
  expect(contact).toMatchObject({
    jobTitle: 'Buyer',
    company: { name: 'Customer Ltd' },
    address: 'carla@customer.test',
  })
  const { entries } = await client.activities.timeline({ record: { type: 'contact', id: carla } })
  expect(entries.filter((entry) => entry.kind === 'field_changed')).toMatchObject([
    { actorId: ada, title: 'company', detail: 'Customer Ltd' },
    { actorId: ada, title: 'job_title', detail: 'Buyer' },
  ])
  const { rev } = await client.contacts.update({ id: carla, fields: { jobTitle: 'Buyer' } })
  expect((await client.contacts.update({ id: carla, fields: { jobTitle: 'Buyer' } })).rev).toBe(rev)
})

test('a company is found by its name, whatever its case, and left by an empty one', async () => {
  ws.mail(channel)
  ws.mail(channel, { from: 'dora@elsewhere.test', name: 'Dora' })
  const dora = contactIdOf('dora@elsewhere.test') as ContactId
  await client.contacts.update({ id: carla, fields: { companyName: 'Customer Ltd' } })
  await client.contacts.update({ id: dora, fields: { companyName: 'CUSTOMER LTD' } })
  const company = (await client.contacts.get({ id: carla })).company!
  expect((await client.contacts.get({ id: dora })).company).toEqual(company)
  await client.contacts.update({ id: dora, fields: { companyName: '' } })
  expect((await client.contacts.get({ id: dora })).company).toBeNull()
})

test('threads and files of a contact, newest first, inline pictures left out', async () => {
  ws.mail(channel, { subject: 'one', attachments: [{ name: 'one.pdf' }] })
  ws.mail(channel, {
    subject: 'two',
    attachments: [{ name: 'two.pdf' }, { name: 'logo.png', inline: true, contentId: 'logo' }],
  })
  ws.mail(channel, { subject: 'other', from: 'dora@x.test', attachments: [{ name: 'other.pdf' }] })
  expect((await client.contacts.threads({ id: carla })).map((row) => row.subject)).toEqual(['two', 'one'])
  const files = await client.contacts.attachments({ id: carla })
  expect(files.map((file) => file.name)).toEqual(['two.pdf', 'one.pdf'])
  expect(await (await ws.fetch(files[0]!.url)).text()).toBe('file')
})

test('people are found by the beginnings of name or address, the most recent first', async () => {
  ws.mail(channel, { from: 'zofia@old.test', name: 'Zofia Żak', minute: 1 })
  ws.mail(channel, { from: 'zoe@new.test', name: 'Zoe', minute: 5 })
  ws.mail(channel, { from: 'adam@x.test', name: 'Adam', minute: 9 })
  const names = async (query: string) => (await client.contacts.search({ query })).map((one) => one.name)
  expect(await names('zo')).toEqual(['Zoe', 'Zofia Żak'])
  expect(await names('zak')).toEqual(['Zofia Żak'])
  expect(await names('zofia@old')).toEqual(['Zofia Żak'])
  expect(await names('')).toHaveLength(3)
  for (const hostile of ['"', '*', 'a" OR "b', 'NEAR(', '-', "'; DROP TABLE contacts; --"])
    await names(hostile)
})
