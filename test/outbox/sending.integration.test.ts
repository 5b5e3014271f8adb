import { simpleParser } from 'mailparser'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { DraftContent, OutboxItemView } from '../../src/contract/composing.ts'
import { collect, startTown, type Company, type Town } from '../support/company.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import type { Received } from '../support/smtp-sink.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterEach(() => town.sink.clearRules())
afterAll(async () => {
  await town?.stop()
})

type Preset = Partial<Omit<DraftContent, 'channelId'>>
const box = (address: string, name = ''): { name: string; address: string } => ({ name, address })

let serial = 0
/** Sends a new mail at once; its subject tells it from all others. */
async function send(
  company: Company,
  preset: Preset = {},
  options: { undoSeconds?: number; sendAt?: number } = {},
): Promise<{ id: string; subject: string }> {
  const subject = preset.subject ?? `Mail ${(serial += 1)}`
  const draft = await company.client.drafts.open({
    mode: 'new',
    preset: { to: [box('carla@kunde.test', 'Carla Customer')], html: '<p>Hello.</p>', ...preset, subject },
  })
  const { outboxId } = await company.client.drafts.send({
    id: draft.id,
    version: draft.version,
    undoSeconds: 0,
    ...options,
  })
  return { id: outboxId, subject }
}

const got = (subject: string): Received[] =>
  town.sink.received.filter((one) => one.raw.includes(`Subject: ${subject}\r\n`))

const item = (company: Company, id: string): Promise<OutboxItemView> =>
  company.client.outbox.get({ id: id as never })

const inState = (company: Company, id: string, state: OutboxItemView['delivery']['state']) =>
  until(`the item to be ${state}`, async () => {
    const one = await item(company, id)
    return one.delivery.state === state && one
  })

/** How many copies of it lie in Sent on the server. */
const inSent = (company: Company, subject: string): number =>
  town.dovecot
    .messagesOnDisk(company.user, 'Sent')
    .filter((one) => new RegExp(`^Subject: ${subject}\\r?$`, 'm').test(one.raw.toString())).length

test('C5, C6: a mail arrives once, with proof; its copy lies in Sent once and in its conversation', async () => {
  const company = await town.company()
  const { id, subject } = await send(company, {
    to: [box('carla@kunde.test', 'Carla Customer')],
    cc: [box('dora@kunde.test')],
    bcc: [box('quiet@kunde.test')],
  })
  const done = await inState(company, id, 'sent')
  expect(done.delivery.serverText).toMatch(/^250 /)
  expect(got(subject)).toHaveLength(1)
  const [received] = got(subject)
  expect(received!.to.sort()).toEqual(['carla@kunde.test', 'dora@kunde.test', 'quiet@kunde.test'])
  expect(received!.raw.toString()).not.toContain('quiet@kunde.test')
  await until('the log to end', async () =>
    (await item(company, id)).log.some((one) => one.state === 'copied'),
  )
  await company.live()
  expect(inSent(company, subject)).toBe(1)
  expect(company.local().messages).toHaveLength(1)
  const sent = await company.client.threads.list({ view: 'sent' })
  expect(sent.rows).toMatchObject([{ subject, delivery: { state: 'sent' } }])
  // Everybody who got it has a contact that it is logged with, whoever got it unseen too.
  for (const query of ['carla', 'dora', 'quiet']) {
    const [contact] = await company.client.contacts.search({ query })
    const timeline = await company.client.activities.timeline({
      record: { type: 'contact', id: contact!.id },
      filters: ['email'],
    })
    expect([query, timeline.entries.length]).toEqual([query, 1])
  }
  const [raw] = town.dovecot.messagesOnDisk(company.user, 'Sent')
  expect((await simpleParser(raw!.raw)).bcc).toMatchObject({ value: [{ address: 'quiet@kunde.test' }] })
})

test('a mail that waits for its undo is taken back, and sent later as what it is then', async () => {
  const company = await town.company()
  const { id, subject } = await send(company, { html: '<p>Too early.</p>' }, { undoSeconds: 30 })
  expect((await item(company, id)).delivery.state).toBe('held')
  const { draftId } = await company.client.outbox.undo({ id: id as never })
  const draft = await company.client.drafts.get({ id: draftId })
  expect(draft.html).toContain('Too early')
  const { channelId, to, cc, bcc } = draft
  const saved = await company.client.drafts.save({
    id: draftId,
    version: draft.version,
    content: { channelId, to, cc, bcc, subject, html: '<p>Just right.</p>' },
  })
  await company.client.drafts.send({ id: draftId, version: saved.version, undoSeconds: 0 })
  await town.sink.waitFor((one) => one.raw.includes('Just right'))
  expect(got(subject)).toHaveLength(1)
})

