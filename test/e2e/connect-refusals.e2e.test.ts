import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { InboxId } from '../../src/contract/ids.ts'
import { connectApp } from '../support/app-client.ts'
import { launchChromium } from '../support/browser.ts'
import {
  createWorkspace,
  expectAccessible,
  giveAddress,
  heading,
  newCompany,
  passServers,
  wizard,
  type NewCompany,
} from '../support/connect.ts'
import { startDnsServer, type DnsServer } from '../support/dns-server.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink.ts'

let dovecot: Dovecot
let smtp: SmtpSink
let dns: DnsServer
let browser: Browser
let company: NewCompany
let client: Awaited<ReturnType<typeof connectApp>>['client']
let closeClient: () => void
let inboxId: InboxId

beforeAll(async () => {
  dovecot = await startDovecot({ users: { support: 'secret', ben: 'secret' } })
  smtp = await startSmtpSink({ deliverTo: dovecot })
  dns = await startDnsServer({ 'acme.test': { MX: [{ exchange: 'aspmx.l.google.com', priority: 10 }] } })
  browser = await launchChromium()
})
beforeEach(async () => {
  company = await newCompany(browser, { env: { ANTEROOM_DNS_SERVERS: dns.address } })
  await createWorkspace(company.page)
  ;({ client, close: closeClient } = await connectApp(company.app.url))
  inboxId = (await client.workspace.get({})).inboxes[0]!.id
})
afterEach(async () => {
  closeClient?.()
  await company?.stop()
})
afterAll(async () => {
  await browser?.close()
  await dns?.stop()
  await smtp?.stop()
  await dovecot?.stop()
})

const servers = (user: string) => ({
  imap: { host: '127.0.0.1', port: dovecot.port, security: 'none' as const, user },
  smtp: { host: '127.0.0.1', port: smtp.port, security: 'none' as const, user: '' },
  password: 'secret',
})
const connectTeam = () =>
  client.channels.connect({
    ...servers('support'),
    purpose: 'team',
    inboxId,
    address: dovecot.address('support'),
    fromName: 'Acme',
    teamSeesEverything: true,
  })
const connectHosted = (address: string, forwardingAddress: string, companyName: string) =>
  client.hosted.connect({
    inboxId,
    form: 'receiver',
    parentChannelId: null,
    address,
    forwardingAddress,
    sender: { fromNameKind: 'company', companyName, fromAddress: null, signatureHtml: null },
  })

async function toAddress(page: Page, purpose: 'Team email' | 'Personal email'): Promise<void> {
  const { radio, next } = wizard(page)
  await radio(purpose).check()
  await next()
  await heading(page, 'Which address')
}

test('an address is connected once: who holds it, and as what, stands at the field (B2, B3)', async () => {
  const { page, errors } = company
  const { box, next, back } = wizard(page)
  await connectTeam()
  await toAddress(page, 'Team email')
  // Another spelling of the same mailbox.
  await giveAddress(page, { kind: 'IMAP', address: dovecot.address('support').toUpperCase() })
  const held = page.getByText(
    `${dovecot.address('support')} is connected already, as a team address of the inbox "Support". An address is connected once: disconnect it there first.`,
  )
  await held.waitFor()
  await expectAccessible(page)
  await next()
  // It goes no further, and the field has the focus.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')))
    .toBe('true')
  await heading(page, 'Which address')
  expect(await page.getByRole('button', { name: 'Release' }).count()).toBe(0)
  // Nor as a personal one.
  await back()
  await toAddress(page, 'Personal email')
  await held.waitFor()
  await box('Email address').fill('free@acme.test')
  await expect.poll(() => held.count()).toBe(0)
  expect(errors).toEqual([])
})

test('what somebody held who is no longer here, an admin releases (B3)', async () => {
  const { page, errors } = company
  const { button, next } = wizard(page)
  const address = dovecot.address('ben')
  const ben = await client.users.add({ name: 'Ben Bell', email: 'ben@acme.test', role: 'member' })
  const own = await connectApp(company.app.url)
  await own.client.users.signIn({ id: ben.id })
  await own.client.channels.connect({ ...servers('ben'), purpose: 'personal', address, fromName: 'Ben' })
  own.close()
  await client.users.update({ id: ben.id, active: false })

  await toAddress(page, 'Team email')
  await giveAddress(page, { kind: 'IMAP', address })
  await page
    .getByText(
      `${address} is connected already, as the personal address of Ben Bell. They are no longer here, so an admin can release the address.`,
    )
    .waitFor()
  await expectAccessible(page)
  await button('Release').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Release', exact: true }).click()
  await page.getByText(`${address} is free now.`).waitFor()
  await next()
  await heading(page, 'Password and servers')
  expect(errors).toEqual([])
})

