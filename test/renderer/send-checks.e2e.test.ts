import { simpleParser } from 'mailparser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import type { App } from '../support/app.ts'
import { launchChromium, violations } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam } from '../support/team.ts'
import type { Team } from '../support/team.ts'

/** The checks before sending, as the writer meets them (C9, D6). */

let team: Team
let app: App
let browser: Browser
let context: BrowserContext
let page: Page
const faults: string[] = []

const button = (name: string) => page.getByRole('button', { name, exact: true })
const field = (name: string) => page.getByRole('textbox', { name, exact: true })
const dialog = () => page.getByRole('dialog', { name: 'Before you send' })
const inDialog = (name: string) => dialog().getByRole('button', { name, exact: true })
const focused = () =>
  page.evaluate(
    () =>
      document.activeElement?.getAttribute('aria-label') ??
      document.activeElement?.getAttribute('data-place'),
  )
const sent = () => team.smtp.received.length

function deliver(n: number, init: { text: string; inReplyTo?: string; subject?: string }): void {
  team.dovecot.deliver(
    'support',
    buildMail({
      from: 'Carla Customer <carla@customer.test>',
      to: team.dovecot.address('support'),
      date: Date.now(),
      subject: init.subject ?? 'Re: Lamp',
      text: init.text,
      messageId: `lamp-${n}@customer.test`,
      ...(init.inReplyTo && { inReplyTo: init.inReplyTo }),
    }),
  )
}

beforeAll(async () => {
  team = await makeTeam()
  browser = await launchChromium()
  deliver(1, { subject: 'Lamp', text: 'My lamp blinks.' })
  app = await startApp({
    dataDir: team.dataDir,
    args: ['--provision', team.provision],
    env: { SUPPORT_PASSWORD: 'secret' },
  })
})

beforeEach(async () => {
  faults.length = 0
  context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(app.url)
  await button('Compose').waitFor()
})

afterEach(() => context?.close())
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await team?.stop()
})

test('a new mail: each doubt with what to do, back to what is wrong, and sent over', async () => {
  await button('Compose').click()
  await field('To').fill('eva@gmial.com')
  await field('Message body').click()
  await page.keyboard.type('Please see the attached plan.')
  await page.keyboard.press('Control+Enter')
  await dialog().waitFor()
  await expect.poll(() => dialog().getByRole('listitem').count()).toBe(3)
  const doubts = await dialog().getByRole('listitem').allTextContents()
  expect(doubts[0]).toContain('did you mean gmail.com?')
  expect(doubts[1]).toContain('The subject is empty.')
  expect(doubts[2]).toContain('You write “attached”, but nothing is attached.')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violations(page, { within: ['[role=dialog][data-modal]'] })).toEqual([])
  }

  // Escape is "Back to the mail", and the writer stands where the first doubt is.
  await page.keyboard.press('Escape')
  await expect.poll(() => dialog().count()).toBe(0)
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
  expect(sent()).toBe(0)
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Delete')
  await field('To').fill('eva@customer.test')
  await field('Subject').fill('The plan')
  await page.keyboard.press('Control+Enter')
  await dialog().getByText('nothing is attached').waitFor()
  await expect.poll(() => dialog().getByRole('listitem').count()).toBe(1)
  await inDialog('Back to the mail').click()
  await expect.poll(focused).toBe('Attach files')
  await page.keyboard.press('Control+Enter')
  await inDialog('Send anyway').click()
  await expect.poll(sent, { timeout: 60_000 }).toBe(1)
  const mail = await simpleParser(team.smtp.received[0]!.raw)
  expect(mail.subject).toBe('The plan')
  expect(faults).toEqual([])
})

test('D6: an answer is stopped when mail came in meanwhile, shows it, and goes once it was seen', async () => {
  await page.getByRole('option', { name: /Carla Customer/ }).click()
  await button('Reply').first().click()
  await field('Message body').click()
  await page.keyboard.type('We send you a new one.')
  deliver(2, { inReplyTo: '<lamp-1@customer.test>', text: 'Never mind, it works again.' })
  await page.getByRole('article').filter({ hasText: 'Never mind, it works again.' }).first().waitFor()
  const before = sent()
  await field('Message body').click()
  await page.keyboard.press('Control+Enter')
  await dialog().getByText('New mail came into this conversation while you were writing.').waitFor()
  await dialog().getByText('Never mind, it works again.').waitFor()
  await inDialog('Back to the mail').click()
  await expect.poll(focused).toBe('Message body')
  // It was shown: the same mail stops nothing any more.
  await page.keyboard.type(' Good to hear.')
  await page.keyboard.press('Control+Enter')
  await expect.poll(sent, { timeout: 60_000 }).toBe(before + 1)
  expect(await dialog().count()).toBe(0)
  expect(faults).toEqual([])
})

test('a check that is switched off asks nothing, and stays off', async () => {
  await page.goto(`${app.url.split('?')[0]}#/settings/sending`)
  const off = page.getByRole('switch', { name: 'The subject is empty' })
  await off.click()
  await expect.poll(() => off.isChecked()).toBe(false)
  await page.reload()
  await expect.poll(() => off.isChecked()).toBe(false)
  expect(await violations(page, { within: ['main'] })).toEqual([])
})

test('an answer that is thrown away is gone without a fault', async () => {
  await page.getByRole('option', { name: /Carla Customer/ }).click()
  for (let n = 0; n < 5; n++) {
    await button('Reply').first().click()
    await field('Message body').click()
    await page.keyboard.type('x')
    await button('Discard draft').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Discard', exact: false }).click()
    await expect.poll(() => field('Message body').count()).toBe(0)
  }
  expect(faults).toEqual([])
})