test('send later and undo survive a restart', async () => {
  const company = await town.company()
  const later = await send(company, {}, { sendAt: Date.now() + 1500 })
  const held = await send(company, {}, { undoSeconds: 30 })
  await company.restart()
  expect((await item(company, held.id)).delivery.state).toBe('held')
  await inState(company, later.id, 'sent')
  expect(got(later.subject)).toHaveLength(1)
  expect(got(held.subject)).toHaveLength(0)
  await company.client.outbox.sendNow({ id: held.id as never })
  await inState(company, held.id, 'sent')
})

test('fault 22: cut off after the end of DATA, the server had it: unknown, asked, and never a second copy', async () => {
  const company = await town.company()
  town.sink.rule({ at: 'end', reply: 'drop', times: 1 })
  const { id, subject } = await send(company)
  const asked = await inState(company, id, 'unknown')
  expect(asked.log.at(-1)?.text).toMatch(/No answer after the message had left/)
  expect((await company.client.outbox.list({})).map((one) => one.id)).toEqual([id])
  await company.client.outbox.resolve({ id: id as never, as: 'sent' })
  await inState(company, id, 'sent')
  await until('the copy in Sent', () => inSent(company, subject) === 1)
  expect(got(subject)).toHaveLength(1)
})

test('fault 22: the server did not have it: nothing is lost, the user sends it again', async () => {
  const company = await town.company()
  town.sink.rule({ at: 'end', reply: 'drop', times: 1, stored: false })
  const { id, subject } = await send(company)
  await inState(company, id, 'unknown')
  await company.client.outbox.resolve({ id: id as never, as: 'send_again' })
  await inState(company, id, 'sent')
  expect(got(subject)).toHaveLength(1)
  const [copy] = await company.messages(1)
  expect((await simpleParser(got(subject)[0]!.raw)).messageId).toBe(`<${copy!.message_id}>`)
})

test('fault 22: found on the server by its Message-ID, it counts as sent', async () => {
  const company = await town.company()
  town.sink.rule({ at: 'end', reply: 'drop', times: 1 })
  const { id } = await send(company, { to: [box(company.address)] })
  const done = await inState(company, id, 'sent')
  expect(done.log.some((one) => /Found on the server in INBOX/.test(one.text))).toBe(true)
  await company.messages(1)
  await company.live()
  expect(company.local().messages).toHaveLength(1)
})

test('fault 22: a provider that files the copy late is waited for', async () => {
  const company = await town.company()
  town.sink.rule({ at: 'end', reply: 'drop', times: 1 })
  const { id, subject } = await send(company)
  await inState(company, id, 'unknown')
  await town.dovecot.appendTo(company.user, 'Sent', got(subject)[0]!.raw, ['\\Seen'])
  await inState(company, id, 'sent')
  await company.live()
  expect(inSent(company, subject)).toBe(1)
  expect(company.local().messages).toHaveLength(1)
})

test('fault 23: no answer to the end of DATA within its time is unknown as well', async () => {
  const company = await town.company({ timeouts: { smtp: { endOfData: 1000 } } })
  town.sink.rule({ at: 'end', reply: 'hang', times: 1 })
  const { id, subject } = await send(company)
  await inState(company, id, 'unknown')
  await until('the mail', () => got(subject).length > 0)
  expect(got(subject)).toHaveLength(1)
})

test('fault 21: cut off before the end of DATA: sent again by itself, once', async () => {
  const company = await town.company()
  for (const at of ['connect', 'mail', 'rcpt', 'data'] as const) {
    town.sink.rule({ at, reply: 'drop', times: 1 })
    const { client } = company
    const subject = `Cut off at ${at}`
    const draft = await client.drafts.open({
      mode: 'new',
      preset: { to: [box('carla@kunde.test')], subject, html: '<p>Large.</p>' },
    })
    // More than the system keeps on the way, so that its end has not left when the beginning meets the cut.
    const { url } = await client.drafts.attachUrl({
      id: draft.id,
      name: 'large.bin',
      mimeType: 'application/octet-stream',
    })
    const body = new Uint8Array((at === 'data' ? 24 : 1) * 1024 * 1024).fill(at.length)
    await company.app.engine.fetch(new Request(`http://127.0.0.1${url}`, { method: 'POST', body }))
    const { outboxId } = await client.drafts.send({ id: draft.id, version: draft.version, undoSeconds: 0 })
    await inState(company, outboxId, 'sent')
    expect(got(subject)).toHaveLength(1)
  }
})

