import { simpleParser } from 'mailparser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { InboxId } from '../../src/contract/ids.ts'
import { connectApp } from '../support/app-client.ts'
import { launchChromium } from '../support/browser.ts'
import {
  conversation,
  createWorkspace,
  expectAccessible,
  giveAddress,
  heading,
  newCompany,
  openFromInboxSettings,
  sayBySmtp,
  sendBySmtp,
  wizard,
  type NewCompany,
} from '../support/connect.ts'
import { startDnsServer, type DnsServer } from '../support/dns-server.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { buildMail } from '../support/mail.ts'
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink.ts'

/** The address that customers write to; its provider, which is the test, forwards. */
const HELP = 'help@acme.test'

let dovecot: Dovecot
let smtp: SmtpSink
let dns: DnsServer
let browser: Browser
let company: NewCompany

beforeAll(async () => {
  dovecot = await startDovecot({ users: { support: 'secret' } })
  browser = await launchChromium()
})
beforeEach(async () => {
  smtp = await startSmtpSink({ deliverTo: dovecot })
  dns = await startDnsServer({
    'acme.test': { MX: [{ exchange: 'mx.acme.test', priority: 10 }] },
    'mx.acme.test': { A: ['127.0.0.1'] },
  })
  company = await newCompany(browser, { env: { ANTEROOM_DNS_SERVERS: dns.address } })
})
afterEach(async () => {
  await company?.stop()
  await dns?.stop()
  await smtp?.stop()
})
afterAll(async () => {
  await browser?.close()
  await dovecot?.stop()
})

/** A mailbox that is connected already: what an alias lies on, and what answers leave through. */
async function connectMailbox(): Promise<void> {
  const { client, close } = await connectApp(company.app.url)
  const { inboxes } = await client.workspace.get({})
  const server = { host: '127.0.0.1', security: 'none' as const }
  await client.channels.connect({
    purpose: 'team',
    inboxId: inboxes[0]!.id as InboxId,
    address: dovecot.address('support'),
    imap: { ...server, port: dovecot.port, user: 'support' },
    smtp: { ...server, port: smtp.port, user: '' },
    password: 'secret',
    fromName: 'Acme',
    teamSeesEverything: true,
  })
  close()
}

const customerMail = (subject: string) =>
  buildMail({
    from: 'Carla Customer <carla@cust.test>',
    to: HELP,
    date: Date.now(),
    subject,
    text: 'Hello, my lamp blinks.',
  })

/** The screens that both forms share, from the sender to the rules of the inbox. */
async function giveSenderAndRules(page: Page): Promise<void> {
  const { radio, box, button, toggle, preview, next } = wizard(page)
  await heading(page, 'What do recipients see?')
  await preview().getByText('Ada Agent from Acme').waitFor()
  await preview().getByText(`<${HELP}>`).waitFor()
  await radio('Company').check()
  await box('Company name').fill('Acme Lamps')
  await expect.poll(() => preview().getByText('Ada Agent').count()).toBe(0)
  await radio('Agent and company').check()
  await preview().getByText('Ada Agent from Acme Lamps').waitFor()
  await toggle('Add a team signature').check()
  await box('Team signature').click()
  await page.keyboard.type('Kind regards, ')
  await button('First name').click()
  await preview().getByText('Kind regards, Ada').waitFor()
  await expectAccessible(page)
  await next()
  await heading(page, 'Where do the conversations appear?')
  await next()
  await heading(page, 'Who gets a new conversation?')
  await toggle('Automatically assign conversations').check()
  await page.getByRole('checkbox', { name: 'Ada Agent' }).check()
  await next()
  await heading(page, 'Where does your provider forward to?')
}

/** The conversation is Ada's, with its ticket. */
async function expectRouted(page: Page, subject: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: /^Assigned to me/ })
    .click()
  await conversation(page, new RegExp(`^Carla Customer.*${subject}`)).click()
  await page
    .getByRole('region', { name: 'Ticket' })
    .getByText(/^Ticket #\d+$/)
    .waitFor()
  await page.getByText('Ada Agent was next in turn').waitFor()
}

