import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MessageId, ThreadId } from '../../src/contract/ids.ts'
import { startTown, type Company, type Town } from '../support/company.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'

let town: Town
beforeAll(async () => {
  town = await startTown({ users: 3 })
})
afterAll(async () => {
  await town?.stop()
})

/** A company that a customer just wrote to, with the ticket of the conversation. */
async function asked(): Promise<{ company: Company; threadId: ThreadId; sourceMessageId: MessageId }> {
  const company = await town.company()
  town.dovecot.deliver(
    company.user,
    buildMail({
      from: 'Carla Customer <carla@kunde.test>',
      to: company.address,
      subject: 'Tariff',
      text: 'How much?',
      messageId: `question-${company.user}@kunde.test`,
    }),
  )
  await company.messages(1)
  const { client } = company
  const threadId = (await client.threads.list({ view: 'open' })).rows[0]!.threadId!
  const [first] = (await client.threads.get({ id: threadId })).items
  if (first?.type !== 'message') throw new Error('the conversation begins with something else')
  return { company, threadId, sourceMessageId: first.message.id }
}

const statusOf = async ({ client }: Company, threadId: ThreadId) =>
  (await client.tickets.ofThread({ threadId }))?.status

async function answer(
  { client }: Company,
  sourceMessageId: MessageId,
  mode: 'reply' | 'forward',
  options: { undoSeconds?: number; closeThread?: boolean } = {},
) {
  const preset = mode === 'forward' ? { to: [{ name: '', address: 'boss@kunde.test' }] } : {}
  const draft = await client.drafts.open({ mode, sourceMessageId, preset })
  return client.drafts.send({ id: draft.id, version: draft.version, undoSeconds: 0, ...options })
}

const sent = ({ client }: Company, id: Awaited<ReturnType<typeof answer>>['outboxId']) =>
  until('the mail to be sent', async () => (await client.outbox.get({ id })).delivery.state === 'sent')

test('an answer that has left makes the ticket wait for the contact; one that may be taken back does not yet', async () => {
  const { company, threadId, sourceMessageId } = await asked()
  const before = await statusOf(company, threadId)
  const forwarded = await answer(company, sourceMessageId, 'forward')
  await sent(company, forwarded.outboxId)
  const { outboxId } = await answer(company, sourceMessageId, 'reply', { undoSeconds: 30 })
  expect(await statusOf(company, threadId)).toBe(before)
  await company.client.outbox.sendNow({ id: outboxId })
  await sent(company, outboxId)
  expect(await statusOf(company, threadId)).toBe('waiting_on_contact')
})

test('answered and closed in one go, the ticket stays closed', async () => {
  const { company, threadId, sourceMessageId } = await asked()
  const { outboxId } = await answer(company, sourceMessageId, 'reply', { closeThread: true })
  await sent(company, outboxId)
  expect(await statusOf(company, threadId)).toBe('closed')
})
