import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ThreadId, UndoId } from '../../src/contract/ids.ts'
import { ticketOfThread } from '../../src/main/engine/store/tables/tickets.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { Snoozes } from '../../src/main/engine/team/snoozes.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import type { TestClient } from '../support/engine.ts'
import { makeSupport, START, type Workspace } from '../support/workspace.ts'

/** Each thing done to conversations is taken back by what it answers. */

let ws: Workspace
let ada: string
let ben: string
let support: string
let channel: string
let client: TestClient

beforeEach(async () => {
  ;({ ws, ada, ben, support, channel, client } = await makeSupport())
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

  test('read and unread: here, in the counts of the conversation, and on the server', async () => {
    const first = ws.mail(channel, { subject: 'one', messageId: 'one@customer.test' })
    const one = first.threadId as ThreadId
    ws.mail(channel, { inReplyTo: 'one@customer.test' })
    const unread = () =>
      ws.store.read.get<{ n: number }>('SELECT unread_count AS n FROM threads WHERE id = ?', [one])!.n
    const read = await client.threads.markRead({ ids: [one], read: true })
    expect(unread()).toBe(0)
    ws.told.length = 0
    await take(read)
    expect(unread()).toBe(2)
    expect(ws.told).toEqual([`flags ${channel}`])
    await client.threads.markRead({ ids: [one], read: true })
    const again = await client.threads.markRead({ ids: [one], read: false })
    expect(unread()).toBe(1)
    await take(again)
    expect(unread()).toBe(0)
    expect((await client.threads.markRead({ ids: [one], read: true })).undo).toBeNull()
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

describe('moved to another inbox', () => {
  let sales: string
  beforeEach(() => {
    sales = ws.inbox('Sales', [ada])
  })

  test('with its ticket and its later mail, and back again', async () => {
    const first = ws.mail(channel, { subject: 'one', messageId: '<one@customer.test>' })
    const one = first.threadId as ThreadId
    const ticket = ticketOfThread(ws.store.read, one)!
    await client.threads.assign({ ids: [one], assigneeId: ben as never })
    const done = await client.threads.move({ ids: [one], inboxId: sales as never })
    const later = ws.mail(channel, { subject: 'Re: one', inReplyTo: '<one@customer.test>' })
    expect(later.threadId).toBe(one)
    // Ben is not in Sales, so it is nobody's there.
    expect(await client.threads.get({ id: one })).toMatchObject({ inboxId: sales, assigneeId: null })
    expect(ticketOfThread(ws.store.read, one)?.id).toBe(ticket.id)
    const asBen = await ws.as(ben)
    await expect(asBen.threads.get({ id: one })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await asBen.threads.list({ view: 'open' })).rows).toEqual([])
    client = await ws.as(ada)
    await take(done)
    expect(await client.threads.get({ id: one })).toMatchObject({ inboxId: support, assigneeId: ben })
  })

  test('only by who may act on both sides, also when it is taken back', async () => {
    const one = mail('one')
    const asBen = await ws.as(ben)
    const refused = await asBen.threads.move({ ids: [one], inboxId: sales as never }).catch((e) => e.code)
    expect(refused).toBe('NOT_FOUND')
    const eve = ws.user('Eve', 'account_access')
    const board = ws.inbox('Board', [eve])
    // Ada sees it as the admin that she is, and is no member.
    client = await ws.as(ada)
    const seen = await client.threads.move({ ids: [one], inboxId: board as never }).catch((e) => e.code)
    expect(seen).toBe('NOT_ALLOWED')
    const done = await client.threads.move({ ids: [one], inboxId: sales as never })
    const asEve = await ws.as(eve)
    expect(await asEve.undo.run({ id: done.undo! }).catch((e) => e.code)).toBe('NOT_ALLOWED')
    updateInbox(ws.store, accessOf(ws.store.read, ada)!, support, { access: 'members', memberIds: [ben] })
    client = await ws.as(ada)
    expect(await take(done).catch((e) => e.code)).toBe('NOT_ALLOWED')
    expect((await client.threads.get({ id: one })).inboxId).toBe(sales)
  })

  test('answered from the address that it came to, by members of the inbox where it is now', async () => {
    const cleo = ws.user('Cleo')
    const desk = ws.inbox('Desk', [ada, cleo])
    const closed = ws.inbox('Closed', [ada])
    const from = await ws.channel(closed, 'closed@acme.test')
    const { threadId, messageId } = ws.mail(from, { subject: 'two' })
    await client.threads.move({ ids: [threadId as ThreadId], inboxId: desk as never })
    const asCleo = await ws.as(cleo)
    const draft = await asCleo.drafts.open({ mode: 'reply', sourceMessageId: messageId as never })
    expect(draft.channelId).toBe(from)
    expect((await asCleo.drafts.senders({})).map(({ channelId }) => channelId)).toContain(from)
    const { outboxId } = await asCleo.drafts.send({ id: draft.id, version: draft.version })
    expect((await asCleo.outbox.get({ id: outboxId })).threadId).toBe(threadId)
    // Nothing else leaves from there.
    const other = asCleo.drafts.open({ mode: 'new', channelId: from as never })
    await expect(other).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  })
})

describe('snoozed', () => {
  const inViews = async (subject: string) => {
    const views = ['unassigned', 'mine', 'open', 'snoozed', 'closed', `inbox-${support}`] as never[]
    const pages = await Promise.all(views.map((view) => client.threads.list({ view })))
    const { counts } = await client.threads.counts({})
    return views.filter((view, i) => {
      const listed = pages[i]!.rows.some((row) => row.subject === subject)
      expect([view, (counts.find((count) => count.view === view)?.count ?? 0) > 0]).toEqual([view, listed])
      return listed
    })
  }
  const TOMORROW = START + 86_400_000
  const snoozes = () => new Snoozes({ store: ws.store, clock: ws.clock, log: pino({ level: 'silent' }) })

  test('it leaves the lists of open ones until its time, also over a restart', async () => {
    const one = mail('one')
    await client.threads.assign({ ids: [one], assigneeId: ada as never })
    expect(await inViews('one')).toEqual(['mine', 'open', `inbox-${support}`])
    await client.threads.snooze({ ids: [one], until: TOMORROW })
    expect(await inViews('one')).toEqual(['snoozed'])
    expect(await client.threads.get({ id: one })).toMatchObject({ status: 'open', snoozedUntil: TOMORROW })
    const early = snoozes()
    early.start()
    early.stop()
    expect(await inViews('one')).toEqual(['snoozed'])
    ws.clock.at = TOMORROW
    const later = snoozes()
    later.start()
    later.stop()
    expect(await inViews('one')).toEqual(['mine', 'open', `inbox-${support}`])
    const { items } = await client.threads.get({ id: one })
    expect(items.flatMap((item) => (item.type === 'event' ? [item.event] : []))).toMatchObject([
      { kind: 'assigned' },
      { kind: 'snoozed', until: TOMORROW, actorId: ada },
      { kind: 'woken', actorId: null },
    ])
  })

  test('its timer rings by itself', async () => {
    const one = mail('one')
    const timer = snoozes()
    timer.start()
    await client.threads.snooze({ ids: [one], until: ws.clock.at + 30 })
    ws.clock.at += 31
    await expect.poll(async () => (await client.threads.get({ id: one })).snoozedUntil).toBeNull()
    timer.stop()
  })

  test.each(['reply', TOMORROW] as const)(
    'until %s: an answer of the contact brings it back',
    async (until) => {
      const { threadId } = ws.mail(channel, { subject: 'one', messageId: '<one@customer.test>' })
      await client.threads.snooze({ ids: [threadId as ThreadId], until })
      ws.mail(channel, { subject: 'Re: one', inReplyTo: '<one@customer.test>', origin: 'sent' })
      expect(await inViews('one')).toEqual(['snoozed'])
      ws.mail(channel, { subject: 'Re: one', inReplyTo: '<one@customer.test>', live: true })
      expect(await inViews('one')).toEqual(['unassigned', 'open', `inbox-${support}`])
    },
  )

  test('taken back, ended by hand, ended by closing; a time that has passed is refused', async () => {
    const one = mail('one')
    await take(await client.threads.snooze({ ids: [one], until: TOMORROW }))
    expect(await inViews('one')).toEqual(['unassigned', 'open', `inbox-${support}`])
    const refused = await client.threads.snooze({ ids: [one], until: START }).catch((error) => error.code)
    expect(refused).toBe('BAD_INPUT')
    await client.threads.snooze({ ids: [one], until: 'reply' })
    await client.threads.snooze({ ids: [one], until: null })
    expect(await inViews('one')).toEqual(['unassigned', 'open', `inbox-${support}`])
    await client.threads.snooze({ ids: [one], until: 'reply' })
    const closed = await client.threads.close({ ids: [one] })
    expect(await inViews('one')).toEqual(['closed'])
    await take(closed)
    expect(await inViews('one')).toEqual(['snoozed'])
  })
})
