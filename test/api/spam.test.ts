import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ThreadId, UndoId } from '../../src/contract/ids.ts'
import { appendOp } from '../../src/main/engine/store/ops.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import { upsertFolder } from '../../src/main/engine/store/tables/folders.ts'
import { insertRemoteMessage } from '../../src/main/engine/store/tables/remote-messages.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import type { TestClient } from '../support/engine.ts'
import { makeSupport, makeWorkspace, type MailInit, type Workspace } from '../support/workspace.ts'

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

const SPAMMER = 'win@prizes.test'
const mail = (init: MailInit = {}) => ws.mail(channel, { from: SPAMMER, ...init }).threadId as ThreadId
const take = ({ undo }: { undo: UndoId | null }) => client.undo.run({ id: undo! })
const status = async (id: ThreadId) => (await client.threads.get({ id })).status
const blocked = async () => (await client.spam.blocked({})).senders.map(({ pattern }) => pattern)
const listed = async (view: 'open' | 'closed' | 'snoozed' | 'unassigned' | 'spam') =>
  (await client.threads.list({ view })).rows.map(({ threadId }) => threadId)
const moves = () =>
  ws.store.read.all<{ wanted: string; state: string }>(
    'SELECT wanted, state FROM junk_moves ORDER BY message_rowid',
  )

/** Gives each message of a conversation a copy in INBOX, as a mailbox would. */
function onServer(threadId: string): void {
  ws.store.write(({ db }) => {
    const folder = upsertFolder(db, channel, 'INBOX', 'inbox')
    const rows = db.all<{ rowid: number }>('SELECT rowid FROM messages WHERE thread_id = ?', [threadId])
    for (const { rowid } of rows) {
      const uid = db.get<{ n: number }>('SELECT count(*) + 1 AS n FROM remote_messages')!.n
      insertRemoteMessage(db, {
        folder_id: folder.id,
        uid,
        state: 'ingested',
        raw_hash: null,
        internal_date: 0,
        size: 1,
        seen: 0,
        answered: 0,
        problem: null,
      })
      db.run('UPDATE remote_messages SET message_rowid = ? WHERE uid = ?', [rowid, uid])
    }
  })
}