test('a company name and a forwarding address are used once (H2), and the latter is fixed (H8)', async () => {
  const { page, errors } = company
  const { radio, box, button, next, back, finish } = wizard(page)
  await connectHosted('sales@acme.test', 'sales@in.acme.test', 'Acme Sales')
  await toAddress(page, 'Team email')
  await giveAddress(page, { kind: 'Other mail account', address: 'help@acme.test' })
  // A mailbox at Google can be read directly: said, for forwarding is for what is no mailbox.
  await page.getByText('Mail for acme.test goes to aspmx.l.google.com (MX).').waitFor()
  await page.getByText('IMAP is simpler').waitFor()
  await next()
  await heading(page, 'How does the mail reach')
  await radio("Anteroom's own mail receiver").check()
  await page.getByRole('spinbutton', { name: 'Receiver port', exact: true }).fill('0')
  await next()
  await heading(page, 'What do recipients see?')
  await box('Company name').fill(' acme  sales ')
  await next()
  await page.getByText('is the company name of another address already').waitFor()
  await expectAccessible(page)
  await box('Company name').fill('Acme Help')
  // A custom address needs its domain begun; the default does not.
  await box('From address').fill('help@lamps.example')
  await next()
  await page.getByText('Connect the domain lamps.example first, or use help@acme.test.').waitFor()
  await button('Connect the domain lamps.example').click()
  await page.getByText('Pending until it is found there.').waitFor()
  await page.getByText('_anteroom.lamps.example', { exact: true }).waitFor()
  await expectAccessible(page)
  // What is published is found when it is looked for again.
  const value = (await client.domains.list({}))[0]!.challenge.value
  dns.zone['_anteroom.lamps.example'] = { TXT: [value] }
  await button('Check now').click()
  await page.getByText('lamps.example is connected.').waitFor()
  await wizard(page).preview().getByText('<help@lamps.example>').waitFor()
  await next()
  await heading(page, 'Where do the conversations')
  await next()
  await heading(page, 'Who gets')
  await next()
  await heading(page, 'Where does your provider')
  await button('Customise address').click()
  await box('Forwarding address').fill('sales@in.acme.test')
  await next()
  await page
    .getByText('sales@in.acme.test is connected already, as the forwarding address of sales@acme.test')
    .waitFor()
  await expectAccessible(page)
  await box('Forwarding address').fill('help@in.acme.test')
  await next()
  // Somebody else is quicker: the refusal leads back to the screen where it can be answered.
  await connectHosted('press@acme.test', 'press@in.acme.test', 'Acme Help')
  await finish()
  await heading(page, 'What do recipients see?')
  await page.getByText(/Not connected: press@acme\.test goes by the name "Acme Help" already/).waitFor()
  expect((await client.channels.list({})).map(({ address }) => address)).not.toContain('help@acme.test')
  await box('Company name').fill('Acme Lamps')
  for (const name of [
    'Where do the conversations',
    'Who gets',
    'Where does your provider',
    'How to forward',
  ]) {
    await next()
    await heading(page, name)
  }
  await back()
  await expect.poll(() => box('Forwarding address').inputValue()).toBe('help@in.acme.test')
  await next()
  await finish()
  await heading(page, 'Forward the mail')
  await button('Done').click()
  await company.go('#/settings/channels')
  const card = page.getByRole('article', { name: 'Channel help@acme.test' })
  await card.getByRole('button', { name: 'Edit' }).click()
  await card.getByText('The forwarding address help@in.acme.test is fixed').waitFor()
  expect(await card.getByRole('textbox', { name: 'Forwarding address' }).count()).toBe(0)
  await card.getByRole('textbox', { name: 'Company name' }).fill('Acme Lamps and More')
  await card.getByRole('button', { name: 'Save' }).click()
  await card
    .getByText(/Acme Lamps and More/)
    .first()
    .waitFor()
  expect(errors).toEqual([])
})

test('servers that the DNS contradicts are warned about before anything is saved (B7)', async () => {
  const { page, errors } = company
  const { next } = wizard(page)
  await toAddress(page, 'Team email')
  await giveAddress(page, { kind: 'IMAP', address: 'help@acme.test' })
  await next()
  await heading(page, 'Password and servers')
  await page.getByRole('radio', { name: /Known provider/ }).waitFor()
  await page.getByRole('radio', { name: /Set up by hand/ }).check()
  // The first "Next" of this warns, the next one goes on.
  await wizard(page).box('Password').fill('secret')
  for (const group of [wizard(page).incoming(), wizard(page).outgoing()]) {
    await group.getByLabel('Server').fill('127.0.0.1')
    await group.getByLabel('Encryption').selectOption('none')
    await group.getByLabel('User name').fill('support')
  }
  await wizard(page).incoming().getByLabel('Port').fill(String(dovecot.port))
  await next()
  await page
    .getByText(/Mail for acme\.test goes to Google Workspace|Mail for acme\.test goes to Gmail/)
    .waitFor()
  await page.getByText('Choose other servers above, or press Next again').waitFor()
  await expectAccessible(page)
  await next()
  await heading(page, 'Does it work?')
  expect((await client.channels.list({})).length).toBe(0)
  expect(errors).toEqual([])
})

