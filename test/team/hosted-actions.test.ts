import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelId, InboxId } from '../../src/contract/ids.ts'
import type { HostedSettings } from '../../src/contract/hosted.ts'
import { deliveryKey } from '../../src/main/engine/lib/delivery-key.ts'
import { addressKey } from '../../src/main/engine/lib/address-key.ts'
import { sender } from '../support/hosted.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let client: TestClient
let inboxId: InboxId
let mailbox: ChannelId

beforeEach(async () => {
  ws = makeWorkspace()
  const ada = ws.user('Ada Agent', 'super_admin')
  inboxId = ws.inbox('Support') as InboxId
  mailbox = (await ws.channel(inboxId, 'support@acme.test')) as ChannelId
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const settings = (change: Partial<HostedSettings> = {}): HostedSettings => ({
  inboxId,
  form: 'alias',
  parentChannelId: mailbox,
  address: 'sales@acme.test',
  forwardingAddress: 'support+sales@acme.test',
  sender: sender(),
  ...change,
})

const conflict = (field: string, words: string) => ({
  code: expect.stringMatching(/CONFLICT|BAD_INPUT/),
  data: { field },
  message: expect.stringContaining(words),
})

describe('an address is connected once (B2)', () => {
  test.each([
    [
      'a mailbox again',
      { address: 'SUPPORT@acme.test', forwardingAddress: 'x@acme.test' },
      'address',
      'Support',
    ],
    [
      'the mailbox as forwarding address',
      { forwardingAddress: 'Support@Acme.test' },
      'forwardingAddress',
      'mailbox itself',
    ],
    [
      'a loop',
      { form: 'receiver', parentChannelId: null, forwardingAddress: 'sales@acme.test' },
      'forwardingAddress',
      'circles',
    ],
    ['an alias on nothing', { parentChannelId: null }, 'parentChannelId', 'Choose'],
    [
      'a token that nothing fills in',
      { sender: { ...sender(), signatureHtml: '{{sender.shoe_size}}' } },
      'signatureHtml',
      'shoe_size',
    ],
  ] as [string, Partial<HostedSettings>, string, string][])('%s', async (_, change, field, words) => {
    await expect(client.hosted.connect(settings(change))).rejects.toMatchObject(conflict(field, words))
    expect(await client.hosted.list({})).toEqual([])
  })

  test('nor its name, its forwarding address, or another’s', async () => {
    await client.hosted.connect(settings())
    const second = {
      address: 'jobs@acme.test',
      forwardingAddress: 'support+jobs@acme.test',
      sender: sender('Jobs'),
    }
    await expect(
      client.hosted.connect(settings({ ...second, sender: sender('  ACME ') })),
    ).rejects.toMatchObject(conflict('companyName', 'sales@acme.test'))
    await expect(
      client.hosted.connect(settings({ ...second, forwardingAddress: 'Support+SALES@acme.test' })),
    ).rejects.toMatchObject(conflict('forwardingAddress', 'sales@acme.test'))
    await expect(
      client.hosted.connect(settings({ ...second, forwardingAddress: 'sales@acme.test' })),
    ).rejects.toMatchObject(conflict('forwardingAddress', 'connected itself'))
    await expect(
      client.hosted.connect(settings({ ...second, address: 'support+sales@acme.test' })),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    await client.hosted.connect(settings(second))
    expect(await client.hosted.list({})).toHaveLength(2)
  })

  test('however it is written: case, international domains, Gmail’s dots and tags', () => {
    const local = fc.stringMatching(/^[a-z]{1,8}$/)
    const spelling = fc.record({
      local,
      dots: fc.array(fc.nat(8), { maxLength: 3 }),
      upper: fc.boolean(),
      tag: fc.option(fc.stringMatching(/^[a-z]{1,5}$/), { nil: null }),
      domain: fc.constantFrom('gmail.com', 'googlemail.com'),
    })
    const write = (one: {
      local: string
      dots: number[]
      upper: boolean
      tag: string | null
      domain: string
    }) => {
      const dotted = [...one.local]
        .map((letter, i) => (i > 0 && one.dots.includes(i) ? `.${letter}` : letter))
        .join('')
      const text = `${dotted}${one.tag === null ? '' : `+${one.tag}`}@${one.domain}`
      return one.upper ? text.toUpperCase() : text
    }
    fc.assert(
      fc.property(spelling, spelling, (a, b) => {
        const mine = write(a)
        const yours = write({ ...b, local: a.local })
        // One mailbox: one key, whatever dots, tags, case and domain.
        expect(addressKey(yours)).toBe(addressKey(mine))
        // One destination: the same but for the tag, which tells hosted addresses apart.
        expect(deliveryKey(yours) === deliveryKey(mine)).toBe(a.tag === b.tag)
        expect(addressKey(addressKey(mine))).toBe(addressKey(mine))
        expect(deliveryKey(deliveryKey(mine))).toBe(deliveryKey(mine))
      }),
    )
    expect(addressKey('info@BÜCHER.example')).toBe(addressKey('info@xn--bcher-kva.example'))
    expect(deliveryKey('info@BÜCHER.example')).toBe(deliveryKey('INFO@xn--bcher-kva.example'))
    // Elsewhere dots mean something.
    expect(deliveryKey('a.b@acme.test')).not.toBe(deliveryKey('ab@acme.test'))
  })
})

describe('the forwarding address (H8)', () => {
  test('is proposed free, and a second proposal avoids the first', async () => {
    const ask = (address: string) =>
      client.hosted.proposeAddress({ inboxId, form: 'alias', parentChannelId: mailbox, address })
    expect(await ask('sales@acme.test')).toEqual({ forwardingAddress: 'support+sales@acme.test' })
    await client.hosted.connect(settings())
    expect(await ask('sales@other.test')).toEqual({ forwardingAddress: 'support+sales-2@acme.test' })
    expect(
      await client.hosted.proposeAddress({
        inboxId,
        form: 'receiver',
        parentChannelId: null,
        address: 'a@acme.test',
      }),
    ).toEqual({ forwardingAddress: 'a@anteroom.acme.test' })
  })

  test('is fixed, in the database too; disconnected and connected again it may be another', async () => {
    const { id } = await client.hosted.connect(settings())
    const set = (key: string) =>
      ws.store.write(({ db }) => db.run('UPDATE channels SET forwarding_key = ? WHERE id = ?', [key, id]))
    expect(() => set('x@acme.test')).toThrow('fixed')
    await client.hosted.update({ id, sender: sender('Acme Sales') })
    expect(await client.hosted.list({})).toMatchObject([
      { forwardingAddress: 'support+sales@acme.test', sender: { companyName: 'Acme Sales' } },
    ])
    await client.channels.disconnect({ id })
    const again = await client.hosted.connect(settings({ forwardingAddress: 'support+new@acme.test' }))
    expect(again.id).toBe(id)
    expect((await client.hosted.list({}))[0]!.forwardingAddress).toBe('support+new@acme.test')
  })

  test('becomes free when its address is connected as a mailbox instead', async () => {
    const { id } = await client.hosted.connect(settings())
    await client.channels.disconnect({ id })
    await ws.channel(inboxId, 'sales@acme.test')
    await client.hosted.connect(settings({ address: 'jobs@acme.test', sender: sender('Jobs') }))
    expect(await client.hosted.list({})).toMatchObject([{ address: 'jobs@acme.test' }])
  })
})

describe('what recipients see', () => {
  test('names, tokens and pictures; nothing that runs (fault 68)', async () => {
    const signatureHtml =
      '<p onclick="x()">{{sender.full_name}} <b>{{ sender.first_name }}</b></p><script>evil()</script>' +
      '<img src="data:image/png;base64,iVBORw0KGgo="><img src="data:image/svg+xml;base64,PHN2Zz4="><a href="javascript:x">x</a>'
    const preview = await client.hosted.preview({
      sender: { ...sender(), signatureHtml },
      address: 'sales@acme.test',
    })
    expect(preview).toMatchObject({ fromName: 'Ada Agent from Acme', fromAddress: 'sales@acme.test' })
    expect(preview.signatureHtml).toContain('<p>Ada Agent <b>Ada</b></p>')
    expect(preview.signatureHtml).toContain('data:image/png;base64,iVBORw0KGgo=')
    expect(preview.signatureHtml).not.toMatch(/script|onclick|svg|javascript/i)
    const plain = { ...sender(), fromNameKind: 'company' as const }
    expect((await client.hosted.preview({ sender: plain, address: 'sales@acme.test' })).fromName).toBe('Acme')
  })

  test('a custom From waits for its domain', async () => {
    const wished = { ...sender(), fromAddress: 'hello@brand.test' }
    await client.hosted.connect(settings({ sender: wished }))
    expect(await client.hosted.list({})).toMatchObject([{ fromState: 'pending' }])
    const shown = () => client.hosted.preview({ sender: wished, address: 'sales@acme.test' })
    expect((await shown()).fromAddress).toBe('sales@acme.test')
    const domain = await client.domains.add({ domain: 'Brand.test' })
    // Nobody answers: everything stays pending, and is no error.
    expect(domain).toMatchObject({
      domain: 'brand.test',
      connected: false,
      checks: Array(4)
        .fill({ state: 'pending' })
        .map((one) => expect.objectContaining(one)),
    })
    ws.store.write(({ db }) => db.run('UPDATE domains SET connected_at = 1'))
    expect((await shown()).fromAddress).toBe('hello@brand.test')
    expect(await client.hosted.list({})).toMatchObject([{ fromState: 'verified' }])
    await expect(client.domains.add({ domain: 'gmail.com' })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('the guides are there, with the addresses filled in', async () => {
    const guides = await client.hosted.guides({ address: 'sales@acme.test', forwardingAddress: 'f@mx.test' })
    expect(guides.length).toBeGreaterThanOrEqual(11)
    for (const { title, markdown, keywords } of guides) {
      expect(markdown, title).toContain('f@mx.test')
      expect(markdown, title).not.toMatch(/\{\{/)
      expect(keywords.length, title).toBeGreaterThan(0)
    }
  })
})