test('fault 24: a temporary refusal is tried again, visibly; a permanent one is named', async () => {
  const company = await town.company({ timeouts: { sendRetry: 3000 } })
  const began = Date.now()
  town.sink.rule({ at: 'mail', reply: '451 4.3.0 Try later, please', times: 1 })
  const first = await send(company)
  const waiting = await until('the wait', async () => {
    const one = await item(company, first.id)
    return one.attempts === 1 && one.delivery.state === 'queued' && one
  })
  expect(waiting.delivery.serverText).toContain('451 4.3.0 Try later, please')
  expect(waiting.releaseAt).toBeGreaterThan(began)
  await inState(company, first.id, 'sent')
  expect(got(first.subject)).toHaveLength(1)

  town.sink.rule({ at: 'end', reply: '554 5.7.1 This smells like spam', times: 1 })
  const second = await send(company)
  const failed = await inState(company, second.id, 'failed')
  expect(failed.delivery.failedRecipients).toMatchObject([
    { address: 'carla@kunde.test', serverText: expect.stringContaining('smells like spam') as string },
  ])
  // What failed can be tried again by hand, taken back or given up.
  await company.client.outbox.sendNow({ id: second.id as never })
  await inState(company, second.id, 'sent')
})

test('fault 24: some recipients refused: the others get it once, whoever was deferred later, the failed are named', async () => {
  const company = await town.company()
  town.sink.rule({ at: 'rcpt', reply: '550 5.1.1 No such user', address: 'gone@' })
  town.sink.rule({ at: 'rcpt', reply: '450 4.2.1 Mailbox busy', address: 'busy@', times: 2 })
  const { id, subject } = await send(company, {
    to: [box('fine@kunde.test'), box('gone@kunde.test'), box('busy@kunde.test')],
  })
  const done = await inState(company, id, 'partly_sent')
  expect(got(subject).map((one) => one.to)).toEqual([['fine@kunde.test'], ['busy@kunde.test']])
  expect(done.delivery.failedRecipients).toMatchObject([{ address: 'gone@kunde.test' }])
  expect(done.attempts).toBe(3)
  await until('the copy in Sent', () => inSent(company, subject) === 1)
})

test('fault 24: who got it at first is never called failed when the rest is refused later', async () => {
  const company = await town.company()
  town.sink.rule({ at: 'rcpt', reply: '450 4.2.1 Busy', address: 'late@', times: 1 })
  town.sink.rule({ at: 'rcpt', reply: '550 5.1.1 Gone by now', address: 'late@' })
  const { id, subject } = await send(company, { to: [box('fine@kunde.test'), box('late@kunde.test')] })
  const done = await inState(company, id, 'partly_sent')
  expect(done.delivery.failedRecipients.map((one) => one.address)).toEqual(['late@kunde.test'])
  expect(got(subject).map((one) => one.to)).toEqual([['fine@kunde.test']])
})

test('fault 25: when only the copy to Sent fails, only the copy is tried again', async () => {
  const company = await town.company()
  company.imap.refuse()
  company.imap.cut()
  const { id, subject } = await send(company)
  await inState(company, id, 'sent')
  await until('a failed copy', async () =>
    (await item(company, id)).log.some((one) => one.state === 'copy_failed'),
  )
  expect(inSent(company, subject)).toBe(0)
  company.imap.accept()
  await until('the copy in Sent', () => inSent(company, subject) === 1)
  expect(got(subject)).toHaveLength(1)
  await company.live()
  expect(company.local().messages).toHaveLength(1)
})

test('fault 25: a copy whose answer was lost is not made twice', async () => {
  // The connection that idles says nothing meanwhile, so that the next byte to come is that answer.
  const company = await town.company({ timeouts: { imap: { probe: 60_000 } } })
  // Slow, so that the connection can be cut when the server has most of the copy: what is lost is its answer.
  company.imap.throttle(60_000)
  const { id, subject } = await send(company, { html: `<p>${'long '.repeat(20_000)}</p>` })
  const before = company.imap.bytes.to_server
  await until('the copy on its way', () => company.imap.bytes.to_server > before + 60_000)
  company.imap.cutAfter('to_client', 1)
  const log = async () => (await item(company, id)).log.map((one) => one.state)
  await until('a failed copy', async () => (await log()).includes('copy_failed'))
  expect(inSent(company, subject)).toBe(1)
  company.imap.throttle(null)
  await until('the copy', async () => (await log()).includes('copied'))
  expect(inSent(company, subject)).toBe(1)
})

