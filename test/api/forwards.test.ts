import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MessageId, ThreadId } from '../../src/contract/ids.ts'
import { applyOp, type Op } from '../../src/main/engine/store/ops.ts'
import type { Write } from '../../src/main/engine/store/store.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'
import { forwards } from '../crm/forwards/forwards.ts'

let ws: Workspace
let ada: TestClient
let channel: string
beforeEach(async () => {
  ws = makeWorkspace()
  const user = ws.user('Ada')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  ada = await ws.as(user)
})
afterEach(() => ws.stop())

const BEN = { name: 'Ben Bell', address: 'ben@partner.test' }
const ANNA = { name: 'Anna Berg', address: 'anna.berg@kunde.test' }
const EVE = { name: 'Eve', address: 'eve@other.test' }
const sure = forwards[0]!
const unsure = forwards.find(({ client }) => client === 'a quotation without a rule')!

const take = (forward: { subject: string; text: string }): { id: MessageId; threadId: ThreadId } => {
  const { messageId, threadId } = ws.mail(channel, {
    from: BEN.address,
    name: BEN.name,
    subject: forward.subject,
    text: forward.text,
  })
  return { id: messageId as MessageId, threadId: threadId as ThreadId }
}
/** Everywhere that a sender shows: the message, the list, the contact of the conversation, an answer. */
async function shown({ id, threadId }: { id: MessageId; threadId: ThreadId }) {
  const message = await ada.messages.get({ id })
  const thread = await ada.threads.get({ id: threadId })
  const list = await ada.threads.list({ view: 'open' })
  const draft = await ada.drafts.open({ mode: 'reply', sourceMessageId: id })
  await ada.drafts.discard({ id: draft.id })
  const of = (contactId: string | null) =>
    contactId &&
    ws.store.read.get<{ address: string }>('SELECT address FROM contacts WHERE id = ?', [contactId])!.address
  return {
    message: message.from.address,
    list: list.rows.find((row) => row.threadId === threadId)?.sender.address,
    contact: of(message.contactId),
    threadContact: of(thread.contactId),
    answer: draft.to.map(({ address }) => address),
    state: message.forward?.state,
  }
}
const as = (address: string, state: string) => ({
  message: address,
  list: address,
  contact: address,
  threadContact: address,
  answer: [address],
  state,
})
const counted = (address: string): number =>
  ws.store.read.get<{ n: number }>('SELECT message_count AS n FROM contacts WHERE id = ?', [
    contactIdOf(address),
  ])?.n ?? 0