test('by an alias: from the empty workspace over the whole way round to the first routed conversation', async () => {
  const { page, errors } = company
  const { radio, box, button, next, finish } = wizard(page)
  await createWorkspace(page)
  await connectMailbox()
  await openFromInboxSettings(page)
  await radio('Team email').check()
  await next()
  await giveAddress(page, { kind: 'Other mail account', address: HELP })
  // The evidence: what the DNS says about the address.
  await page.getByText('Mail for acme.test goes to mx.acme.test (MX).').waitFor()
  await next()
  await heading(page, 'How does the mail reach this machine?')
  await radio('An alias of a connected address').check()
  expect(await page.getByLabel('Mailbox that it lies in').locator('option').allInnerTexts()).toEqual([
    dovecot.address('support'),
  ])
  await expectAccessible(page)
  await next()
  await giveSenderAndRules(page)

  const forwarding = `support+help@${dovecot.domain}`
  await expect.poll(() => box('Forwarding address').inputValue()).toBe(forwarding)
  await page.getByText('this forwarding address can no longer be changed').waitFor()
  await button('Copy').click()
  await page.getByText('Copied.').first().waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(forwarding)
  await expectAccessible(page)
  await next()

  await heading(page, 'How to forward at your provider')
  await page.getByRole('searchbox', { name: 'Search providers' }).fill('workspace gmail')
  await page.getByRole('radio', { name: /^Gmail/ }).check()
  await page.getByText(`Forward a copy of incoming mail to ${forwarding}`).waitFor()
  await expectAccessible(page)
  await finish()

  // Part two: the provider's question comes and is shown by itself.
  await heading(page, 'Forward the mail, and see it arrive')
  await page.getByText('Nothing has come yet.').waitFor()
  const byProvider = (raw: Buffer | string) =>
    dovecot.deliver('support', `Delivered-To: ${forwarding}\r\n${raw.toString()}`)
  byProvider(
    buildMail({
      from: 'Gmail Team <forwarding-noreply@google.com>',
      to: forwarding,
      date: Date.now(),
      subject: `(#123456789) Gmail Forwarding Confirmation - Receive Mail from ${HELP}`,
      text: `${HELP} has requested to automatically forward mail to your email address ${forwarding}.\n\nConfirmation code: 123456789\n\nTo allow it, click the link: https://mail-settings.google.com/mail/vf-abc\n`,
    }),
  )
  const asked = page.getByRole('region', { name: 'Confirmation of the forwarding' })
  await asked.getByText('123456789', { exact: true }).waitFor()
  await asked.getByText('https://mail-settings.google.com/mail/vf-abc').waitFor()
  await expectAccessible(page)

  // The test goes the whole way round, and each hop shows its time.
  await button('Send a test message').click()
  const [sent] = await smtp.waitFor((mail) => mail.to.includes(HELP))
  byProvider(sent!.raw)
  await page.getByText('The whole way works.').waitFor()
  const hops = page.getByRole('list', { name: 'Hops' }).getByRole('listitem')
  await expect.poll(() => hops.count()).toBe(5)
  for (const hop of await hops.allInnerTexts()) expect(hop).toMatch(/\d+ ms/)
  await expectAccessible(page)
  await button('Done').click()

  byProvider(customerMail('My lamp blinks'))
  await expectRouted(page, 'My lamp blinks')

  // What goes out is what the preview showed.
  await page
    .getByRole('region', { name: 'Conversation' })
    .getByRole('button', { name: 'Reply', exact: true })
    .click()
  await page.getByRole('textbox', { name: 'Message body' }).click()
  await page.keyboard.type('Please press the button twice.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const [answer] = await smtp.waitFor((mail) => mail.to.includes('carla@cust.test'), 60_000)
  const mail = await simpleParser(answer!.raw)
  expect(mail.from?.value).toEqual([{ name: 'Ada Agent from Acme Lamps', address: HELP }])
  expect(mail.text).toMatch(/Please press the button twice\.\s+Kind regards, Ada\b/)
  expect(errors).toEqual([])
})

test('by the receiver: from the empty workspace to the first routed conversation, and what it does not take', async () => {
  const { page, errors } = company
  const { radio, box, button, next, back, finish } = wizard(page)
  dns.zone['_dmarc.strict.test'] = { TXT: ['v=DMARC1; p=quarantine'] }
  dns.zone['strict.test'] = { TXT: ['v=spf1 -all'] }
  await createWorkspace(page)
  await radio('Team email').check()
  await next()
  await giveAddress(page, { kind: 'Other mail account', address: HELP })
  await next()
  await heading(page, 'How does the mail reach this machine?')
  // Nothing to lie on yet: it says what is missing.
  expect(await radio('An alias of a connected address').isDisabled()).toBe(true)
  await page.getByText('connect a team mailbox by IMAP first').waitFor()
  await radio("Anteroom's own mail receiver").check()
  const port = page.getByRole('spinbutton', { name: 'Receiver port', exact: true })
  await port.fill('70000')
  await next()
  await page.getByText('A port is a number from 0 to 65535.').waitFor()
  // A port that somebody else has is no port, and the receiver says so.
  await port.fill(String(smtp.port))
  await next()
  await page.getByText(`Port ${smtp.port} of 127.0.0.1 is used by another program.`).waitFor()
  await expectAccessible(page)
  await port.fill('0')
  await next()
  await heading(page, 'What do recipients see?')
  await back()
  await page.getByText(/Listening at 127\.0\.0\.1:\d+/).waitFor()
  const real = Number(await port.inputValue())
  expect(real).toBeGreaterThan(0)
  await expectAccessible(page)
  await next()
  await giveSenderAndRules(page)
  await button('Customise address').click()
  await box('Forwarding address').fill('help@in.acme.test')
  await next()
  await finish()
  await heading(page, 'Forward the mail, and see it arrive')
  // Nothing can be sent yet: the test names the hop, and what is missing.
  await button('Send a test message').click()
  await page.getByText('There is no channel to send through').waitFor()
  await page.getByText('It stopped at: Sent').waitFor()
  await button('Done').click()

  const deliver = (raw: Uint8Array | string, from = 'carla@cust.test', to = 'help@in.acme.test') =>
    sendBySmtp({ port: real, from, to, raw })
  expect(await deliver(customerMail('My lamp blinks'))).toMatch(/^250/)
  await expectRouted(page, 'My lamp blinks')

  // Nothing is relayed; what is too large is refused at the door (E4) and listed; what DMARC doubts is put aside (E5).
  await expect(deliver(customerMail('Elsewhere'), undefined, 'other@elsewhere.test')).rejects.toMatchObject({
    responseCode: 550,
  })
  const tooLarge = ['EHLO elsewhere.test', `MAIL FROM:<carla@cust.test> SIZE=${31 * 1024 * 1024}`]
  expect(await sayBySmtp(real, [...tooLarge, 'RCPT TO:<help@in.acme.test>'])).toMatch(/^552 /)
  const doubtful = buildMail({
    from: 'Boss <boss@strict.test>',
    to: HELP,
    date: Date.now(),
    subject: 'Pay this at once',
    text: 'Now.',
  })
  expect(await deliver(doubtful, 'boss@strict.test')).toMatch(/^250/)

  await page.getByRole('link', { name: 'Inbox settings', exact: true }).click()
  await page.getByRole('link', { name: 'Refused mail', exact: true }).click()
  await page.getByText(/It has 31(\.0)? MB; at most 30(\.0)? MB are taken/).waitFor()
  await page.getByText('asks to quarantine such mail').waitFor()
  await expectAccessible(page)
  await button('Release').first().click()
  const yes = page.getByRole('alertdialog').getByRole('button', { name: 'Release' })
  if (await yes.isVisible()) await yes.click()
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: /^All open/ })
    .click()
  await conversation(page, /^Boss.*Pay this at once/).waitFor()
  expect(errors).toEqual([])
})