test('fault 26: two windows send one draft: exactly one mail', async () => {
  const company = await town.company()
  const other = company.app.connect()
  const subject = 'Sent by two'
  const draft = await company.client.drafts.open({
    mode: 'new',
    preset: { to: [box('carla@kunde.test')], subject, html: '<p>Hi</p>' },
  })
  await other.client.users.signIn({ id: (await company.client.workspace.get({})).meId! })
  const once = { id: draft.id, version: draft.version, undoSeconds: 0 }
  const results = await Promise.allSettled([
    company.client.drafts.send(once),
    other.client.drafts.send(once),
    company.client.drafts.send(once),
  ])
  expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  for (const one of results)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' })
  await until('the mail', () => got(subject).length === 1)
  await until('the outbox to be empty', async () => (await company.client.outbox.list({})).length === 0)
  expect(got(subject)).toHaveLength(1)
})

test('D1: an answer goes to Reply-To or From, an answer to all to everybody else, and belongs to the conversation', async () => {
  const company = await town.company()
  const question = buildMail({
    from: 'Carla Customer <carla@kunde.test>',
    to: [company.address, 'Boss <boss@kunde.test>'],
    cc: ['Dora <dora@kunde.test>', 'CARLA@kunde.test'],
    subject: 'Tariff',
    text: 'How much?',
    messageId: 't1@kunde.test',
    headers: ['Reply-To: Desk <desk@kunde.test>'],
  })
  town.dovecot.deliver(company.user, question)
  await company.messages(1)
  const { client } = company
  const [row] = (await client.threads.list({ view: 'open' })).rows
  const [first] = (await client.threads.get({ id: row!.threadId! })).items
  const sourceMessageId = first?.type === 'message' ? first.message.id : ('' as never)
  const reply = await client.drafts.open({ mode: 'reply', sourceMessageId })
  expect(reply).toMatchObject({
    to: [box('desk@kunde.test', 'Desk')],
    cc: [],
    subject: 'Re: Tariff',
    threadId: row!.threadId,
  })
  const all = await client.drafts.open({ mode: 'reply_all', sourceMessageId })
  expect(all.to).toEqual([box('desk@kunde.test', 'Desk'), box('boss@kunde.test', 'Boss')])
  expect(all.cc).toEqual([box('dora@kunde.test', 'Dora'), box('carla@kunde.test')])
  await client.drafts.send({ id: all.id, version: all.version, undoSeconds: 0 })
  const [received] = await town.sink.waitFor((one) => one.raw.includes('Subject: Re: Tariff'))
  expect(received!.to.sort()).toEqual([
    'boss@kunde.test',
    'carla@kunde.test',
    'desk@kunde.test',
    'dora@kunde.test',
  ])
  const parsed = await simpleParser(received!.raw)
  expect(parsed.inReplyTo).toBe('<t1@kunde.test>')
  expect(parsed.references).toBe('<t1@kunde.test>')
  await until('the answer in its conversation', async () => {
    const [one] = (await client.threads.list({ view: 'open' })).rows
    return one?.messageCount === 2
  })
  // The question carries \Answered, here and on the server.
  await until('\\Answered here', () => company.local().messages.some((one) => one.answered === 1))
  await until('\\Answered there', () => company.local().flagChanges === 0)
  const imap = await town.dovecot.client(company.user)
  await imap.mailboxOpen('INBOX', { readOnly: true })
  const [flags] = await collect(imap.fetch('1:*', { flags: true }))
  await imap.logout()
  expect(flags?.flags?.has('\\Answered')).toBe(true)
})

test('other servers and passwords count from the next mail on', async () => {
  const company = await town.company()
  await inState(company, (await send(company)).id, 'sent')
  const { smtp } = await company.channel()
  const dead = { ...smtp!, port: 1 }
  await company.client.channels.update({ id: company.channelId as never, smtp: dead })
  const { id, subject } = await send(company)
  await until('a failed try', async () => {
    const one = await item(company, id)
    return one.attempts > 0 && one.delivery.state === 'queued'
  })
  await company.client.channels.update({ id: company.channelId as never, smtp: smtp! })
  await inState(company, id, 'sent')
  expect(got(subject)).toHaveLength(1)
})

test('fault 29: an address that could be routed two ways is refused before anything leaves', async () => {
  const company = await town.company()
  await expect(send(company, { to: [box('"a@evil.test x"@good.test')] })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  await expect(send(company, { to: [box('a@good.test\r\nRCPT TO:<b@evil.test>')] })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  expect(town.sink.received.some((one) => one.to.some((to) => to.includes('evil')))).toBe(false)
})