describe('marking as spam', () => {
  test('takes it out of every list but that of spam, and blocks the sender; Undo takes all of it back', async () => {
    const one = mail()
    await client.threads.snooze({ ids: [one], until: 'reply' })
    const done = await client.spam.mark({ ids: [one] })
    expect(done).toMatchObject({ blocked: [SPAMMER], domains: ['prizes.test'], withoutJunk: [] })
    for (const view of ['open', 'closed', 'snoozed', 'unassigned'] as const)
      expect(await listed(view)).toEqual([])
    expect(await listed('spam')).toEqual([one])
    expect(await blocked()).toEqual([SPAMMER])
    await take(done)
    expect(await listed('snoozed')).toEqual([one])
    expect(await listed('spam')).toEqual([])
    expect(await blocked()).toEqual([])
  })

  test('its ticket is closed with it and comes back with it', async () => {
    const one = mail()
    const ticket = async () => (await client.tickets.ofThread({ threadId: one }))?.status
    const before = await ticket()
    await client.spam.mark({ ids: [one] })
    expect(await ticket()).toBe('closed')
    await client.spam.unmark({ ids: [one] })
    expect(await ticket()).not.toBe('closed')
    expect(before).toBeDefined()
  })

  test('somebody can be blocked by domain or not at all, also afterwards', async () => {
    const one = mail()
    await client.spam.mark({ ids: [one] })
    expect(await client.spam.mark({ ids: [one], block: 'domain' })).toMatchObject({
      blocked: ['prizes.test'],
    })
    expect(await blocked()).toEqual(['prizes.test'])
    await take(await client.spam.mark({ ids: [one], block: 'nobody' }))
    expect(await blocked()).toEqual(['prizes.test'])
    await client.spam.mark({ ids: [one], block: 'nobody' })
    expect(await blocked()).toEqual([])
    expect(await status(one)).toBe('spam')
  })

  test('a provider where many have their mail is not blocked whole, nor is one of our own', async () => {
    const one = mail({ from: 'someone@gmail.com' })
    expect(await client.spam.mark({ ids: [one] })).toMatchObject({
      blocked: ['someone@gmail.com'],
      domains: [],
    })
    await expect(client.spam.mark({ ids: [one], block: 'domain' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
    await expect(client.spam.block({ pattern: 'acme.test' })).rejects.toMatchObject({ code: 'BAD_INPUT' })
    const colleague = mail({ from: 'Ben@acme.test' })
    expect(await client.spam.mark({ ids: [colleague] })).toMatchObject({ blocked: [], domains: [] })
    expect(await status(colleague)).toBe('spam')
  })

  test('who was blocked before stays blocked when the conversation is no spam any more', async () => {
    await client.spam.block({ pattern: 'prizes.test' })
    const one = mail({ live: false })
    await client.spam.mark({ ids: [one] })
    const back = await client.spam.unmark({ ids: [one] })
    expect(back).toMatchObject({ unblocked: [SPAMMER], stillBlocked: ['prizes.test'] })
    expect(await blocked()).toEqual(['prizes.test'])
  })

  test('spam is neither closed nor snoozed nor opened: it says what to do first', async () => {
    const one = mail()
    await client.spam.mark({ ids: [one] })
    const refused = { code: 'CONFLICT', message: expect.stringContaining('not spam') as string }
    await expect(client.threads.close({ ids: [one] })).rejects.toMatchObject(refused)
    await expect(client.threads.snooze({ ids: [one], until: 'reply' })).rejects.toMatchObject(refused)
    await expect(client.threads.reopen({ ids: [one] })).rejects.toMatchObject(refused)
    expect(await status(one)).toBe('spam')
  })

  test('says in the conversation who did it, and that it was taken back', async () => {
    const one = mail()
    await client.spam.mark({ ids: [one] })
    expect(await client.spam.ofThread({ id: one })).toMatchObject({ byId: ada, block: null })
    await client.spam.unmark({ ids: [one] })
    expect(await client.spam.ofThread({ id: one })).toBeNull()
    const { items } = await client.threads.get({ id: one })
    const events = items.flatMap((item) => (item.type === 'event' ? [item.event.kind] : []))
    expect(events).toEqual(['spam', 'not_spam'])
  })

  test('is found by search only where spam is asked for, and on no timeline of the contact', async () => {
    const one = mail({ subject: 'Congratulations' })
    const found = async (query: string) =>
      (await client.search.threads({ query })).rows.map((row) => row.threadId)
    const contact = { type: 'contact' as const, id: contactIdOf(SPAMMER) as never }
    const shown = async () =>
      (await client.activities.timeline({ record: contact })).entries.filter(
        (entry) => entry.threadId === one,
      )
    expect(await found('congratulations')).toEqual([one])
    expect((await shown()).length).toBeGreaterThan(0)
    await client.spam.mark({ ids: [one] })
    expect(await found('congratulations')).toEqual([])
    expect(await found('congratulations in:spam')).toEqual([one])
    expect(await shown()).toEqual([])
  })
})

describe('new mail of a blocked sender', () => {
  test('begins as spam and says why; it makes no contact, no ticket and is given to nobody', async () => {
    updateInbox(ws.store, accessOf(ws.store.read, ada)!, support, {
      routing: {
        automatic: true,
        method: 'round_robin',
        userIds: [ben] as never[],
        teamIds: [],
        onlyAvailable: false,
      },
    })
    await client.spam.block({ pattern: SPAMMER })
    const one = mail()
    const thread = await client.threads.get({ id: one })
    expect(thread).toMatchObject({ status: 'spam', assigneeId: null, ticketId: null, contactId: null })
    expect(await client.spam.ofThread({ id: one })).toMatchObject({
      byId: null,
      block: { pattern: SPAMMER, byId: ada, active: true },
    })
    expect(ws.store.read.get('SELECT 1 FROM contacts WHERE address = ?', [SPAMMER])).toBeUndefined()
    const unread = (await client.threads.counts({})).counts.find(({ view }) => view === 'unassigned')
    expect(unread).toMatchObject({ count: 0, unread: 0 })

    // Not spam after all: it is welcomed as new mail is.
    expect(await client.spam.unmark({ ids: [one] })).toMatchObject({ unblocked: [SPAMMER], stillBlocked: [] })
    const welcome = await client.threads.get({ id: one })
    expect(welcome).toMatchObject({ status: 'open', assigneeId: ben, contactId: contactIdOf(SPAMMER) })
    expect(welcome.ticketId).not.toBeNull()
    expect(await blocked()).toEqual([])
  })

  test('under a blocked domain too, in whichever spelling; others of the provider are not', async () => {
    await client.spam.block({ pattern: 'Some One <some.one+x@gmail.com>' })
    await client.spam.block({ pattern: '@Prizes.test' })
    expect(await status(mail({ from: 'SomeOne@googlemail.com' }))).toBe('spam')
    expect(await status(mail({ from: 'x@mail.PRIZES.test' }))).toBe('spam')
    expect(await status(mail({ from: 'x@myprizes.test' }))).toBe('open')
    expect(await status(mail({ from: 'someone.else@gmail.com' }))).toBe('open')
  })

  test('history that is read for the first time is left alone', async () => {
    await client.spam.block({ pattern: SPAMMER })
    expect(await status(mail({ live: false }))).toBe('open')
  })

  test('an old conversation of theirs alone becomes spam; one with others stays, and is not opened by them', async () => {
    const alone = mail({ messageId: 'a1@x.test' })
    const mixed = mail({ messageId: 'b1@x.test' })
    mail({ from: 'carla@customer.test', inReplyTo: 'b1@x.test', messageId: 'b2@x.test' })
    await client.threads.close({ ids: [alone, mixed] })
    await client.spam.block({ pattern: SPAMMER })
    mail({ inReplyTo: 'a1@x.test' })
    mail({ inReplyTo: 'b2@x.test' })
    expect(await status(alone)).toBe('spam')
    expect(await status(mixed)).toBe('closed')
    mail({ from: 'carla@customer.test', inReplyTo: 'b2@x.test' })
    expect(await status(mixed)).toBe('open')
  })

  test('whatever comes into spam is spam', async () => {
    const one = mail({ messageId: 'a1@x.test' })
    await client.spam.mark({ ids: [one], block: 'nobody' })
    expect(mail({ from: 'accomplice@elsewhere.test', inReplyTo: 'a1@x.test' })).toBe(one)
    expect(await status(one)).toBe('spam')
    expect(
      ws.store.read.get("SELECT 1 FROM contacts WHERE address = 'accomplice@elsewhere.test'"),
    ).toBeUndefined()
  })
})

describe('said before its mail is here, as by another machine', () => {
  test('it is spam when it comes, whichever came first, and nobody is told of it', async () => {
    const first = mail({ messageId: 'a1@x.test' })
    const other = makeWorkspace()
    try {
      const inbox = other.inbox('Support')
      const id = await other.channel(inbox, 'support@acme.test')
      const values = { status: 'spam', spam_at: 1 }
      other.store.write((write) =>
        appendOp(write, other.store.hlc, null, { entity: 'thread', id: first, kind: 'set', values }),
      )
      expect(other.mail(id, { from: SPAMMER, messageId: 'a1@x.test' }).threadId).toBe(first)
      const row = other.store.read.get('SELECT status, spam_at FROM threads')
      expect(row).toEqual({ status: 'spam', spam_at: 1 })
      expect(other.store.read.get('SELECT 1 FROM tickets')).toBeUndefined()
      expect(other.store.read.get('SELECT 1 FROM contacts')).toBeUndefined()
    } finally {
      other.stop()
    }
  })
})

describe('on the server', () => {
  test('what has to move follows from the status, also when it is taken back or comes in later', async () => {
    const one = mail({ messageId: 'a1@x.test' })
    onServer(one)
    const done = await client.spam.mark({ ids: [one] })
    expect(moves()).toEqual([{ wanted: 'junk', state: 'waiting' }])
    expect((await client.spam.ofThread({ id: one }))?.server.state).toBe('waiting')
    await take(done)
    expect(moves()).toEqual([])
    await client.spam.mark({ ids: [one] })
    ws.store.write(({ db }) => db.run("UPDATE junk_moves SET state = 'done'"))
    expect((await client.spam.ofThread({ id: one }))?.server.state).toBe('moved')
    await client.spam.unmark({ ids: [one] })
    expect(moves()).toEqual([{ wanted: 'inbox', state: 'waiting' }])
    // Spam again before it was taken back: it lies in Junk still.
    await client.spam.mark({ ids: [one] })
    expect(moves()).toEqual([{ wanted: 'junk', state: 'done' }])
  })

  test('without a Junk folder it says so', async () => {
    const one = mail()
    onServer(one)
    ws.store.write(({ db }) => db.run("UPDATE channels SET junk_path = ''"))
    expect(await client.spam.mark({ ids: [one] })).toMatchObject({ withoutJunk: ['support@acme.test'] })
    ws.store.write(({ db }) => db.run("UPDATE junk_moves SET state = 'no_junk'"))
    expect((await client.spam.ofThread({ id: one }))?.server.state).toBe('no_junk')
  })
})

describe('the list of blocked senders', () => {
  test('is paged, says who and when, and is changed by members and admins only', async () => {
    for (let n = 0; n < 5; n += 1) {
      ws.clock.at += 1000
      await client.spam.block({ pattern: `s${n}@prizes.test` })
    }
    const first = await client.spam.blocked({ limit: 3 })
    const second = await client.spam.blocked({ limit: 3, cursor: first.nextCursor! })
    expect([...first.senders, ...second.senders].map(({ pattern }) => pattern)).toEqual(
      [4, 3, 2, 1, 0].map((n) => `s${n}@prizes.test`),
    )
    expect(second.nextCursor).toBeNull()
    expect(first.senders[0]).toMatchObject({ byId: ada, at: ws.clock.at, kind: 'address', threadId: null })
    await expect(client.spam.block({ pattern: 's1@prizes.test' })).rejects.toMatchObject({ code: 'CONFLICT' })
    await take(await client.spam.unblock({ ids: [first.senders[0]!.id] }))
    expect(await blocked()).toContain('s4@prizes.test')
  })

  test('hostile patterns are refused in words', async () => {
    for (const pattern of ['*@*', 'a b@c.test', '<script>', 'nodomain', '@', 'x@y@z.test'])
      await expect(client.spam.block({ pattern })).rejects.toMatchObject({ code: 'BAD_INPUT' })
    expect(await blocked()).toEqual([])
  })
})
