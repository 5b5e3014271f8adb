import { afterEach, expect, test } from 'vitest'
import { makeHosted, sender, type HostedWorkspace } from '../support/hosted.ts'

let ws: HostedWorkspace
afterEach(async () => {
  await ws?.stop()
})

const states = (domain: { checks: { name: string; state: string }[] }) =>
  Object.fromEntries(domain.checks.map(({ name, state }) => [name, state]))

test('a domain is proved by its challenge, stays so offline, and is lost with it (H3)', async () => {
  ws = await makeHosted()
  const { client, dns } = ws
  const settings = { ...sender(), fromAddress: 'hello@brand.test' }
  await ws.receive('sales', { sender: settings })
  const from = async () =>
    (await client.hosted.preview({ sender: settings, address: 'sales@acme.test' })).fromAddress

  const added = await client.domains.add({ domain: 'hello@Brand.test.' })
  expect(states(added)).toEqual({ ownership: 'failed', spf: 'failed', dkim: 'failed', dmarc: 'failed' })
  expect(added.challenge.name).toBe('_anteroom.brand.test')
  for (const check of added.checks) expect(check.detail, check.name).toMatch(/[Pp]ublish/)
  expect(await client.domains.add({ domain: 'brand.test' })).toMatchObject({
    id: added.id,
    challenge: added.challenge,
  })
  expect(await from()).toBe('sales@acme.test')

  dns.zone['_anteroom.brand.test'] = { TXT: ['something else', added.challenge.value] }
  dns.zone['brand.test'] = { TXT: ['v=spf1 mx -all', 'unrelated=1'] }
  dns.zone['odd-name._domainkey.brand.test'] = { TXT: ['v=DKIM1; p=MIIB'] }
  dns.zone['_dmarc.brand.test'] = { TXT: ['v=DMARC1; p=none'] }
  const proved = await client.domains.check({ id: added.id })
  expect(states(proved)).toEqual({ ownership: 'ok', spf: 'ok', dkim: 'ok', dmarc: 'ok' })
  expect(proved.connected).toBe(true)
  expect(await from()).toBe('hello@brand.test')
  expect((await client.hosted.list({}))[0]!.fromState).toBe('verified')

  dns.mode = 'failing'
  const offline = await client.domains.check({ id: added.id })
  expect(states(offline)).toEqual({ ownership: 'pending', spf: 'pending', dkim: 'pending', dmarc: 'pending' })
  expect(offline.connected).toBe(true)

  dns.mode = 'answers'
  delete dns.zone['_anteroom.brand.test']
  dns.zone['brand.test'] = { TXT: ['v=spf1 mx -all', 'v=spf1 a -all'] }
  const lost = await client.domains.check({ id: added.id })
  expect(states(lost)).toEqual({ ownership: 'failed', spf: 'failed', dkim: 'ok', dmarc: 'ok' })
  expect(lost.connected).toBe(false)
  expect(await from()).toBe('sales@acme.test')
})