describe('F1: correcting who wrote a forward', () => {
  test('a sure one counts as its author everywhere; one click gives it back, and that can be undone', async () => {
    const mail = take(sure)
    expect(await shown(mail)).toEqual(as(ANNA.address, 'attributed'))
    expect((await ada.messages.get({ id: mail.id })).forward).toEqual({
      by: BEN,
      found: ANNA,
      confidence: 'complete',
      state: 'attributed',
      decided: false,
    })
    const { undo } = await ada.messages.attribute({ id: mail.id, to: 'forwarder' })
    expect(await shown(mail)).toEqual(as(BEN.address, 'forwarder'))
    expect([counted(ANNA.address), counted(BEN.address)]).toEqual([0, 1])
    await ada.undo.run({ id: undo! })
    expect(await shown(mail)).toEqual(as(ANNA.address, 'attributed'))
    expect([counted(ANNA.address), counted(BEN.address)]).toEqual([1, 0])
  })

  test('a doubtful one asks, and is attributed only by Yes', async () => {
    const mail = take(unsure)
    expect(await shown(mail)).toEqual(as(BEN.address, 'asks'))
    expect((await ada.messages.get({ id: mail.id })).forward?.found).toEqual(ANNA)
    await ada.messages.attribute({ id: mail.id, to: 'found' })
    expect(await shown(mail)).toEqual(as(ANNA.address, 'attributed'))
  })

  test('No is an answer too: it asks no more', async () => {
    const mail = take(unsure)
    const { undo } = await ada.messages.attribute({ id: mail.id, to: 'forwarder' })
    expect(await shown(mail)).toEqual(as(BEN.address, 'forwarder'))
    await ada.undo.run({ id: undo! })
    expect((await shown(mail)).state).toBe('asks')
  })

  test('somebody else can be named, who becomes a contact with the company of their domain', async () => {
    const mail = take(sure)
    await ada.messages.attribute({ id: mail.id, to: { name: 'Eve', address: 'EVE@other.test' } })
    expect(await shown(mail)).toEqual(as(EVE.address, 'attributed'))
    expect(
      ws.store.read.get(
        'SELECT p.domain FROM contacts c JOIN companies p ON p.id = c.company_id WHERE c.address = ?',
        [EVE.address],
      ),
    ).toEqual({ domain: 'other.test' })
  })

  test('the same again is nothing to take back; what cannot be is refused in words', async () => {
    const mail = take(sure)
    await ada.messages.attribute({ id: mail.id, to: 'forwarder' })
    expect((await ada.messages.attribute({ id: mail.id, to: 'forwarder' })).undo).toBeNull()
    await expect(
      ada.messages.attribute({ id: mail.id, to: { name: '', address: 'nobody' } }),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
    const plain = ws.mail(channel, { subject: 'Hello' }).messageId as MessageId
    await expect(ada.messages.attribute({ id: plain, to: 'found' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect((await ada.messages.get({ id: plain })).forward).toBeNull()
  })

  test('the ops alone give the same, in any order, also before the mail is here', async () => {
    const mail = take(sure)
    await ada.messages.attribute({ id: mail.id, to: EVE })
    await ada.messages.attribute({ id: mail.id, to: 'forwarder' })
    await ada.messages.attribute({ id: mail.id, to: { name: 'Fay', address: 'fay@other.test' } })
    const ops = ws.store.read.all<{ hlc: string; entity_id: string; change: string }>(
      "SELECT hlc, entity_id, change FROM ops WHERE entity = 'forward' ORDER BY seq DESC",
    )
    expect(ops).toHaveLength(3)
    const replayed = makeWorkspace()
    try {
      const there = await replayed.channel(replayed.inbox('Support'), 'support@acme.test')
      const apply = (write: Write): void => {
        for (const { hlc, entity_id, change } of ops)
          applyOp(write, hlc, {
            entity: 'forward',
            id: entity_id,
            kind: 'set',
            values: JSON.parse(change),
          } as Op)
      }
      replayed.store.write(apply)
      const init = {
        from: BEN.address,
        name: BEN.name,
        subject: sure.subject,
        text: sure.text,
        messageId: 'm1@customer.test',
      }
      const { messageId } = replayed.mail(there, init)
      expect(messageId).toBe(mail.id)
      const sql =
        'SELECT m.from_name, m.from_address, m.contact_id, t.sender_address, t.contact_id AS thread_contact FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.id = ?'
      expect(replayed.store.read.get(sql, [messageId])).toEqual(ws.store.read.get(sql, [mail.id]))
      expect(replayed.store.read.get(sql, [messageId])).toMatchObject({ from_address: 'fay@other.test' })
    } finally {
      replayed.stop()
    }
  })

  test('what its author may load is not what somebody may who forwards in their name', async () => {
    const own = ws.mail(channel, {
      from: ANNA.address,
      html: '<img src="https://x.test/a.png">',
      hasRemoteContent: true,
    })
    await ada.messages.allowRemoteContent({ id: own.messageId as MessageId, scope: 'sender' })
    const { messageId } = ws.mail(channel, {
      from: BEN.address,
      subject: sure.subject,
      text: sure.text,
      html: '<img src="https://evil.test/a.png">',
      hasRemoteContent: true,
    })
    const message = await ada.messages.get({ id: messageId as MessageId })
    expect([message.from.address, message.remoteContentAllowed]).toEqual([ANNA.address, false])
  })
})
