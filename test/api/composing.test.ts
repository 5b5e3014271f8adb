import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DraftContent, DraftView } from '../../src/contract/composing.ts'
import { returnAllAnswered } from '../../src/main/engine/outbox/if-quiet.ts'
import { writtenOffset } from '../../src/main/engine/read/recipient-zone.ts'
import { quietItems } from '../../src/main/engine/store/tables/outbox.ts'
import { noteRecipients } from '../../src/main/engine/store/tables/past-recipients.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, START, type Workspace } from '../support/workspace.ts'

const HOUR = 3_600_000

let ws: Workspace
let ada: TestClient
let ben: TestClient
let adaId: string
let benId: string
let support: string
let channel: string
beforeEach(async () => {
  ws = makeWorkspace()
  adaId = ws.user('Ada')
  support = ws.inbox('Support')
  channel = await ws.channel(support, 'support@acme.test')
  ada = await ws.as(adaId)
  benId = ws.user('Ben')
  ben = await ws.as(benId)
})
afterEach(() => ws.stop())

const content = (draft: DraftView, part: Partial<DraftContent>): DraftContent => ({
  channelId: draft.channelId,
  to: draft.to,
  cc: draft.cc,
  bcc: draft.bcc,
  subject: draft.subject,
  html: draft.html,
  ...part,
})
const answer = (client: TestClient, messageId: string, mode: 'reply' | 'reply_all' = 'reply') =>
  client.drafts.open({ mode, sourceMessageId: messageId as never })
async function write(client: TestClient, draft: DraftView, html: string): Promise<number> {
  return (
    await client.drafts.save({ id: draft.id, version: draft.version, content: content(draft, { html }) })
  ).version
}
async function attach(client: TestClient, draft: DraftView, name: string): Promise<void> {
  const { url } = await client.drafts.attachUrl({ id: draft.id, name, mimeType: 'text/plain' })
  expect((await ws.fetch(url, { method: 'POST', body: 'words' })).status).toBe(201)
}

