import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/contract/events.ts'
import type { ContactId, InboxId, MessageId, ThreadId, UserId } from '../../src/contract/ids.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
/** A member of the Board inbox, an outsider, one who sees all, and an admin who is a member of nothing named. */
let member: string
let outsider: string
let reader: string
let admin: string
let board: string
let hidden: { threadId: ThreadId; messageId: MessageId }
let contact: ContactId

beforeEach(async () => {
  ws = makeWorkspace()
  member = ws.user('Mia')
  outsider = ws.user('Otto')
  reader = ws.user('Rita', 'account_access')
  admin = ws.user('Sam', 'super_admin')
  board = ws.inbox('Board', [member])
  const channel = await ws.channel(board, 'board@acme.test')
  const mail = ws.mail(channel, {
    subject: 'Secret plan',
    messageId: 'secret@x.test',
    attachments: [{ name: 'plan.txt', content: 'the plan' }],
  })
  hidden = { threadId: mail.threadId as ThreadId, messageId: mail.messageId as MessageId }
  contact = contactIdOf('carla@customer.test') as ContactId
})
afterEach(() => ws.stop())

/** Everything that reads a thread of the inbox, each with what an insider gets from it. */
const reads: Record<string, (client: TestClient) => Promise<unknown>> = {
  'threads.list of the inbox': async (client) =>
    (await client.threads.list({ view: `inbox-${board as InboxId}` })).rows.length,
  'threads.list of a view': async (client) => (await client.threads.list({ view: 'unassigned' })).rows.length,
  'threads.counts': async (client) =>
    (await client.threads.counts({})).counts.find((count) => count.view === 'open')?.count,
  'threads.get': async (client) => (await client.threads.get({ id: hidden.threadId })) && 1,
  'threads.ofMessage': async (client) => (await client.threads.ofMessage({ id: hidden.messageId })) && 1,
  'messages.get': async (client) => (await client.messages.get({ id: hidden.messageId })) && 1,
  'messages.body': async (client) => (await client.messages.body({ id: hidden.messageId })) && 1,
  'search.threads': async (client) => (await client.search.threads({ query: 'secret' })).rows.length,
  'contacts.threads': async (client) => (await client.contacts.threads({ id: contact })).length,
  'contacts.attachments': async (client) => (await client.contacts.attachments({ id: contact })).length,
  'activities.timeline': async (client) =>
    (
      await client.activities.timeline({
        record: { type: 'contact', id: contact },
        filters: ['email', 'comment'],
      })
    ).entries.length,
  'channels.list': async (client) => (await client.channels.list({})).length,
  'workspace.get': async (client) => (await client.workspace.get({})).inboxes.length,
}

const commands: Record<string, (client: TestClient) => Promise<unknown>> = {
  assign: (client) => client.threads.assign({ ids: [hidden.threadId], assigneeId: member as UserId }),
  close: (client) => client.threads.close({ ids: [hidden.threadId] }),
  reopen: (client) => client.threads.reopen({ ids: [hidden.threadId] }),
  markRead: (client) => client.threads.markRead({ ids: [hidden.threadId], read: true }),
  comment: (client) => client.threads.comment({ id: hidden.threadId, text: 'hello' }),
}

describe('reading', () => {
  test.each(Object.keys(reads))('%s: members and those who see all, nobody else', async (name) => {
    const read = reads[name]!
    for (const user of [member, reader, admin]) expect(await read(await ws.as(user))).toBe(1)
    const answer = await read(await ws.as(outsider)).catch((error: { code: string }) => error.code)
    expect([0, 'NOT_FOUND']).toContain(answer)
  })

  test('a path to a file works for its user only as long as they see the inbox', async () => {
    const asMember = await ws.as(member)
    const { url } = (await asMember.messages.get({ id: hidden.messageId })).attachments[0]!
    expect(await (await ws.fetch(url)).text()).toBe('the plan')
    const stolen = url.replace(member, outsider)
    expect((await ws.fetch(stolen)).status).toBe(404)
    ws.store.write(({ db }) => db.run('DELETE FROM inbox_members'))
    expect((await ws.fetch(url)).status).toBe(404)
  })

  test('events do not name threads of inboxes that the user cannot see', async () => {
    const next = async (user: string) => {
      const stream = await (await ws.as(user)).events.stream({})
      const event = stream.next()
      return async () => (await event).value as ChangeEvent
    }
    const forOutsider = await next(outsider)
    const forMember = await next(member)
    const asMember = await ws.as(member)
    await asMember.threads.close({ ids: [hidden.threadId] })
    const support = ws.inbox('Support')
    expect((await forMember()).changes).toContainEqual({ entity: 'threads', ids: [hidden.threadId] })
    const changes = (await forOutsider()).changes
    expect(changes.map((change) => change.entity)).not.toContain('threads')
    expect(changes).toContainEqual({ entity: 'inboxes', ids: [support] })
  })
})

describe('acting', () => {
  test.each(Object.keys(commands))('%s: members only; who sees all is told why not', async (name) => {
    const command = commands[name]!
    await command(await ws.as(member))
    for (const user of [reader, admin]) {
      await expect(command(await ws.as(user))).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
        data: { inboxId: board },
        message: expect.stringContaining('"Board"'),
      })
    }
    await expect(command(await ws.as(outsider))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('the thread says beforehand why one may not act', async () => {
    expect((await (await ws.as(member)).threads.get({ id: hidden.threadId })).refusal).toBeNull()
    expect((await (await ws.as(reader)).threads.get({ id: hidden.threadId })).refusal).toContain('"Board"')
  })

  test('nobody is assigned who could not open the conversation', async () => {
    const client = await ws.as(member)
    await expect(
      client.threads.assign({ ids: [hidden.threadId], assigneeId: outsider as UserId }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('Otto') })
  })

  test('users and inboxes are added by admins', async () => {
    const ben = { name: 'Ben', email: 'ben@acme.test', role: 'super_admin' } as const
    await expect((await ws.as(outsider)).users.add(ben)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await expect((await ws.as(outsider)).inboxes.add({ name: 'Sales' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await (await ws.as(admin)).users.add(ben)
    await (await ws.as(admin)).inboxes.add({ name: 'Sales' })
    await expect((await ws.as(admin)).inboxes.add({ name: 'SALES' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await expect((await ws.as(admin)).users.add({ ...ben, email: 'BEN@acme.test' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })
})
