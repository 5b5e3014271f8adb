import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'
import type { TestClient } from '../support/engine.ts'

let ws: Workspace
let adaId: string
let channel: string
let ada: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  adaId = ws.user('Ada Agent')
  const inbox = ws.inbox('Support')
  channel = await ws.channel(inbox, 'support@acme.test')
  ada = await ws.as(adaId)
})
afterEach(() => ws.stop())

const first = { from: 'mario@rossi.test', name: 'Mario', subject: 'Lamp', messageId: 'a@rossi.test' }
const begin = async (mode: 'reply' | 'reply_all' = 'reply') => {
  const { messageId } = ws.mail(channel, first)
  return ada.drafts.open({ mode, sourceMessageId: messageId as never })
}
const facts = (draft: { id: string; channelId: string }, recipients: string[] = []) =>
  ada.drafts.facts({ id: draft.id as never, channelId: draft.channelId as never, recipients, log: true })

test('of an answer: whom it goes to, to which address it came, and who is new in it', async () => {
  const draft = await begin()
  const known = await facts(draft, ['MARIO@rossi.test', 'support@acme.test', 'eva@else.test'])
  expect(known).toMatchObject({
    answersTo: [{ address: 'mario@rossi.test' }],
    strangers: ['eva@else.test'],
    cameTo: { channelId: channel, address: 'support@acme.test' },
    news: [],
    bounced: [],
    neverLog: [],
  })
})

test('of a new mail there is nothing to know', async () => {
  const draft = await ada.drafts.open({ mode: 'new', channelId: channel as never })
  expect(await facts(draft, ['eva@else.test'])).toEqual({
    answersTo: [],
    strangers: [],
    cameTo: null,
    news: [],
    neverLog: [],
    bounced: [],
  })
})

test('D6: a thread that changed stops the answer until its writer was shown the newest of it', async () => {
  const draft = await begin()
  const input = { id: draft.id, version: draft.version }
  const second = ws.mail(channel, { ...first, messageId: 'b@rossi.test', inReplyTo: first.messageId })
  expect((await facts(draft)).news).toMatchObject([{ id: second.messageId, direction: 'in' }])
  await expect(ada.drafts.send(input)).rejects.toMatchObject({
    code: 'CONFLICT',
    data: { field: 'news', id: second.messageId },
  })
  const third = ws.mail(channel, { ...first, messageId: 'c@rossi.test', inReplyTo: first.messageId })
  await expect(ada.drafts.send({ ...input, seen: second.messageId as never })).rejects.toMatchObject({
    code: 'CONFLICT',
    data: { id: third.messageId },
  })
  expect((await facts(draft)).news.map(({ id }) => id)).toEqual([third.messageId, second.messageId])
  expect(await ada.drafts.send({ ...input, seen: third.messageId as never })).toHaveProperty('outboxId')
})

test('D6: an absence note is no change, and an answer begun afterwards knows what is there', async () => {
  const draft = await begin()
  ws.mail(channel, {
    ...first,
    messageId: 'away@rossi.test',
    inReplyTo: first.messageId,
    automatic: 'auto_reply',
  })
  expect((await facts(draft)).news).toEqual([])
  ws.mail(channel, { ...first, messageId: 'b@rossi.test', inReplyTo: first.messageId })
  expect((await facts(draft)).news).toHaveLength(1)
  // Nothing was written into the first one: it gives way.
  const later = await ada.drafts.open({ mode: 'reply_all', sourceMessageId: draft.sourceMessageId! })
  expect((await facts(later)).news).toEqual([])
})

test('the Never Log list counts where the mail would be logged', async () => {
  const server = { host: '127.0.0.1', port: 1, security: 'none' as const }
  const personal = await ada.channels.connect({
    address: 'ada.private@acme.test',
    purpose: 'personal',
    fromName: 'Ada',
    imap: server,
    smtp: server,
    password: 'x',
  })
  await ada.logging.addNeverLog({ pattern: 'rossi.test', scope: 'me' })
  const draft = await ada.drafts.open({ mode: 'new', channelId: personal.id })
  const ask = { id: draft.id, recipients: ['Mario@mail.rossi.test', 'eva@else.test'] }
  expect((await ada.drafts.facts({ ...ask, channelId: personal.id, log: true })).neverLog).toEqual([
    { address: 'mario@mail.rossi.test', pattern: 'rossi.test' },
  ])
  expect((await ada.drafts.facts({ ...ask, channelId: personal.id, log: false })).neverLog).toEqual([])
  expect((await ada.drafts.facts({ ...ask, channelId: channel as never, log: true })).neverLog).toEqual([])
})
