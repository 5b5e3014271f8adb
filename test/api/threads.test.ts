import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ThreadId } from '../../src/contract/ids.ts'
import type { TestClient } from '../support/engine.ts'
import { makeSupport, START, type Workspace } from '../support/workspace.ts'
import { cpuTime } from '../support/cpu-time.ts'

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

const id = (text: string) => text as ThreadId
const subjects = (page: { rows: { subject: string }[] }) => page.rows.map((row) => row.subject)

describe('lists', () => {
  test('page by page, both ways, every thread exactly once', async () => {
    // Several share a time, so that the id has to break the tie.
    ws.mails(
      channel,
      Array.from({ length: 53 }, (_, i) => ({ subject: `S${i}`, minute: Math.floor(i / 3) })),
    )
    for (const sort of ['newest', 'oldest'] as const) {
      const seen: { subject: string; at: number }[] = []
      let cursor: string | undefined
      do {
        const page = await client.threads.list({ view: 'open', sort, limit: 10, cursor })
        seen.push(...page.rows)
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      expect(new Set(seen.map((row) => row.subject)).size).toBe(53)
      expect(seen).toHaveLength(53)
      const times = seen.map((row) => row.at)
      expect(times).toEqual([...times].sort((a, b) => (sort === 'newest' ? b - a : a - b)))
    }
  })

  test('filters narrow, and an empty one says that nothing matches', async () => {
    ws.mail(channel, { subject: 'read', seen: true })
    ws.mail(channel, { subject: 'unread' })
    ws.mail(channel, { subject: 'file', seen: true, attachments: [{ name: 'a.txt' }] })
    expect(subjects(await client.threads.list({ view: 'open', filter: { unread: true } }))).toEqual([
      'unread',
    ])
    expect(subjects(await client.threads.list({ view: 'open', filter: { unread: false } }))).toEqual([
      'file',
      'read',
    ])
    expect(subjects(await client.threads.list({ view: 'open', filter: { hasAttachment: true } }))).toEqual([
      'file',
    ])
    expect(await client.threads.list({ view: 'open', filter: { assigneeId: ben as never } })).toMatchObject({
      rows: [],
      emptyReason: 'no_match',
    })
  })

  test('an empty list says why', async () => {
    expect((await client.threads.list({ view: 'mine' })).emptyReason).toBe('nothing_here')
    ws.health.state = 'syncing'
    expect((await client.threads.list({ view: 'mine' })).emptyReason).toBe('still_syncing')
    expect((await client.threads.list({ view: 'drafts' })).emptyReason).toBe('nothing_here')
    const secret = ws.inbox('Secret', [ada])
    const asBen = await ws.as(ben)
    expect((await asBen.threads.list({ view: `inbox-${secret as never}` })).emptyReason).toBe('no_permission')
  })

  test('a cursor that nobody gave out is refused in words', async () => {
    await expect(client.threads.list({ view: 'open', cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
  })

  test('counts follow every change', async () => {
    const { threadId } = ws.mail(channel)
    ws.mail(channel, { seen: true })
    const countOf = async (view: string) => {
      const { counts } = await client.threads.counts({})
      const found = counts.find((count) => count.view === view)!
      return [found.count, found.unread]
    }
    expect(await countOf('unassigned')).toEqual([2, 1])
    expect(await countOf(`inbox-${support}`)).toEqual([2, 1])
    await client.threads.assign({ ids: [id(threadId)], assigneeId: ada as never })
    expect(await countOf('unassigned')).toEqual([1, 0])
    expect(await countOf('mine')).toEqual([1, 1])
    await client.threads.close({ ids: [id(threadId)] })
    expect(await countOf('mine')).toEqual([0, 0])
    expect(await countOf('closed')).toEqual([1, 1])
  })

  test('counts stop at 1,000', async () => {
    ws.mails(
      channel,
      Array.from({ length: 1002 }, () => ({ seen: true })),
    )
    const { counts } = await client.threads.counts({})
    expect(counts.find((count) => count.view === 'open')).toMatchObject({
      count: 1000,
      capped: true,
      unread: 0,
    })
  })

  test('Sent lists what went out, from other mail clients too', async () => {
    ws.mail(channel, {
      origin: 'sent',
      from: 'support@acme.test',
      to: 'carla@customer.test',
      subject: 'Our answer',
    })
    ws.mail(channel, { subject: 'A question' })
    const page = await client.threads.list({ view: 'sent' })
    expect(page.rows).toMatchObject([
      {
        subject: 'Our answer',
        recipients: [{ address: 'carla@customer.test' }],
        delivery: { state: 'other_client' },
      },
    ])
  })
})

describe('commands', () => {
  test('assign, take away, close and reopen are in the history with who did it', async () => {
    const { threadId } = ws.mail(channel)
    const ids = [id(threadId)]
    await client.threads.assign({ ids, assigneeId: ben as never })
    ws.clock.at += 1000
    await client.threads.close({ ids })
    ws.clock.at += 1000
    await client.threads.reopen({ ids })
    await client.threads.assign({ ids, assigneeId: null })
    const thread = await client.threads.get({ id: id(threadId) })
    const events = thread.items.flatMap((item) => (item.type === 'event' ? [item.event] : []))
    expect(events).toMatchObject([
      { kind: 'assigned', actorId: ada, assigneeId: ben },
      { kind: 'closed', actorId: ada },
      { kind: 'reopened', actorId: ada },
      { kind: 'unassigned', actorId: ada },
    ])
  })

  test('what is so already is no event', async () => {
    const { threadId } = ws.mail(channel)
    const before = await client.threads.reopen({ ids: [id(threadId)] })
    const after = await client.threads.reopen({ ids: [id(threadId)] })
    expect(after.rev).toBe(before.rev)
    const thread = await client.threads.get({ id: id(threadId) })
    expect(thread.items.map((item) => item.type)).toEqual(['message'])
  })

  test('new mail reopens, and nobody is named for it', async () => {
    const { threadId } = ws.mail(channel, { messageId: 'root@x.test' })
    await client.threads.close({ ids: [id(threadId)] })
    ws.mail(channel, { inReplyTo: 'root@x.test' })
    const thread = await client.threads.get({ id: id(threadId) })
    expect(thread.status).toBe('open')
    expect(thread.items.at(-1)).toMatchObject({ type: 'event', event: { kind: 'reopened', actorId: null } })
  })

  test('a bulk command does all or nothing', async () => {
    const { threadId } = ws.mail(channel)
    const missing = '00000000-0000-4000-8000-000000000000'
    await expect(client.threads.close({ ids: [id(threadId), id(missing)] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect((await client.threads.get({ id: id(threadId) })).status).toBe('open')
  })

  test('reading marks every message and tells the server; unread marks the newest', async () => {
    const { threadId } = ws.mail(channel, { messageId: 'root@x.test' })
    ws.mail(channel, { inReplyTo: 'root@x.test' })
    await client.threads.markRead({ ids: [id(threadId)], read: true })
    expect(ws.told).toContain(`flags ${channel}`)
    let thread = await client.threads.get({ id: id(threadId) })
    expect(thread.unread).toBe(false)
    expect(thread.items.map((item) => item.type === 'message' && item.message.seen)).toEqual([true, true])
    await client.threads.markRead({ ids: [id(threadId)], read: false })
    thread = await client.threads.get({ id: id(threadId) })
    expect(thread.unread).toBe(true)
    expect(thread.items.map((item) => item.type === 'message' && item.message.seen)).toEqual([true, false])
  })

  test('a comment mentions users and nobody else', async () => {
    const { threadId } = ws.mail(channel)
    const comment = { id: id(threadId), text: '@Ben please look', mentionIds: [ben as never] }
    await client.threads.comment(comment)
    const thread = await client.threads.get({ id: id(threadId) })
    expect(thread.items.at(-1)).toMatchObject({
      type: 'comment',
      comment: { authorId: ada, text: '@Ben please look', mentionIds: [ben] },
    })
    const stranger = '00000000-0000-4000-8000-000000000000' as never
    await expect(client.threads.comment({ ...comment, mentionIds: [stranger] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
  })
})

describe('a thread', () => {
  test('opens with its newest window, and older items come by cursor, each once and in order', async () => {
    const first = ws.mail(channel, { messageId: 'root@x.test', seen: true })
    ws.mails(
      channel,
      Array.from({ length: 120 }, () => ({ inReplyTo: 'root@x.test', seen: true })),
    )
    for (let i = 0; i < 30; i++) {
      ws.clock.at = START + (i * 4 + 2) * 60_000 + 30_000
      await client.threads.comment({ id: id(first.threadId), text: `comment ${i}` })
    }
    const thread = await client.threads.get({ id: id(first.threadId) })
    expect(thread.items).toHaveLength(50)
    const all = [...thread.items]
    for (let cursor = thread.olderCursor; cursor !== null;) {
      const page = await client.threads.items({ id: id(first.threadId), cursor, limit: 40 })
      all.unshift(...page.items)
      cursor = page.olderCursor
    }
    expect(all).toHaveLength(151)
    const times = all.map((item) => item.at)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(all.filter((item) => item.type === 'comment')).toHaveLength(30)
  })

  test('unfolds the unread messages and the last one, and no other', async () => {
    const { threadId } = ws.mail(channel, { messageId: 'root@x.test', seen: true, text: 'one' })
    ws.mail(channel, { inReplyTo: 'root@x.test', seen: false, html: '<p>two</p>', text: 'two' })
    ws.mail(channel, { inReplyTo: 'root@x.test', seen: true, text: 'three' })
    const thread = await client.threads.get({ id: id(threadId) })
    const bodies = thread.items.map((item) => (item.type === 'message' ? item.message.body : undefined))
    expect(bodies).toMatchObject([null, { html: '<p>two</p>', text: 'two' }, { html: null, text: 'three' }])
  })

  test('of 5,000 messages opens within a second', async () => {
    const { threadId } = ws.mail(channel, { messageId: 'root@x.test', seen: true })
    for (let i = 0; i < 10; i++) {
      ws.mails(
        channel,
        Array.from({ length: 500 }, () => ({ inReplyTo: 'root@x.test', seen: true })),
      )
    }
    const start = cpuTime()
    const thread = await client.threads.get({ id: id(threadId) })
    expect(cpuTime() - start).toBeLessThan(1000)
    expect(thread.messageCount).toBe(5001)
    expect(thread.items).toHaveLength(50)
  }, 60_000)

  test('a body over 100 KB is cut before a tag, and whole on request', async () => {
    const html = `<div>${'<p>é</p>'.repeat(20_000)}</div>`
    const { threadId, messageId } = ws.mail(channel, { html, text: 'é'.repeat(60_000) })
    const thread = await client.threads.get({ id: id(threadId) })
    const [item] = thread.items
    const body = item?.type === 'message' ? item.message.body! : null
    expect(body?.cut).toBe(true)
    expect(Buffer.byteLength(body!.html!)).toBeLessThanOrEqual(100 * 1024)
    expect(body!.html!.endsWith('>') || body!.html!.endsWith('é')).toBe(true)
    expect(body!.text).not.toContain('\uFFFD')
    const whole = await client.messages.body({ id: messageId as never, whole: true })
    expect(whole).toMatchObject({ html, cut: false })
  })

  test('remote content is off until allowed for the message or the sender', async () => {
    const init = { html: '<img src="https://x.test/a.png">', hasRemoteContent: true }
    const one = ws.mail(channel, init)
    const two = ws.mail(channel, init)
    const other = ws.mail(channel, { ...init, from: 'other@customer.test' })
    const allowed = async (messageId: string) =>
      (await client.messages.get({ id: messageId as never })).remoteContentAllowed
    expect(await allowed(one.messageId)).toBe(false)
    await client.messages.allowRemoteContent({ id: one.messageId as never, scope: 'message' })
    expect([await allowed(one.messageId), await allowed(two.messageId)]).toEqual([true, false])
    await client.messages.allowRemoteContent({ id: one.messageId as never, scope: 'sender' })
    expect([await allowed(two.messageId), await allowed(other.messageId)]).toEqual([true, false])
  })
})
