import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MessageId, OutboxId, ThreadId } from '../../src/contract/ids.ts'
import type { ReportOutcome } from '../../src/main/engine/mime/types.ts'
import { insertOutbox } from '../../src/main/engine/store/tables/outbox.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: TestClient
let channel: string
let inbox: string
beforeEach(async () => {
  ws = makeWorkspace()
  const user = ws.user('Ada')
  inbox = ws.inbox('Support', [user])
  channel = await ws.channel(inbox, 'support@acme.test')
  ada = await ws.as(user)
})
afterEach(() => ws.stop())

const OUTBOX = 'f0f0f0f0-0000-4000-8000-00000000000f' as OutboxId
const outcome = (init: Partial<ReportOutcome>): ReportOutcome => ({
  kind: 'bounced',
  addresses: ['gone@kunde.test'],
  status: '5.1.1',
  reason: 'no_such_address',
  hard: true,
  text: '550 5.1.1 User unknown',
  until: null,
  ...init,
})
/** What was sent from here, with its outbox item. */
function send(): { id: MessageId; threadId: ThreadId } {
  ws.store.write(({ db, now }) =>
    insertOutbox(
      db,
      {
        id: OUTBOX,
        draft_id: null,
        author_id: null,
        thread_id: null,
        channel_id: channel,
        message_id: 'offer@acme.test',
        from_name: 'Acme',
        from_address: 'support@acme.test',
        subject: 'Your offer',
        snippet: '',
        raw_hash: Buffer.alloc(32),
        state: 'sent',
        release_at: now,
        copy_state: 'none',
        source_message_id: null,
        created_at: now,
      },
      [{ kind: 'to', name: '', address: 'gone@kunde.test' }],
    ),
  )
  const { messageId, threadId } = ws.mail(channel, {
    origin: 'sent',
    from: 'support@acme.test',
    to: 'gone@kunde.test',
    subject: 'Your offer',
    messageId: 'offer@acme.test',
  })
  return { id: messageId as MessageId, threadId: threadId as ThreadId }
}
const bounce = (about = 'offer@acme.test', init: Partial<ReportOutcome> = {}): MessageId =>
  ws.mail(channel, {
    from: 'mailer-daemon@mx.test',
    name: 'Mail Delivery System',
    automatic: 'bounce',
    report: { originalIds: [about], originalSubject: null, outcomes: [outcome(init)] },
  }).messageId as MessageId

test('fault 67: what came back shows on the message, in Sent, in the outbox, and all of them are told', async () => {
  const sent = send()
  const rev = ws.store.rev
  const report = bounce()
  const expected = [
    {
      kind: 'bounced',
      address: 'gone@kunde.test',
      reason: 'no_such_address',
      text: '550 5.1.1 User unknown',
      until: null,
      messageId: report,
    },
  ]
  expect((await ada.messages.get({ id: sent.id })).delivery?.reports).toMatchObject(expected)
  expect((await ada.threads.list({ view: 'sent' })).rows[0]?.delivery?.reports).toMatchObject(expected)
  expect((await ada.outbox.get({ id: OUTBOX })).delivery.reports).toMatchObject(expected)
  const thread = await ada.threads.get({ id: sent.threadId })
  const [own] = thread.items.flatMap((item) => (item.type === 'message' ? [item.message] : []))
  expect(own?.delivery?.reports).toMatchObject(expected)
  expect(await ada.messages.get({ id: report })).toMatchObject({
    automatic: 'bounce',
    contactId: null,
    report: { outcomes: expected, about: { id: sent.id, threadId: sent.threadId, subject: 'Your offer' } },
  })
  const changed = new Map(ws.store.changesSince(rev)!.changes.map(({ entity, ids }) => [entity, ids]))
  expect(changed.get('messages')).toContain(sent.id)
  expect(changed.get('threads')).toContain(sent.threadId)
  expect(changed.get('outbox')).toContain(OUTBOX)
  expect(changed.has('contacts')).toBe(true)
})

test('which addresses are dead is told for those that are asked about, whatever their case', async () => {
  send()
  bounce()
  expect(
    await ada.messages.bounces({ addresses: [' GONE@kunde.test', 'other@kunde.test', ''] }),
  ).toMatchObject([{ address: 'gone@kunde.test', reason: 'no_such_address', text: '550 5.1.1 User unknown' }])
  expect(await ada.messages.bounces({ addresses: [] })).toEqual([])
})

test('a report about nothing that is here says so', async () => {
  const report = await ada.messages.get({ id: bounce('never@acme.test') })
  expect(report.report).toMatchObject({ about: null, outcomes: [{ kind: 'bounced' }] })
})

test('a message of another inbox is not named to those who see the report', async () => {
  const other = ws.user('Bo')
  const board = await ws.channel(ws.inbox('Board', [other]), 'board@acme.test')
  ws.mail(board, {
    origin: 'sent',
    from: 'board@acme.test',
    to: 'gone@kunde.test',
    subject: 'Secret',
    messageId: 'secret@acme.test',
  })
  const report = await ada.messages.get({ id: bounce('secret@acme.test') })
  expect(report.report?.about).toBeNull()
  expect(JSON.stringify(report)).not.toContain('Secret')
})