describe('one answer of a user in a conversation', () => {
  test('that was begun is opened again, whatever message is answered; one without a word gives way', async () => {
    const first = ws.mail(channel, { messageId: 'a@customer.test' })
    const second = ws.mail(channel, { messageId: 'b@customer.test', inReplyTo: 'a@customer.test' })
    const empty = await answer(ada, first.messageId)
    const other = await answer(ada, second.messageId, 'reply_all')
    expect(other.sourceMessageId).toBe(second.messageId)
    await expect(ada.drafts.get({ id: empty.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })

    await write(ada, other, '<p>Words</p>')
    const again = await answer(ada, first.messageId)
    expect(again).toMatchObject({ id: other.id, html: '<p>Words</p>', mode: 'reply_all' })
    // Each writer has an answer of their own.
    expect((await answer(ben, first.messageId)).id).not.toBe(other.id)
    expect(await ada.drafts.list({})).toHaveLength(1)
  })

  test('becomes one to another message when that is wanted: its text stays, its recipients follow', async () => {
    const first = ws.mail(channel, { messageId: 'a@customer.test', text: 'First words' })
    const second = ws.mail(channel, {
      messageId: 'b@customer.test',
      inReplyTo: 'a@customer.test',
      from: 'dora@customer.test',
      name: 'Dora',
      text: 'Second words',
    })
    const elsewhere = ws.mail(channel, {})
    const draft = await answer(ada, first.messageId)
    const version = await write(ada, draft, '<p>Words</p>')
    const wanted = { id: draft.id, version, mode: 'reply', sourceMessageId: second.messageId } as never
    const changed = await ada.drafts.answerInstead(wanted)
    expect(changed).toMatchObject({
      html: '<p>Words</p>',
      sourceMessageId: second.messageId,
      to: [{ address: 'dora@customer.test' }],
      version: version + 1,
    })
    expect(changed.quotedHtml).toContain('Second words')
    expect(changed.quotedHtml).not.toContain('First words')
    await expect(ada.drafts.answerInstead(wanted)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(
      ada.drafts.answerInstead({
        id: draft.id,
        version: changed.version,
        mode: 'reply',
        sourceMessageId: elsewhere.messageId as never,
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('shows to teammates of the inbox, with its text and without Bcc; not to others, and not when it is sent', async () => {
    const olga = await ws.as(ws.user('Olga'))
    const closed = ws.inbox('Board', [adaId])
    const board = await ws.channel(closed, 'board@acme.test')
    const secret = ws.mail(board, {})
    const open = ws.mail(channel, {})
    const draft = await answer(ada, open.messageId)
    const threadId = open.threadId as never
    // Only opened: nobody needs to know.
    expect(await ben.drafts.ofThread({ threadId })).toEqual([])
    const version = (
      await ada.drafts.save({
        id: draft.id,
        version: draft.version,
        content: content(draft, {
          html: '<p>Dear <b>Carla</b></p><script>x()</script>',
          bcc: [{ name: '', address: 'hidden@acme.test' }],
        }),
      })
    ).version
    const [seen] = await ben.drafts.ofThread({ threadId })
    expect(seen).toMatchObject({ id: draft.id, userId: adaId, to: [{ address: 'carla@customer.test' }] })
    const read = await ben.drafts.read({ id: draft.id })
    expect(read.text).toBe('Dear Carla')
    expect(JSON.stringify(read)).not.toContain('hidden')
    expect(await ada.drafts.ofThread({ threadId })).toEqual([])
    await expect(
      ben.drafts.save({ id: draft.id, version, content: content(draft, { html: 'x' }) }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })

    const hidden = await answer(ada, secret.messageId)
    await write(ada, hidden, '<p>Secret</p>')
    await expect(olga.drafts.ofThread({ threadId: secret.threadId as never })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(olga.drafts.read({ id: hidden.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const alone = await ada.drafts.open({ mode: 'new' })
    await write(ada, alone, '<p>Mine</p>')
    await expect(ben.drafts.read({ id: alone.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })

    await ada.drafts.send({ id: draft.id, version })
    expect(await ben.drafts.ofThread({ threadId })).toEqual([])
    await expect(ben.drafts.read({ id: draft.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

test('what somebody writes in logged personal mail is theirs, although everybody sees that mail', async () => {
  const mail = ws.mail(channel, {})
  await write(ada, await answer(ada, mail.messageId), '<p>Words</p>')
  const threadId = mail.threadId as never
  expect(await ben.drafts.ofThread({ threadId })).toHaveLength(1)
  const [draft] = await ada.drafts.list({})
  ws.store.write(({ db }) =>
    db.run(`UPDATE threads SET inbox_id = NULL, user_id = ?, status = 'logged' WHERE id = ?`, [
      adaId,
      mail.threadId,
    ]),
  )
  expect(await ben.drafts.ofThread({ threadId })).toEqual([])
  await expect(ben.drafts.read({ id: draft!.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('an attachment is renamed to what a file can be called, removed, and brought back to its place', async () => {
  const draft = await ada.drafts.open({ mode: 'new' })
  await attach(ada, draft, 'one.txt')
  await attach(ada, draft, 'two.txt')
  const files = async () => (await ada.drafts.get({ id: draft.id })).attachments
  const [one] = await files()
  const named = await ada.drafts.renameAttachment({
    id: draft.id,
    attachmentId: one!.id,
    name: '../../offer\u202Etxt.exe',
  })
  expect(named.name).not.toMatch(/[/\\\u202e]/)
  await ada.drafts.detach({ id: draft.id, attachmentId: one!.id })
  expect((await files()).map(({ name }) => name)).toEqual(['two.txt'])
  expect((await ada.drafts.reattach({ id: draft.id, attachmentId: one!.id })).name).toBe(named.name)
  expect((await files()).map(({ name }) => name)).toEqual([named.name, 'two.txt'])
  const foreign = await ben.drafts.open({ mode: 'new' })
  await expect(ben.drafts.reattach({ id: foreign.id, attachmentId: one!.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await ben.drafts.detach({ id: foreign.id, attachmentId: one!.id })
  expect(await files()).toHaveLength(2)
})

test('earlier versions of a draft come back, and what they replaced stays among them (C7)', async () => {
  const draft = await ada.drafts.open({ mode: 'new' })
  let { version } = draft
  const save = async (html: string, seconds: number) => {
    ws.clock.at += seconds * 1000
    ;({ version } = await ada.drafts.save({ id: draft.id, version, content: content(draft, { html }) }))
  }
  await save('<p>One</p>', 0)
  // What follows within 20 s is one version with it.
  for (let i = 0; i < 30; i += 1) await save(`<p>Two ${i}</p>`, 1)
  await save('<p>Ruined</p>', 30)
  const texts = async () => (await ada.drafts.history({ id: draft.id })).map(({ snippet }) => snippet)
  expect(await texts()).toEqual(['Ruined', 'Two 29', 'Two 18', 'One'])
  const [, wanted] = await ada.drafts.history({ id: draft.id })
  const back = await ada.drafts.restore({ id: draft.id, version: wanted!.version })
  expect(back).toMatchObject({ html: '<p>Two 29</p>', version: version + 1 })
  expect(await texts()).toContain('Ruined')
  // Also what was written a moment before.
  ;({ version } = back)
  await save('<p>Begun anew</p>', 1)
  const again = await ada.drafts.restore({ id: draft.id, version: wanted!.version })
  expect(await texts()).toEqual(['Two 29', 'Begun anew', 'Ruined', 'Two 29', 'Two 18', 'One'])
  ;({ version } = back)
  expect(again.version).toBe(version + 2)
  // An older window cannot write over it.
  await expect(
    ada.drafts.save({ id: draft.id, version, content: content(draft, { html: 'late' }) }),
  ).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('unfilled tokens stop a mail in the engine too, until its writer sends it knowing them', async () => {
  const draft = await ada.drafts.open({ mode: 'new' })
  const { version } = await ada.drafts.save({
    id: draft.id,
    version: draft.version,
    content: content(draft, {
      to: [{ name: '', address: 'carla@customer.test' }],
      subject: 'For {{ company.name }}',
      html: '<p>Dear {{ contact.<b>first_name</b> }}, use {{ braces }} as you like</p>',
    }),
  })
  await expect(ada.drafts.send({ id: draft.id, version })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    data: { field: 'tokens' },
    message: expect.stringContaining('{{ company.name }}, {{ contact.first_name }}'),
  })
  await ada.drafts.send({ id: draft.id, version, withTokens: true })
})

describe('only if nobody answers before', () => {
  async function later(only: boolean) {
    const mail = ws.mail(channel, { messageId: 'a@customer.test' })
    const draft = await answer(ada, mail.messageId)
    const version = await write(ada, draft, '<p>A reminder</p>')
    const { outboxId } = await ada.drafts.send({
      id: draft.id,
      version,
      sendAt: ws.clock.at + 24 * HOUR,
      onlyIfQuiet: only,
    })
    return { draft, outboxId, threadId: mail.threadId }
  }

  test('a mail that comes in puts it back to a draft that says so', async () => {
    const { draft, outboxId } = await later(true)
    expect(await ada.outbox.get({ id: outboxId })).toMatchObject({ onlyIfQuiet: true })
    // An absence note answers nothing.
    ws.mail(channel, { inReplyTo: 'a@customer.test', automatic: 'auto_reply' })
    returnAllAnswered(ws.store)
    expect(quietItems(ws.store.read)).toHaveLength(1)
    // Late mail counts, whatever its date says.
    ws.mail(channel, { inReplyTo: 'a@customer.test', minute: -600, name: 'Carla' })
    returnAllAnswered(ws.store)
    await expect(ada.outbox.get({ id: outboxId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const back = await ada.drafts.get({ id: draft.id })
    expect(back.html).toBe('<p>A reminder</p>')
    expect(back.returned?.by.name).not.toBe('')
    expect((await ada.drafts.list({}))[0]!.returned).not.toBeNull()
    // Sent again, it is a mail like any other.
    await ada.drafts.send({ id: back.id, version: back.version, seen: await newest() })
    async function newest() {
      const facts = await ada.drafts.facts({ id: draft.id, channelId: draft.channelId, recipients: [] })
      return facts.news[0]?.id as never
    }
    const row = ws.store.read.get<{ returned_at: number | null }>('SELECT returned_at FROM drafts')
    expect(row?.returned_at).toBeNull()
  })

  test('without it, and where nobody writes, it stays', async () => {
    const one = await later(false)
    ws.mail(channel, { inReplyTo: 'a@customer.test' })
    returnAllAnswered(ws.store)
    expect((await ada.outbox.get({ id: one.outboxId })).onlyIfQuiet).toBe(false)
    const other = ws.mail(channel, {})
    expect(other.threadId).not.toBe(one.threadId)
    expect(await ada.drafts.list({})).toEqual([])
  })
})

describe('recipients', () => {
  const found = async (client: TestClient, query: string, limit = 8) =>
    (await client.drafts.recipients({ query, limit })).map((one) =>
      one.kind === 'person' ? one.address : `${one.kind} ${one.name} ${one.count}`,
    )

  test('those written to come first, by how lately and how often; what one user wrote is nothing of others', async () => {
    ws.mail(channel, { from: 'seen@carlos.test', name: 'Carlos' })
    ws.store.write(({ db }) => {
      const person = (name: string) => [{ name: `Car ${name}`, address: `${name}@x.test` }]
      for (let i = 0; i < 8; i += 1) noteRecipients(db, adaId, person('often'), START - (60 - i) * 24 * HOUR)
      noteRecipients(db, adaId, person('once-lately'), START - 24 * HOUR)
      noteRecipients(db, adaId, person('long-ago'), START - 700 * 24 * HOUR)
    })
    expect(await found(ada, 'car')).toEqual([
      'often@x.test',
      'once-lately@x.test',
      'seen@carlos.test',
      'long-ago@x.test',
    ])
    expect(await found(ben, 'car')).toEqual(['seen@carlos.test'])
    expect(await found(ada, '', 2)).toEqual(['often@x.test', 'once-lately@x.test'])
  })

  test('what is sent is remembered, accents and cases aside', async () => {
    const draft = await ada.drafts.open({ mode: 'new' })
    const { version } = await ada.drafts.save({
      id: draft.id,
      version: draft.version,
      content: content(draft, { to: [{ name: 'Zoë Ångström', address: 'Zoe@New.test' }] }),
    })
    await ada.drafts.send({ id: draft.id, version })
    expect(await found(ada, 'angstr')).toEqual(['zoe@new.test'])
    expect(await found(ada, 'zoe@ne')).toEqual(['zoe@new.test'])
    expect(await found(ada, 'oe')).toEqual([])
  })

  test('teams and companies are groups; oneself is left out', async () => {
    const owner = await ws.as(ws.user('Root', 'super_admin'))
    ws.mail(channel, { from: 'carla@bigco.test', name: 'Carla' })
    ws.mail(channel, { from: 'dario@bigco.test', name: 'Dario' })
    await owner.teams.add({ name: 'Night shift', memberIds: [adaId, benId] as never[] })
    await owner.teams.add({ name: 'Night', memberIds: [benId] as never[] })
    expect(await found(owner, 'night')).toEqual(['team Night shift 2'])
    // Of Ada herself nothing, so one is left, and one alone is no group.
    expect(await found(ada, 'night')).toEqual([])
    const company = (await ada.drafts.recipients({ query: 'bigco' })).find(({ kind }) => kind === 'company')
    if (company?.kind !== 'company') throw new Error('the company was not found')
    expect(company.count).toBe(2)
    expect(
      (await ada.drafts.groupMembers({ kind: 'company', id: company.id })).map(({ address }) => address),
    ).toEqual(['carla@bigco.test', 'dario@bigco.test'])
  })

  test('whoever is used most is found among thousands whose names begin the same', async () => {
    ws.store.write(({ db }) => {
      noteRecipients(db, adaId, [{ name: 'Anna First', address: 'anna@x.test' }], START)
      const insert = (i: number) =>
        db.run(
          `INSERT INTO contacts (id, address, name, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?)`,
          [`c${i}`, `a${i}@y.test`, `Anna ${i}`, START, START - i],
        )
      for (let i = 0; i < 3000; i += 1) insert(i)
    })
    expect((await found(ada, 'a'))[0]).toBe('anna@x.test')
    expect((await found(ada, 'a'))[1]).toBe('a0@y.test')
    expect(await found(ada, 'a2999')).toEqual(['a2999@y.test'])
  })
})

describe('the zone of a recipient', () => {
  test.each([
    ['Tue, 30 Sep 2025 10:00:00 +0200', 120],
    ['Tue, 30 Sep 2025 10:00:00 -0330 (NST)', -210],
    ['Tue, 30 Sep 2025 10:00:00 +0000', null],
    ['Tue, 30 Sep 2025 10:00:00 -0000', null],
    ['Tue, 30 Sep 2025 10:00:00 GMT', null],
    ['Tue, 30 Sep 2025 10:00:00', null],
    ['Tue, 30 Sep 2025 10:00:00 +9900', null],
    ['', null],
  ])('%s says %s', (date, offset) => expect(writtenOffset(date)).toBe(offset))

  test('is that of their last mail that the user can see', async () => {
    const closed = ws.inbox('Board', [adaId])
    const board = await ws.channel(closed, 'board@acme.test')
    const dated = (to: string, zone: string, at: number) => {
      const { messageId } = ws.mail(to, { minute: at })
      ws.store.write(({ db }) => {
        const raw = Buffer.from(`Subject: x\r\nDate: Tue, 30 Sep 2025 10:00:00\r\n ${zone}\r\n\r\nDate: x`)
        const [hash] = ws.store.blobs.put(db, [raw])
        db.run('UPDATE messages SET raw_hash = ? WHERE id = ?', [hash!, messageId])
      })
    }
    dated(channel, '+0200', 1)
    dated(board, '-0800', 2)
    const zone = async (client: TestClient, address = 'Carla@customer.test') =>
      (await client.drafts.recipientZone({ addresses: ['nobody@x.test', address] }))?.offsetMinutes
    expect(await zone(ada)).toBe(-480)
    expect(await zone(ben)).toBe(120)
    expect(await zone(ben, 'else@x.test')).toBeUndefined()
  })
})
