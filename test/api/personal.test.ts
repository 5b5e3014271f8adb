import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/contract/events.ts'
import type { ChannelId, InboxId, MessageId, UserId } from '../../src/contract/ids.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: UserId
let sam: UserId
let support: InboxId
let asAda: TestClient
let asBen: TestClient
let asSam: TestClient
let teamChannel: string

beforeEach(async () => {
  ws = makeWorkspace()
  sam = ws.user('Sam', 'super_admin') as UserId
  ada = ws.user('Ada') as UserId
  support = ws.inbox('Support') as InboxId
  teamChannel = await ws.channel(support, 'support@acme.test')
  asAda = await ws.as(ada)
  asBen = await ws.as(ws.user('Ben'))
  asSam = await ws.as(sam)
})
afterEach(() => ws.stop())

const settings = (address = 'ada@acme.test') => ({
  address,
  purpose: 'personal' as const,
  fromName: 'Ada Agent',
  imap: { host: 'imap.acme.test', port: 993, security: 'tls' as const },
  smtp: { host: 'smtp.acme.test', port: 587, security: 'starttls' as const },
  password: 'one',
})
const mine = async (client: TestClient) =>
  (await client.channels.list({})).filter((one) => one.userId !== null)

describe('a personal address', () => {
  let id: ChannelId
  beforeEach(async () => {
    id = (await asAda.channels.connect(settings())).id
  })

  test('belongs to who connects it, in no inbox, and says that its mail stays on the server', async () => {
    expect(await mine(asAda)).toMatchObject([
      {
        id,
        purpose: 'personal',
        inboxId: null,
        userId: ada,
        importsMail: false,
        personal: { logReplies: true, trackOpens: false, font: '', signatureHtml: '' },
      },
    ])
    expect((await asAda.channels.list({})).find((one) => one.id === teamChannel)).toMatchObject({
      importsMail: true,
      userId: null,
      personal: null,
    })
  })

  test('is nobody else’s business, whatever their role', async () => {
    for (const client of [asBen, asSam]) {
      expect(await mine(client)).toEqual([])
      const refused = { code: 'NOT_FOUND' }
      await expect(client.channels.update({ id, fromName: 'x' })).rejects.toMatchObject(refused)
      await expect(client.channels.disconnect({ id })).rejects.toMatchObject(refused)
      await expect(client.channels.retry({ id })).rejects.toMatchObject(refused)
      await expect(client.channels.junk({ id })).rejects.toMatchObject(refused)
      await expect(client.channels.setPersonal({ id, font: 'x' })).rejects.toMatchObject(refused)
    }
  })

  test('has preferences, which stay as they are where they are left out', async () => {
    await asAda.channels.setPersonal({ id, trackOpens: true, signatureHtml: '<p>Ada</p>' })
    await asAda.channels.setPersonal({ id, font: 'Georgia', logReplies: false })
    expect((await mine(asAda))[0]!.personal).toEqual({
      logReplies: false,
      trackOpens: true,
      font: 'Georgia',
      signatureHtml: '<p>Ada</p>',
    })
    await expect(
      asAda.channels.setPersonal({ id: teamChannel as ChannelId, font: 'x' }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('is among the senders of its user only', async () => {
    const senders = async (client: TestClient) =>
      (await client.drafts.senders({})).map(({ mailbox, purpose, inboxName }) => [
        mailbox.address,
        purpose,
        inboxName,
      ])
    expect(await senders(asAda)).toEqual([
      ['support@acme.test', 'team', 'Support'],
      ['ada@acme.test', 'personal', ''],
    ])
    expect(await senders(asBen)).toEqual([['support@acme.test', 'team', 'Support']])
    await expect(asBen.drafts.open({ mode: 'new', channelId: id })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
  })

  test('sends, and what it sends is its user’s alone', async () => {
    const draft = await asAda.drafts.open({ mode: 'new', channelId: id })
    const content = {
      channelId: id,
      to: [{ name: '', address: 'carla@customer.test' }],
      cc: [],
      bcc: [],
      subject: 'Lunch',
      html: '<p>Noon?</p>',
    }
    const { version } = await asAda.drafts.save({ id: draft.id, version: draft.version, content })
    const stream = await asSam.events.stream({})
    const event = stream.next()
    const { outboxId } = await asAda.drafts.send({ id: draft.id, version })
    expect(await asAda.outbox.list({})).toMatchObject([{ id: outboxId, from: { address: 'ada@acme.test' } }])
    expect((await asAda.threads.list({ view: 'outbox' })).rows).toMatchObject([{ outboxId, inboxId: null }])
    for (const client of [asBen, asSam]) {
      expect(await client.outbox.list({})).toEqual([])
      expect((await client.threads.list({ view: 'outbox' })).rows).toEqual([])
      expect((await client.threads.counts({})).counts.find((one) => one.view === 'outbox')?.count).toBe(0)
      await expect(client.outbox.get({ id: outboxId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(client.outbox.undo({ id: outboxId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    // Nobody else hears of it either: the next that Sam is told is what comes after it.
    ws.inbox('Sales')
    const told = ((await event).value as ChangeEvent).changes.map((change) => change.entity)
    expect(told).not.toContain('outbox')
    expect(told).not.toContain('drafts')
    // It is no conversation of an inbox. With the Log box ticked it is filed on its recipient once it has left.
    const row = ws.store.read.get('SELECT filed_at, thread_id, log FROM outbox WHERE id = ?', [outboxId])
    expect(row).toEqual({ filed_at: null, thread_id: null, log: 1 })
  })

  test('writes in its font and signs, once, and nothing in either can break out', async () => {
    await asAda.channels.setPersonal({
      id,
      font: 'Georgia"; background: url(x)',
      signatureHtml: '<p>{{sender.first_name}} of Acme</p><script>alert(1)</script>',
    })
    const rawOf = async (html: string) => {
      const draft = await asAda.drafts.open({ mode: 'new', channelId: id })
      const content = {
        channelId: id,
        to: [{ name: '', address: 'carla@customer.test' }],
        cc: [],
        bcc: [],
        subject: 'Hi',
        html,
      }
      const { version } = await asAda.drafts.save({ id: draft.id, version: draft.version, content })
      const { outboxId } = await asAda.drafts.send({ id: draft.id, version })
      const row = ws.store.read.get<{ raw_hash: Uint8Array }>('SELECT raw_hash FROM outbox WHERE id = ?', [
        outboxId,
      ])!
      const raw = (await ws.store.blobs.get(ws.store.read, row.raw_hash)).toString()
      return raw.replaceAll('=\r\n', '').replaceAll('=3D', '=')
    }
    const raw = await rawOf('<p>Noon?</p>')
    expect(raw).toContain('Georgia background urlx, serif')
    expect(raw).not.toMatch(/script|url\(/)
    // Once in the text, once in the HTML.
    expect(raw.match(/Ada of Acme/g)).toHaveLength(2)
    expect((await rawOf('<p>Noon?</p><p>Ada of Acme</p>')).match(/Ada of Acme/g)).toHaveLength(2)
  })

  test('does not answer a conversation of a team (G7); forwarding it is another matter', async () => {
    const { messageId } = ws.mail(teamChannel)
    const source = messageId as MessageId
    const answer = await asAda.drafts.open({ mode: 'reply', sourceMessageId: source })
    const content = { channelId: id, to: answer.to, cc: [], bcc: [], subject: 'Re', html: '<p>x</p>' }
    const { version } = await asAda.drafts.save({ id: answer.id, version: answer.version, content })
    await expect(asAda.drafts.send({ id: answer.id, version })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'channelId' },
      message: expect.stringContaining('begun from a team address'),
    })
    const forward = await asAda.drafts.open({ mode: 'forward', sourceMessageId: source })
    const saved = await asAda.drafts.save({ id: forward.id, version: forward.version, content })
    await asAda.drafts.send({ id: forward.id, version: saved.version })
  })

  test('is held by its user; once they are gone, an admin releases it (B3)', async () => {
    const check = (client: TestClient, address = 'ADA@acme.test') => client.channels.checkAddress({ address })
    expect(await check(asBen)).toEqual({
      holder:
        'ada@acme.test is connected already, as the personal address of Ada. An address is connected once: disconnect it there first.',
      releasable: false,
      normalised: 'ada@acme.test',
    })
    await expect(asSam.channels.release({ address: 'ada@acme.test' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await asSam.users.update({ id: ada, active: false })
    expect(await check(asBen)).toMatchObject({
      holder: expect.stringContaining('no longer here, so an admin can release the address'),
      releasable: true,
    })
    await expect(asBen.channels.release({ address: 'ada@acme.test' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    ws.told.length = 0
    await asSam.channels.release({ address: 'Ada@Acme.test' })
    expect(ws.told).toContain('channels')
    expect(ws.secrets.values.has(`channel:${id}`)).toBe(false)
    expect(await check(asBen)).toEqual({ holder: null, releasable: false, normalised: 'ada@acme.test' })
    await asBen.channels.connect(settings())
    await expect(asSam.channels.release({ address: 'nobody@acme.test' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe('a team address', () => {
  test('is connected only after it was said that the whole team sees its mail (B5)', async () => {
    const team = { ...settings('sales@acme.test'), purpose: 'team' as const, inboxId: support }
    await expect(asAda.channels.connect(team)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'teamSeesEverything' },
    })
    await expect(
      asAda.channels.connect({ ...team, inboxId: undefined, teamSeesEverything: true }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', data: { field: 'inboxId' } })
    expect(ws.secrets.values.size).toBe(1)
    await asAda.channels.connect({ ...team, teamSeesEverything: true })
  })

  test('is not taken as a personal one, and the other way round (B2)', async () => {
    await expect(asAda.channels.connect(settings('SUPPORT@acme.test'))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('a team address of the inbox "Support"'),
    })
    await asAda.channels.connect(settings())
    await expect(
      asBen.channels.connect({ ...settings(), purpose: 'team', inboxId: support, teamSeesEverything: true }),
    ).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('personal address of Ada') })
  })
})

test('who has no address to send from is told so, and gets no draft from somebody else’s', async () => {
  ws.inbox('Board', [sam])
  await asSam.inboxSettings.update({ id: support, access: 'members', memberIds: [sam] })
  await expect(asBen.drafts.open({ mode: 'new' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await asBen.drafts.list({})).toEqual([])
})

test('a provider that the DNS contradicts is warned about', async () => {
  ws.lookups.mx = async () => [{ exchange: 'aspmx.l.google.com', priority: 1 }]
  const ask = (imapHost: string) => asAda.channels.checkProvider({ address: 'a@acme.test', imapHost })
  expect((await ask('imap.gmail.com')).contradiction).toBeNull()
  expect((await ask('imap.one.test')).contradiction).toContain('Gmail')
})
