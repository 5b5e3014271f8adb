import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MessageId, ThreadId } from '../../src/contract/ids.ts'
import type { MailSession } from '../../src/main/engine/channels/types.ts'
import { createIngest } from '../../src/main/engine/ingest/ingest.ts'
import type { MimeParser, ParseResult } from '../../src/main/engine/mime/types.ts'
import { channelById } from '../../src/main/engine/store/tables/channels.ts'
import { nextHeldBack } from '../../src/main/engine/store/tables/held-back.ts'
import { lookForHeldBack } from '../../src/main/engine/sync/held-back.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let client: TestClient
let channel: string

beforeEach(async () => {
  ws = makeWorkspace()
  const ada = ws.user('Ada')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const placeholder = {
  messageId: 'order@customer.test',
  text: 'See the file',
  attachments: [{ name: 'ATP Scan In Progress', mimeType: 'message/rfc822' }],
}
const whole = { ...placeholder, attachments: [{ name: 'order.pdf', mimeType: 'application/pdf' }] }

const messagesOf = async (threadId: string) =>
  (await client.threads.get({ id: threadId as ThreadId })).items.flatMap((item) =>
    item.type === 'message' ? [item.message] : [],
  )
const waiting = (): number | null => nextHeldBack(ws.store.read, channel)

test('a placeholder is shown as held back; the whole message takes its place, whatever answers it', async () => {
  const first = ws.mail(channel, placeholder)
  const [shown] = await messagesOf(first.threadId)
  expect(shown!.attachments).toMatchObject([{ name: 'ATP Scan In Progress', state: 'held_back' }])
  expect(waiting()).toBe(ws.clock.at + 60_000)
  const draft = await client.drafts.open({ mode: 'reply', sourceMessageId: first.messageId as MessageId })
  const contact = async () => (await client.contacts.search({ query: 'carla', limit: 1 }))[0]!
  const { messageCount } = await client.contacts.get({ id: (await contact()).id })

  const second = ws.mail(channel, whole)
  expect(second.threadId).toBe(first.threadId)
  const messages = await messagesOf(first.threadId)
  expect(messages).toHaveLength(1)
  expect(messages[0]!.attachments).toMatchObject([{ name: 'order.pdf', state: 'stored' }])
  expect(waiting()).toBeNull()
  expect((await client.drafts.get({ id: draft.id })).sourceMessageId).toBe(second.messageId)
  expect((await client.contacts.get({ id: (await contact()).id })).messageCount).toBe(messageCount)
})

test('somebody else who uses the same Message-ID takes no place', async () => {
  const first = ws.mail(channel, placeholder)
  ws.mail(channel, { ...whole, from: 'mallory@evil.test', text: 'Mine' })
  expect((await messagesOf(first.threadId)).some(({ id }) => id === first.messageId)).toBe(true)
})

test('it is fetched again, later each time, until the file is there', async () => {
  const { threadId } = ws.mail(channel, placeholder)
  let raw = Buffer.from('still scanning')
  const scanning = [...ws.parses.values()].at(-1) as Extract<ParseResult, { ok: true }>
  const [file] = scanning.message.attachments
  const done: ParseResult = {
    ok: true,
    message: {
      ...scanning.message,
      attachments: [{ ...file!, name: 'order.pdf', mimeType: 'application/pdf' }],
      contentHash: 'f'.repeat(64),
    },
  }
  const parse = async (bytes: Uint8Array) => (Buffer.from(bytes).toString() === 'all of it' ? done : scanning)
  const session = {
    findByMessageId: async (path: string, id: string) =>
      path === 'INBOX' && id === 'order@customer.test' ? [7] : [],
    open: async () => ({}),
    async *fetch() {
      yield {
        uid: 7,
        flags: { seen: false, answered: false },
        modseq: null,
        internalDate: ws.clock.at,
        raw,
        size: raw.length,
      }
    },
  } as unknown as MailSession
  ws.store.write(({ db }) =>
    db.run(`INSERT INTO folders (channel_id, path, role) VALUES (?, 'INBOX', 'inbox')`, [channel]),
  )
  const look = () =>
    lookForHeldBack({
      session,
      channel: channelById(ws.store.read, channel)!,
      store: ws.store,
      ingest: createIngest({ store: ws.store, log: pino({ level: 'silent' }) }),
      parser: { parse } as unknown as MimeParser,
      log: pino({ level: 'silent' }),
      clock: ws.clock,
      signal: new AbortController().signal,
    })
  expect(await look()).toBe(false)
  const waits: number[] = []
  for (let i = 0; i < 3; i++) {
    ws.clock.at = waiting()!
    expect(await look()).toBe(true)
    waits.push(waiting()! - ws.clock.at)
  }
  expect(waits[2]).toBeGreaterThan(waits[0]!)
  expect((await messagesOf(threadId))[0]!.attachments[0]!.state).toBe('held_back')
  raw = Buffer.from('all of it')
  ws.clock.at = waiting()!
  await look()
  expect(waiting()).toBeNull()
  expect((await messagesOf(threadId)).map(({ attachments }) => attachments[0]!.name)).toEqual(['order.pdf'])
})
