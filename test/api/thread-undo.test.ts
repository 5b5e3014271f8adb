import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ThreadId, UndoId } from '../../src/contract/ids.ts'
import { ticketOfThread } from '../../src/main/engine/store/tables/tickets.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

/** Each thing done to conversations is taken back by what it answers. */

let ws: Workspace
let ada: string
let ben: string
let support: string
let channel: string
let client: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  ben = ws.user('Ben')
  support = ws.inbox('Support')
  channel = await ws.channel(support, 'support@acme.test')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const mail = (subject: string) => ws.mail(channel, { subject }).threadId as ThreadId
const take = (answer: { undo: UndoId | null }) => client.undo.run({ id: answer.undo! })

describe('taken back', () => {
  test('an assignment: who had it has it again', async () => {
    const [one, two] = [mail('one'), mail('two')]
    await client.threads.assign({ ids: [one], assigneeId: ben as never })
    const done = await client.threads.assign({ ids: [one, two], assigneeId: ada as never })
    await take(done)
    expect((await client.threads.get({ id: one })).assigneeId).toBe(ben)
    expect((await client.threads.get({ id: two })).assigneeId).toBeNull()
  })

  test('a closing, with the ticket that was closed with it', async () => {
    const one = mail('one')
    await client.tickets.create({ threadId: one }).catch(() => {})
    const before = ticketOfThread(ws.store.read, one)?.status
    const done = await client.threads.close({ ids: [one] })
    expect(ticketOfThread(ws.store.read, one)?.status).toBe('closed')
    await take(done)
    expect((await client.threads.get({ id: one })).status).toBe('open')
    expect(ticketOfThread(ws.store.read, one)?.status).toBe(before)
    expect(before).not.toBe('closed')
  })

  test('a reopening; nothing to do is nothing to take back', async () => {
    const one = mail('one')
    expect((await client.threads.reopen({ ids: [one] })).undo).toBeNull()
    await client.threads.close({ ids: [one] })
    await take(await client.threads.reopen({ ids: [one] }))
    expect((await client.threads.get({ id: one })).status).toBe('closed')
  })

  test('not what somebody else did since, nor by who may not act there', async () => {
    const one = mail('one')
    const done = await client.threads.assign({ ids: [one], assigneeId: ben as never })
    const asBen = await ws.as(ben)
    await asBen.threads.assign({ ids: [one], assigneeId: ada as never })
    expect(await asBen.undo.run({ id: done.undo! }).catch((error) => error.code)).toBe('NOT_ALLOWED')
    client = await ws.as(ada)
    expect((await take(done)).skipped).toBe(1)
    expect((await client.threads.get({ id: one })).assigneeId).toBe(ada)
  })
})
