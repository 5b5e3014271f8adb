import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelId, InboxId } from '../../src/contract/ids.ts'
import { addressKey } from '../../src/main/engine/lib/address-key.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let support: InboxId
let client: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  support = ws.inbox('Support') as InboxId
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const settings = (address = 'support@acme.test') => ({
  address,
  inboxId: support,
  teamSeesEverything: true,
  fromName: 'Acme',
  imap: { host: 'imap.acme.test', port: 993, security: 'tls' as const },
  smtp: { host: 'smtp.acme.test', port: 587, security: 'starttls' as const, user: 'sender' },
  password: 'one',
})
const secretOf = (id: string) =>
  JSON.parse(ws.secrets.values.get(`channel:${id}`) ?? 'null') as {
    imapPassword: string
    smtpPassword: string
  } | null

describe('connecting', () => {
  test('stores the password apart from the row, and tells sync', async () => {
    const { id } = await client.channels.connect(settings())
    expect(secretOf(id)).toEqual({ imapPassword: 'one', smtpPassword: 'one' })
    expect(ws.told).toEqual(['channels'])
    const [channel] = await client.channels.list({})
    expect(channel).toMatchObject({
      id,
      address: 'support@acme.test',
      inboxId: support,
      imap: { host: 'imap.acme.test', user: 'support@acme.test' },
      smtp: { user: 'sender' },
    })
    expect(JSON.stringify(ws.store.read.all('SELECT change FROM ops'))).not.toContain('one"')
  })

  test('an address twice is refused, naming who holds it, however it is written', async () => {
    await client.channels.connect(settings('jo.hn+tag@googlemail.com'))
    await expect(client.channels.connect(settings('John@GMAIL.com'))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/jo\.hn\+tag@googlemail\.com .*"Support"/),
    })
  })

  test('of two at the same moment one wins, and its password stays', async () => {
    const results = await Promise.allSettled([
      client.channels.connect(settings()),
      client.channels.connect({ ...settings(), password: 'two' }),
    ])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    const [channel] = await client.channels.list({})
    expect(secretOf(channel!.id)).not.toBeNull()
  })

  test('a row that cannot be written leaves no password behind', async () => {
    ws.store.write(({ db }) =>
      db.run(`CREATE TRIGGER no_channels BEFORE INSERT ON channels BEGIN SELECT RAISE(ABORT, 'no'); END`),
    )
    await expect(client.channels.connect(settings())).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(ws.secrets.values.size).toBe(0)
    expect(await client.channels.list({})).toEqual([])
  })

  test('a keyring that refuses leaves no row behind', async () => {
    ws.secrets.set = () => Promise.reject(new Error('locked'))
    await expect(client.channels.connect(settings())).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(await client.channels.list({})).toEqual([])
  })

  test('clear text is for this computer only', async () => {
    const clear = { host: 'mail.acme.test', port: 143, security: 'none' as const }
    await expect(client.channels.connect({ ...settings(), imap: clear })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'imap.security' },
    })
    await client.channels.connect({ ...settings(), imap: { ...clear, host: 'localhost' } })
  })
})

describe('a connected channel', () => {
  let id: ChannelId
  beforeEach(async () => {
    id = (await client.channels.connect(settings())).id
    ws.told.length = 0
  })

  test('is changed in what is given, and tried at once', async () => {
    await client.channels.update({ id, fromName: 'Acme Help', password: 'two' })
    expect(secretOf(id)).toEqual({ imapPassword: 'two', smtpPassword: 'two' })
    expect(ws.told).toEqual(['channels', `reconnect ${id}`])
    const [channel] = await client.channels.list({})
    expect(channel).toMatchObject({
      fromName: 'Acme Help',
      imap: { host: 'imap.acme.test' },
      smtp: { user: 'sender' },
    })
    await client.channels.update({ id, smtpPassword: 'three' })
    await client.channels.update({ id, password: 'four' })
    expect(secretOf(id)).toEqual({ imapPassword: 'four', smtpPassword: 'three' })
  })

  test('disconnected, its threads stay, its password goes, and it comes back as itself', async () => {
    ws.mail(id, { subject: 'kept' })
    await client.channels.disconnect({ id })
    expect(await client.channels.list({})).toEqual([])
    expect(ws.secrets.values.size).toBe(0)
    expect((await client.threads.list({ view: 'open' })).rows).toMatchObject([{ subject: 'kept' }])
    await expect(client.channels.update({ id, fromName: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const again = await client.channels.connect({ ...settings('Support@acme.test'), fromName: 'New' })
    expect(again.id).toBe(id)
    expect(await client.channels.list({})).toMatchObject([{ id, fromName: 'New' }])
  })

  test('is looked after by members of its inbox and admins', async () => {
    const ben = await ws.as(ws.user('Ben'))
    await ben.channels.retry({ id })
    expect(ws.told).toContain(`retry ${id}`)
    const board = ws.inbox('Board', [ada]) as InboxId
    await expect(
      ben.channels.connect({ ...settings('board@acme.test'), inboxId: board }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

test.each([
  ['Ada@Example.COM', 'ada@example.com', true],
  ['a.d.a+x@gmail.com', 'ada@googlemail.com', true],
  ['a.da@example.com', 'ada@example.com', false],
  ['ada+x@example.com', 'ada@example.com', false],
  ['ada+x@outlook.com', 'ada@outlook.com', true],
  ['a.da@outlook.com', 'ada@outlook.com', false],
  ['info@bücher.example', 'info@xn--bcher-kva.example', true],
  ['+x@gmail.com', '+y@gmail.com', false],
])('%s and %s are one mailbox: %s', (a, b, same) => {
  expect(addressKey(a) === addressKey(b)).toBe(same)
})