test('what was typed survives a crash of the window, the password does not; and it can be thrown away', async () => {
  const { page, errors } = company
  const { box, button, next } = wizard(page)
  await toAddress(page, 'Team email')
  await giveAddress(page, { kind: 'IMAP', address: dovecot.address('support') })
  await next()
  await passServers(page, { dovecot, smtp, user: 'support' })
  await page.getByText('Everything works.').waitFor({ timeout: 60_000 })
  await next()
  await box('Sender name').fill('Acme Lamps')
  await expect.poll(() => page.evaluate(() => JSON.stringify({ ...localStorage }))).toContain('Acme Lamps')
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('secret')
  await page.reload()
  await page.getByText('You had begun to connect').waitFor()
  await heading(page, 'Password and servers')
  expect(await box('Password').inputValue()).toBe('')
  expect(await wizard(page).incoming().getByLabel('Port').inputValue()).toBe(String(dovecot.port))
  await box('Password').fill('secret')
  await next()
  await page.getByText('Everything works.').waitFor({ timeout: 60_000 })
  await next()
  await expect.poll(() => box('Sender name').inputValue()).toBe('Acme Lamps')
  expect((await client.channels.list({})).length).toBe(0)
  await button('Start over').click()
  await heading(page, 'What is the address for?')
  await next()
  await expect.poll(() => box('Email address').inputValue()).toBe('')
  // What is given up leaves nothing behind, the receiver is as it was.
  await giveAddress(page, { kind: 'Other mail account', address: 'help@acme.test' })
  await next()
  await page.getByRole('spinbutton', { name: 'Receiver port', exact: true }).fill('0')
  await next()
  await heading(page, 'What do recipients see?')
  expect((await client.receiver.get({})).enabled).toBe(true)
  await button('Cancel').click()
  await page.getByRole('heading', { name: 'Channels' }).waitFor()
  await expect.poll(async () => (await client.receiver.get({})).enabled).toBe(false)
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => /connect/.test(key)))).toEqual(
    [],
  )
  expect(errors).toEqual([])
})

/** A green square, 64 by 64: a logo. */
const LOGO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
  'base64',
)

test('a signature that others wrote runs nothing and fetches nothing (fault 68); a picture and a link stay', async () => {
  const { page, errors } = company
  const { button, box } = wizard(page)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await client.hosted.connect({
    inboxId,
    form: 'receiver',
    parentChannelId: null,
    address: 'help@acme.test',
    forwardingAddress: 'help@in.acme.test',
    sender: {
      fromNameKind: 'company',
      companyName: 'Acme',
      fromAddress: null,
      signatureHtml:
        '<p>Regards, {{sender.full_name}}</p><script>window.hacked = 1</script>' +
        '<img src="https://tracker.test/x.gif" onerror="window.hacked = 2">' +
        '<a href="javascript:window.hacked=3">click</a><svg onload="window.hacked = 4"></svg>' +
        '<style>body { background: url(https://tracker.test/y) }</style><iframe src="https://tracker.test/z"></iframe>',
    },
  })
  await company.go('#/settings/channels')
  await page
    .getByRole('article', { name: 'Channel help@acme.test' })
    .getByRole('button', { name: 'Edit' })
    .click()
  const preview = wizard(page).preview()
  await preview.getByText('Regards, Ada Agent').waitFor()
  await box('Team signature').getByText('Regards').waitFor()

  await box('Team signature').click()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Visit us ')
  await button('Link').click()
  const dialog = page.getByRole('dialog', { name: 'Link' })
  await dialog.getByRole('textbox', { name: 'Link address' }).fill('javascript:alert(1)')
  await dialog.getByRole('button', { name: 'Set link' }).click()
  await dialog.getByText('This address cannot be opened').waitFor()
  await dialog.getByRole('textbox', { name: 'Link address' }).fill('acme.test')
  await dialog.getByRole('textbox', { name: 'Text' }).fill('our shop')
  await dialog.getByRole('button', { name: 'Set link' }).click()
  await preview.getByTitle('https://acme.test').getByText('our shop').waitFor()
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: LOGO })
  await preview.locator('img[src^="data:image/"]').waitFor()
  await page.locator('input[type=file]').setInputFiles({
    name: 'no-picture.png',
    mimeType: 'image/png',
    buffer: Buffer.from('not a picture'),
  })
  await page.getByText('no-picture.png cannot be used as a picture here').waitFor()
  await page.getByRole('article').getByRole('button', { name: 'Save' }).click()
  await expect
    .poll(async () => (await client.hosted.list({}))[0]!.sender.signatureHtml)
    .toMatch(/href="https:\/\/acme\.test".*src="data:image\/png;base64,/s)
  const saved = (await client.hosted.list({}))[0]!.sender.signatureHtml!
  expect(saved).toContain('{{sender.full_name}}')
  expect(saved).not.toMatch(/script|tracker|onerror|javascript|iframe/i)

  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined()
  expect(asked.filter((url) => url.includes('tracker.test'))).toEqual([])
  expect(errors).toEqual([])
})
