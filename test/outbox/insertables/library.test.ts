import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../../src/contract/events.ts'
import { addTeam } from '../../../src/main/engine/team/team-actions.ts'
import { makeWorkspace, type Workspace } from '../../support/workspace.ts'

let ws: Workspace
let ada: string
let bert: string
let sam: string

beforeEach(() => {
  ws = makeWorkspace()
  ada = ws.user('Ada Agent')
  bert = ws.user('Bert')
  sam = ws.user('Sam', 'super_admin')
})
afterEach(() => ws.stop())

const snippet = {
  kind: 'snippet' as const,
  name: 'Thanks',
  content: '<p>Thank you</p>',
  audience: 'everyone' as const,
}
const names = async (user: string, input = {}) => {
  const client = await ws.as(user)
  return (await client.library.list(input)).rows.map(({ name }) => name)
}

describe('who sees what', () => {
  test('personal ones are their owner’s, a team’s are its members’, not even an admin’s', async () => {
    const team = addTeam(ws.store, sam, { name: 'Repairs', memberIds: [ada] })
    const client = await ws.as(ada)
    await client.library.save({ ...snippet, name: 'Mine', audience: 'me' })
    const ofTeam = await client.library.save({
      ...snippet,
      name: 'Ours',
      audience: 'team',
      teamId: team as never,
    })
    await client.library.save(snippet)
    expect(await names(ada)).toEqual(['Mine', 'Ours', 'Thanks'])
    expect(await names(bert)).toEqual(['Thanks'])
    expect(await names(sam)).toEqual(['Thanks'])
    const others = await ws.as(bert)
    await expect(others.library.get({ id: ofTeam.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(
      others.library.save({ ...snippet, audience: 'team', teamId: team as never }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('whoever lost sight of one is told that something changed, and not what', async () => {
    const client = await ws.as(ada)
    const { id } = await client.library.save(snippet)
    const others = await ws.as(bert)
    const before = ws.store.rev
    await client.library.save({ ...snippet, id, audience: 'me' })
    const stream = await others.events.stream({ sinceRev: before })
    expect(((await stream.next()).value as ChangeEvent).changes).toContainEqual({
      entity: 'library',
      ids: null,
    })
    await stream.return?.()
  })
})

test('search, folders and pages', async () => {
  const client = await ws.as(ada)
  for (const [name, folder] of [
    ['b', 'Lamps'],
    ['A', 'Lamps/Old'],
    ['c', ''],
    ['100%', ''],
  ] as const)
    await client.library.save({ ...snippet, name, folder })
  expect(await names(ada)).toEqual(['100%', 'A', 'b', 'c'])
  expect(await names(ada, { folder: 'Lamps' })).toEqual(['A', 'b'])
  expect(await names(ada, { query: 'lamps old' })).toEqual(['A'])
  expect(await names(ada, { query: '%' })).toEqual(['100%'])
  const first = await client.library.list({ limit: 3 })
  const rest = await client.library.list({ limit: 3, cursor: first.nextCursor! })
  expect(rest).toMatchObject({ rows: [{ name: 'c' }], nextCursor: null })
  expect(await client.library.folders({})).toEqual([
    { name: '', count: 2 },
    { name: 'Lamps', count: 1 },
    { name: 'Lamps/Old', count: 1 },
  ])
})

test('a shortcut is one entry’s, and what cannot be filled in is not kept', async () => {
  const client = await ws.as(ada)
  await client.library.save({ ...snippet, shortcut: '#Thanks' })
  await expect(client.library.save({ ...snippet, shortcut: 'thanks' })).rejects.toMatchObject({
    code: 'CONFLICT',
    data: { field: 'shortcut' },
  })
  await expect(client.library.save({ ...snippet, content: '{{ contact.nme }}' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('no token "contact.nme"') as string,
    data: { field: 'content' },
  })
})

test('removing is taken back, by who may see it', async () => {
  const client = await ws.as(ada)
  const { id } = await client.library.save({ ...snippet, audience: 'me' })
  const { undo } = await client.library.remove({ ids: [id] })
  expect(await names(ada)).toEqual([])
  const admin = await ws.as(sam)
  await expect(admin.undo.run({ id: undo! })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await (await ws.as(ada)).undo.run({ id: undo! })
  expect(await names(ada)).toEqual(['Thanks'])
})

test('an answer is filled in with whom it goes to, what it is about and who writes', async () => {
  const inbox = ws.inbox('Support')
  const channel = await ws.channel(inbox, 'support@acme.test')
  const mail = ws.mail(channel, { name: 'Carla Customer', subject: 'My lamp blinks' })
  const client = await ws.as(ada)
  const { id: tier } = await (
    await ws.as(sam)
  ).records.addProperty({ type: 'contact', name: 'Contract no.', valueType: 'text' })
  const contact = (await client.records.search({ query: 'carla', types: ['contact'] }))[0]!.ref
  await client.records.update({ type: 'contact', ids: [contact.id], values: { [tier]: 'C-17' } })
  const { id: deal } = await client.records.create({
    type: 'deal',
    values: { name: 'Forty lamps', amount: 120_000, currency: 'EUR' },
    associate: [contact],
  })
  expect(deal).toBeTruthy()
  const { id } = await client.library.save({
    kind: 'template',
    name: 'Answer',
    subject: 'About {{ ticket.subject }}',
    content:
      '<p>Hi {{ contact.first_name }} ({{ contact.contract_no }}) of {{ company.domain }}</p><p>{{ deal.name }}, {{ deal.amount }}; {{ contact.phone }}</p><p>{{ sender.full_name }}, {{ inbox.name }}, {{ sender.email }}</p>',
    audience: 'everyone',
  })
  const draft = await client.drafts.open({ mode: 'reply', sourceMessageId: mail.messageId as never })
  const filled = await client.library.insert({ id, draftId: draft.id })
  expect(filled).toMatchObject({
    kind: 'template',
    subject: 'About My lamp blinks',
    html: '<p>Hi Carla (C-17) of customer.test</p><p>Forty lamps, EUR 1,200.00; {{ contact.phone }}</p><p>Ada Agent, Support, support@acme.test</p>',
    unfilled: ['contact.phone'],
    attachments: [],
  })
  expect((await client.library.list({ order: 'used' })).rows[0]).toMatchObject({ name: 'Answer', uses: 1 })
})

test('a document is a file of the library, attached to a mail as it is', async () => {
  await ws.channel(ws.inbox('Support'), 'support@acme.test')
  const client = await ws.as(ada)
  const { url } = await client.library.uploadUrl({
    name: '../prices.pdf',
    mimeType: 'application/pdf',
    audience: 'me',
  })
  const answer = await ws.fetch(url, { method: 'POST', body: 'the prices' })
  expect(answer.status).toBe(201)
  const { id } = (await answer.json()) as { id: never }
  const draft = await client.drafts.open({ mode: 'new' })
  const {
    attachments: [attachment],
  } = await client.library.insert({ id, draftId: draft.id })
  expect(attachment).toMatchObject({
    name: 'prices.pdf',
    mimeType: 'application/pdf',
    size: 10,
    inline: false,
  })
  expect(await (await ws.fetch(attachment!.url)).text()).toBe('the prices')
  const { file } = await client.library.get({ id })
  expect(await (await ws.fetch(file!.url)).text()).toBe('the prices')
  // Its path is worth nothing to somebody who does not see it: the same entry, asked for by another user.
  const others = await ws.as(bert)
  await expect(others.library.get({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await client.users.signIn({ id: ada as never })
  await client.library.remove({ ids: [id] })
  expect((await ws.fetch(file!.url)).status).toBe(404)
})

test('what was exported comes back once, and what is wrong in a file is told by its name', async () => {
  const client = await ws.as(ada)
  await client.library.save({ ...snippet, shortcut: 'ty', folder: 'A' })
  await client.library.save({
    kind: 'template',
    name: 'T',
    subject: 'S',
    content: '<p>x</p>',
    audience: 'me',
  })
  const { entries } = await client.library.export({})
  expect(await client.library.import({ audience: 'everyone', entries })).toMatchObject({
    added: 0,
    undo: null,
  })
  const { rows } = await client.library.list({})
  await client.library.remove({ ids: rows.map(({ id }) => id) })
  const bad = { kind: 'snippet' as const, name: 'Bad', content: '{{ x' }
  const back = await client.library.import({ audience: 'everyone', entries: [...entries, bad] })
  expect(back).toMatchObject({ added: 2, skipped: [{ name: 'Bad' }] })
  expect((await client.library.export({})).entries).toEqual(entries)
  await client.undo.run({ id: back.undo! })
  expect(await names(ada)).toEqual([])
})
