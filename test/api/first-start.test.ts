import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/contract/events.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

let app: TestEngine
beforeEach(async () => {
  app = await startTestEngine()
})
afterEach(() => app.stop())

test('a fresh engine has no workspace and nobody signed in', async () => {
  const workspace = await app.client.workspace.get({})
  expect(workspace).toMatchObject({ name: null, meId: null, users: [], inboxes: [] })
  await expect(app.client.threads.counts({})).rejects.toMatchObject({ code: 'NO_USER', defined: true })
})

test('creating a workspace signs its first user in and says so to every client', async () => {
  const other = app.connect().client
  const stream = await other.events.stream({})
  const first = stream.next()
  await app.client.workspace.create({
    name: 'Acme',
    userName: 'Ada Agent',
    userEmail: 'Ada@acme.test',
    inboxName: 'Support',
  })
  const event = (await first).value as ChangeEvent
  expect(event.changes.map((change) => change.entity)).toContain('workspace')

  const workspace = await app.client.workspace.get({})
  expect(workspace.name).toBe('Acme')
  expect(workspace.users).toMatchObject([{ name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' }])
  expect(workspace.meId).toBe(workspace.users[0]!.id)
  expect(workspace.inboxes).toMatchObject([{ name: 'Support', access: 'everyone', canAct: true }])
  expect((await other.workspace.get({})).meId).toBe(workspace.meId)

  const { counts } = await app.client.threads.counts({})
  expect(counts.map((count) => count.view)).toEqual([
    'unassigned',
    'mine',
    'mentions',
    'following',
    'open',
    'snoozed',
    'closed',
    'sent',
    'drafts',
    'spam',
    'outbox',
    `inbox-${workspace.inboxes[0]!.id}`,
  ])
  const list = await app.client.threads.list({ view: 'unassigned' })
  expect(list).toMatchObject({ rows: [], nextCursor: null, emptyReason: 'nothing_here' })
})

test('a second workspace is refused, and input is checked in words', async () => {
  const input = { name: 'Acme', userName: 'Ada', userEmail: 'ada@acme.test', inboxName: 'Support' }
  await app.client.workspace.create(input)
  await expect(app.client.workspace.create(input)).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(
    app.client.users.add({ name: 'Ben', email: 'not an address', role: 'member' }),
  ).rejects.toMatchObject({
    code: 'BAD_INPUT',
    data: { field: 'email' },
  })
})
