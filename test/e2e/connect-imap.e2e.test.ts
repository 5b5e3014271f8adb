import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchChromium } from '../support/browser.ts'
import {
  conversation,
  createWorkspace,
  expectAccessible,
  giveAddress,
  heading,
  newCompany,
  passServers,
  passTest,
  wizard,
  type NewCompany,
} from '../support/connect.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { buildMail } from '../support/mail.ts'
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink.ts'

let dovecot: Dovecot
let smtp: SmtpSink
let browser: Browser
let company: NewCompany

beforeAll(async () => {
  dovecot = await startDovecot({ users: { support: 'secret', sales: 'secret', ada: 'secret' } })
  smtp = await startSmtpSink({ deliverTo: dovecot })
  browser = await launchChromium()
})
beforeEach(async () => void (company = await newCompany(browser)))
afterEach(async () => void (await company?.stop()))
afterAll(async () => {
  await browser?.close()
  await smtp?.stop()
  await dovecot?.stop()
})

test('a team mailbox by IMAP: from the empty workspace to the first routed conversation with its ticket', async () => {
  const { page, errors } = company
  const { radio, box, toggle, next, finish } = wizard(page)
  const address = dovecot.address('support')
  await createWorkspace(page)
  await expectAccessible(page)
  await radio('Team email').check()
  await next()
  await heading(page, 'Which address')
  await giveAddress(page, { kind: 'IMAP', address })
  await expectAccessible(page)
  await next()
  await passServers(page, { dovecot, smtp, user: 'support' })
  await expectAccessible(page)
  await passTest(page)

  await heading(page, 'Where do the conversations appear?')
  await box('Sender name').fill('Acme Support')
  await page.getByText('Everyone who may see the inbox “Support”').waitFor()
  await expectAccessible(page)
  await next()

  await heading(page, 'Who gets a new conversation?')
  expect(await toggle('Automatically assign conversations').isChecked()).toBe(false)
  expect(await toggle('Create a ticket for each new conversation').isChecked()).toBe(true)
  await toggle('Automatically assign conversations').check()
  expect(await toggle('Only available users').isChecked()).toBe(true)
  await finish()
  // Somebody has to be chosen, and it says so.
  await page.getByText('Choose at least one person or team.').waitFor()
  await page.getByRole('checkbox', { name: 'Ada Agent' }).check()
  await page.getByLabel('Priority').selectOption('high')
  await expectAccessible(page)
  await finish()

  await page.getByText(`${address} is connected`).first().waitFor()
  // What lies in the mailbox already is nobody's new conversation: only what comes from now on is given to somebody.
  await page.getByRole('region', { name: 'Channels' }).getByText('Live', { exact: true }).waitFor()
  dovecot.deliver(
    'support',
    buildMail({
      from: 'Carla Customer <carla@cust.test>',
      to: address,
      date: Date.now(),
      subject: 'My lamp blinks',
      text: 'Hello, my lamp blinks.',
    }),
  )
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: /^Assigned to me/ })
    .click()
  await conversation(page, /^Carla Customer.*My lamp blinks/).click()
  const ticket = page.getByRole('region', { name: 'Ticket' })
  await ticket.waitFor()
  await expect.poll(() => ticket.getByLabel('Priority').inputValue()).toBe('high')
  expect(errors).toEqual([])
})

test('a personal mailbox by IMAP, and its preferences afterwards', async () => {
  const { page, errors } = company
  const { radio, box, toggle, button, next, finish } = wizard(page)
  const address = dovecot.address('ada')
  await createWorkspace(page)
  await radio('Personal email').check()
  await next()
  await heading(page, 'Which address')
  // Only what is built for it can be chosen.
  expect(await page.getByRole('radio').count()).toBe(1)
  await giveAddress(page, { kind: 'IMAP', address, team: false })
  await next()
  await passServers(page, { dovecot, smtp, user: 'ada' })
  await passTest(page)
  await heading(page, 'Your name')
  await expect.poll(() => box('Sender name').inputValue()).toBe('Ada Agent')
  await expectAccessible(page)
  await finish()

  await heading(page, 'How you want to work with it')
  expect(await toggle('Log replies of contacts').isChecked()).toBe(true)
  expect(await toggle('Track opens and clicks').isChecked()).toBe(false)
  await page.getByLabel('Default font').selectOption('Georgia')
  await box('Your signature').click()
  await page.keyboard.type('Ada, by hand')
  await expectAccessible(page)
  await button('Save and finish').click()

  const channel = page.getByRole('article', { name: `Channel ${address}` })
  await channel.getByText('Live', { exact: true }).waitFor()
  await channel.getByRole('button', { name: 'Preferences' }).click()
  await expect.poll(() => page.getByLabel('Default font').inputValue()).toBe('Georgia')
  await expect.poll(() => box('Your signature').innerText()).toContain('Ada, by hand')
  await expectAccessible(page)
  expect(errors).toEqual([])
})
