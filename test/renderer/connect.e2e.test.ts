import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import { startApp } from '../support/app.ts'
import type { App } from '../support/app.ts'
import { launchChromium, violations, watchForErrors } from '../support/browser.ts'
import { startDovecot } from '../support/dovecot.ts'
import type { Dovecot } from '../support/dovecot.ts'
import { buildMail } from '../support/mail.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import type { SmtpSink } from '../support/smtp-sink.ts'

let dovecot: Dovecot
let smtp: SmtpSink
let browser: Browser
let dataDir: string
let app: App
let page: Page
let errors: string[]

const button = (name: string) => page.getByRole('button', { name, exact: true })
const group = (name: RegExp) => page.getByRole('group', { name })

const expectAccessible = async () => expect(await violations(page, { within: ['main'] })).toEqual([])

beforeAll(async () => {
  dovecot = await startDovecot({ users: { support: 'secret' } })
  smtp = await startSmtpSink({ deliverTo: dovecot })
  dovecot.deliver(
    'support',
    buildMail({
      from: 'Carla Customer <carla@cust.test>',
      to: dovecot.address('support'),
      date: Date.now() - 60_000,
      subject: 'The first of all',
      text: 'Hello',
    }),
  )
  browser = await launchChromium()
})

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'anteroom-connect-'))
  app = await startApp({ dataDir })
  page = await (
    await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  ).newPage()
  errors = watchForErrors(page)
  await page.goto(app.url)
})

