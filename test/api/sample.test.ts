import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

let app: TestEngine
beforeEach(async () => {
  app = await startTestEngine()
})
afterEach(() => app.stop())

test('the sample shows a ticket, why a conversation went to somebody, and who is away', async () => {
  const { client } = app
  await client.workspace.startSample({})
  const { users } = await client.workspace.get({})
  const nameOf = (id: string | null) => users.find((user) => user.id === id)?.name
  expect(users.filter((user) => user.availability === 'away').map((user) => user.name)).toEqual([
    'Lucia Ferri',
  ])
  const { rows } = await client.threads.list({ view: 'open', limit: 100 })
  const threads = await Promise.all(rows.map((row) => client.threads.get({ id: row.threadId! })))
  const routed = threads.filter((thread) => thread.routing)
  expect(routed.length).toBeGreaterThan(0)
  for (const thread of routed) {
    expect(thread.routing?.reason).toContain('Jonas Weber was next in turn')
    // What the reason says is what is so.
    expect(nameOf(thread.assigneeId)).toBe('Jonas Weber')
    expect(thread.routing?.assigneeId).toBe(thread.assigneeId)
  }
  const ticketed = threads.filter((thread) => thread.ticketId)
  const tickets = await Promise.all(
    ticketed.map((thread) => client.tickets.ofThread({ threadId: thread.id })),
  )
  expect(tickets.map((ticket) => ticket?.number).sort()).toEqual(tickets.map((_, i) => i + 1))
  expect(tickets.map((ticket) => ticket?.ownerId)).toEqual(ticketed.map((thread) => thread.assigneeId))
  await client.workspace.discardSample({})
  expect((await client.workspace.get({})).name).toBeNull()
})

test('the sample has deals with their people and companies', async () => {
  const { client } = app
  await client.workspace.startSample({})
  const settings = { columns: ['stage'], filters: [], sort: { key: 'close_date', descending: false } }
  const { rows } = await client.records.list({ type: 'deal', settings })
  expect(rows.map((row) => row.name)).toHaveLength(5)
  const [pipeline] = await client.records.pipelines({})
  const stages = new Set(pipeline!.stages.map((stage) => stage.id as string))
  for (const row of rows) {
    expect(stages).toContain(row.values['stage'])
    const deal = await client.records.get(row.ref)
    expect(deal.associations.map(({ ref }) => ref.type).sort()).toEqual(['company', 'contact'])
  }
  await client.workspace.discardSample({})
  await client.workspace.create({ name: 'New', userName: 'New', userEmail: 'new@x.test', inboxName: 'Team' })
  for (const type of ['contact', 'company', 'deal'] as const) {
    const byName = { ...settings, sort: { key: 'name', descending: false } }
    expect((await client.records.list({ type, settings: byName })).rows).toEqual([])
  }
})

test('the sample has tags, and a library whose tokens can be filled in', async () => {
  const { client } = app
  await client.workspace.startSample({})
  const { rows: open } = await client.threads.list({ view: 'open', limit: 100 })
  const used = new Set(open.flatMap(({ tagIds }) => tagIds))
  const tags = await client.tags.list({})
  expect(tags.filter(({ id }) => used.has(id)).map(({ name }) => name)).toEqual([
    'VIP',
    'Warranty',
    'Wholesale',
  ])
  const { rows } = await client.library.list({})
  expect(rows.length).toBeGreaterThanOrEqual(5)
  for (const { id, kind } of rows) {
    if (kind !== 'template' && kind !== 'snippet') continue
    const { subject, content } = await client.library.get({ id })
    const { problem, unfilled } = await client.library.preview({ subject, content })
    expect({ problem, unfilled }).toEqual({ problem: null, unfilled: [] })
  }
  await client.workspace.discardSample({})
  await client.workspace.create({ name: 'New', userName: 'New', userEmail: 'new@x.test', inboxName: 'Team' })
  expect((await client.library.list({})).rows).toEqual([])
})