afterEach(async () => {
  await page?.context().close()
  await app?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

afterAll(async () => {
  await browser?.close()
  await smtp?.stop()
  await dovecot?.stop()
})

test('from the welcome to the first mail, by keyboard, with a wrong password on the way', async () => {
  const address = dovecot.address('support')
  await button('Connect a mailbox').focus()
  await expectAccessible()
  await page.keyboard.press('Enter')
  // What is missing is said at its field, and the first of them has the focus.
  await button('Create and go on').press('Enter')
  await page.getByText('How is your company or team called?').waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
  await expectAccessible()
  await page.keyboard.type('Acme')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Ada Agent')
  await page.keyboard.press('Tab')
  await page.keyboard.type('ada@acme.test')
  await page.keyboard.press('Enter')

  await page.getByRole('heading', { name: 'What is the address for?' }).waitFor()
  await button('Next').click()
  await page.getByRole('textbox', { name: 'Email address', exact: true }).fill('support')
  await page.keyboard.press('Enter')
  await page.getByText('This is not an email address').waitFor()
  await page.getByText('Confirm this to go on').waitFor()
  await expectAccessible()
  await page.getByRole('textbox', { name: 'Email address', exact: true }).fill(address)
  await page.getByRole('checkbox', { name: /^I understand/ }).check()
  await button('Next').click()
  await page.getByRole('textbox', { name: 'Password', exact: true }).waitFor()
  await button('Next').click()
  await page.getByText('The password is missing').waitFor()
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('wrong')

  const imap = group(/^Incoming/)
  const outgoing = group(/^Outgoing/)
  await imap.waitFor({ timeout: 60_000 })
  // Without encryption nothing but this machine can be used, and it says why.
  expect(await imap.getByLabel('Encryption').getByRole('option').allInnerTexts()).toEqual(['TLS', 'STARTTLS'])
  await page.getByText('anywhere else the password would travel in the clear').waitFor()
  await imap.getByLabel('Server').fill('127.0.0.1')
  await imap.getByLabel('Encryption').selectOption('none')
  await imap.getByLabel('Port').fill(String(dovecot.port))
  await imap.getByLabel('User name').fill('support')
  await outgoing.getByLabel('Server').fill('127.0.0.1')
  await outgoing.getByLabel('Encryption').selectOption('none')
  await outgoing.getByLabel('Port').fill('none')
  await outgoing.getByLabel('User name').fill('')
  await button('Next').click()
  await page.getByText('A port is a number from 1 to 65535').waitFor()
  await expectAccessible()
  await outgoing.getByLabel('Port').fill(String(smtp.port))
  await button('Next').click()

  const log = page.getByRole('list', { name: 'Test steps' })
  await log.getByText(/The server said: .*fail/i).waitFor()
  await page.getByText('Something does not work yet.').waitFor({ timeout: 60_000 })
  await expect.poll(() => button('Next').isDisabled()).toBe(true)
  await expectAccessible()

  // Back as far as one likes; nothing typed is lost, nothing was saved.
  await button('Back').click()
  await imap.waitFor()
  await button('Back').click()
  expect(await page.getByRole('textbox', { name: 'Email address', exact: true }).inputValue()).toBe(address)
  await button('Next').click()
  expect(await imap.getByLabel('Port').inputValue()).toBe(String(dovecot.port))
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('secret')
  await button('Next').click()
  await page.getByText('Everything works.').waitFor({ timeout: 60_000 })
  await expectAccessible()
  await button('Next').click()
  await page.getByLabel('Sender name').fill('Acme Support')
  await page.getByText('Everyone who may see the inbox “Support”').waitFor()
  await expectAccessible()
  await button('Next').click()
  await button('Connect and finish').click()

  await page.getByRole('option', { name: /^Carla Customer.*The first of all/ }).waitFor()
  await page.goto(`${app.url.split('?')[0]}#/settings/channels`)
  const channel = page.getByRole('article', { name: `Channel ${address}` })
  await channel.getByText('Live', { exact: true }).waitFor()
  await expectAccessible()

  // Another sender name, tested and saved; then disconnected, asked first.
  await channel.getByRole('button', { name: 'Edit' }).click()
  await channel.getByLabel('Sender name').fill('Acme Help')
  await expectAccessible()
  await channel.getByRole('button', { name: 'Save' }).click()
  await channel.getByRole('button', { name: 'Edit' }).waitFor()
  // Another admin gives it another name while its password is being changed.
  await channel.getByRole('button', { name: 'Edit' }).click()
  const { client, close } = await connectApp(app.url)
  const [admin] = (await client.workspace.get({})).users
  await client.users.signIn({ id: admin!.id })
  const nameOf = async () => (await client.channels.list({}))[0]?.fromName
  expect(await nameOf()).toBe('Acme Help')
  await client.channels.update({ id: (await client.channels.list({}))[0]!.id, fromName: 'Acme Care' })
  await channel.getByLabel('Password', { exact: true }).fill('secret')
  await channel.getByRole('button', { name: 'Save' }).click()
  await channel.getByRole('button', { name: 'Edit' }).waitFor()
  expect(await nameOf()).toBe('Acme Care')
  close()
  await channel.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click()
  await page.getByText('No address is connected yet.').waitFor()
  expect(errors).toEqual([])
})

test('the sample team, people, inboxes and the other pages', async () => {
  await button('Try with a sample team').click()
  await page.getByRole('listbox', { name: 'Conversations' }).getByRole('option').first().waitFor()
  await page.goto(`${app.url.split('?')[0]}#/settings/people`)
  await page.getByLabel('Name').fill('Ben Bell')
  await page.getByLabel('Email').fill('ben')
  await button('Add a person').click()
  await page.getByText('This is not an email address.').waitFor()
  await page.getByLabel('Email').fill('ben@lumen.example')
  await button('Add a person').click()
  await page.getByRole('listitem').filter({ hasText: 'ben@lumen.example' }).waitFor()
  await expectAccessible()

  const settings = page.getByRole('navigation', { name: 'Settings' })
  await settings.getByRole('link', { name: 'Inboxes' }).click()
  await page.getByLabel('Name of the inbox').fill('support')
  await button('Add an inbox').click()
  await page.getByText('There is an inbox of this name already.').waitFor()
  await page.getByLabel('Name of the inbox').fill('Press')
  await button('Add an inbox').click()
  await page.getByRole('main').getByRole('listitem').filter({ hasText: 'Press' }).waitFor()
  await expectAccessible()

  await settings.getByRole('link', { name: 'Appearance' }).click()
  await page.getByRole('radio', { name: 'Dark' }).check()
  await expect.poll(() => page.evaluate(() => document.documentElement.style.colorScheme)).toBe('dark')
  await expectAccessible()
  await settings.getByRole('link', { name: 'Sending' }).click()
  await page.getByLabel('Time to undo sending').selectOption('30')
  await expectAccessible()
  await settings.getByRole('link', { name: 'Shortcuts' }).click()
  await page.getByRole('listitem').filter({ hasText: 'Compose' }).first().waitFor()
  await expectAccessible()
  await settings.getByRole('link', { name: 'Channels' }).click()
  await page
    .getByRole('article', { name: /^Channel / })
    .first()
    .waitFor()
  await expectAccessible()
  expect(errors).toEqual([])
})
