import { AxeBuilder } from '@axe-core/playwright'
import { simpleParser } from 'mailparser'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../support/app.ts'
import { launchChromium, watchForErrors } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** The library in the built application: made on its page, inserted by keyboard, read by whoever receives it. */

const HOSTILE = '<img src=x onerror=alert(1)>'
let team: Team
let app: App
let browser: Browser
let page: Page
let errors: string[] = []

/** The machine may be busy: a second is no measure. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 15_000 })

beforeAll(async () => {
  team = await makeTeam()
  team.dovecot.deliver(
    'support',
    buildMail({
      from: 'Carla Costa <customer@dovecot.test>',
      to: team.dovecot.address('support'),
      date: Date.now(),
      subject: 'My lamp blinks',
      text: 'Hello,\n\nmy lamp blinks.\n\nCarla',
      messageId: 'first@customer.test',
    }),
  )
  team.dovecot.deliver(
    'support',
    buildMail({
      from: `"${HOSTILE} {{ contact.email }}" <eve@evil.test>`,
      to: team.dovecot.address('support'),
      date: Date.now() - 60_000,
      subject: 'Win a prize',
      text: 'Hello.',
      messageId: 'first@evil.test',
    }),
  )
  app = await team.start()
  browser = await launchChromium()
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
  errors = watchForErrors(page)
  await page.goto(app.url)
  await page.getByRole('main').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await team?.stop()
})

const box = (name: string): Locator => page.getByRole('textbox', { name, exact: true })
const button = (name: string): Locator => page.getByRole('button', { name, exact: true })
const body = (): Locator => page.getByRole('textbox', { name: 'Message body' })
const go = async (hash: string) => page.evaluate((to) => (location.hash = to), hash)
const nothingForAxe = async (what: string) => {
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
  expect(
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`)),
    what,
  ).toEqual([])
}
const openMail = async (subject: string) => {
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: /^Support/ })
    .click()
  await page
    .getByRole('listbox', { name: 'Conversations' })
    .getByRole('option', { name: new RegExp(subject) })
    .click()
  await page.getByRole('region', { name: 'Conversation' }).getByRole('heading', { name: subject }).waitFor()
}

test('a template with tokens and a snippet are made on the Library page', async () => {
  await page.getByRole('link', { name: 'Library', exact: true }).click()
  await page.getByText('The library is empty').waitFor()
  await nothingForAxe('the empty library')
  await button('New template').click()
  await box('Name').fill('Answer about lamps')
  await box('Subject').fill('About {{ ticket.subject }}')
  await box('Content').click()
  await page.keyboard.type('Hi ')
  // By keyboard from the menu of tokens.
  await button('Insert a token').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'First name' }).first().press('Enter')
  await eventually(() => box('Content').innerText()).toBe('Hi {{ contact.first_name }}')
  await page.keyboard.type(', of {{ company.name | default: "your company" }}:')
  await page.keyboard.press('Enter')
  await page.keyboard.type('your lamp {{ cursor }} is on its way.')
  await page.keyboard.press('Enter')
  await page.keyboard.type('{{ sender.full_name }}')
  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText('About My lamp blinks').waitFor()
  await preview.frameLocator('iframe').getByText('Hi Carla, of Costa Lamps:').waitFor()
  await nothingForAxe('the editor')
  await page.getByLabel('Folder', { exact: true }).fill('Repairs/Lamps')
  await page.getByLabel('Shared with').selectOption('Everyone')
  await box('Name').press('Control+Enter')
  await page.getByText('“Answer about lamps” is saved.').waitFor()
  await page.getByRole('link', { name: /Answer about lamps/ }).waitFor()

  await button('New snippet').click()
  await box('Name').fill('Refund')
  await box('Shortcut').fill('#refund')
  await box('Content').fill('You get your money back within {{ deal.close_date }}.')
  await button('Save').click()
  await page.getByText('“Refund” is saved.').waitFor()

  // What cannot be filled in by anything is not kept, and says so at the field.
  await box('Content').fill('Hi {{ contact.frist_name }}')
  await button('Save').click()
  await page.getByRole('alert').filter({ hasText: 'There is no token "contact.frist_name"' }).waitFor()
  await box('Content').fill('You get your money back, {{ contact.job_title }}.')
  await button('Save').click()
  await eventually(() => page.getByRole('alert').count()).toBe(0)
})

test('the template goes into an answer by keyboard alone and arrives filled in', async () => {
  await openMail('My lamp blinks')
  await page.keyboard.press('r')
  await eventually(() => body().evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('Control+Shift+L')
  await page.getByRole('searchbox', { name: 'Search the library' }).waitFor()
  await page.keyboard.type('lamps')
  await page.getByRole('option', { name: /Answer about lamps/ }).waitFor()
  await eventually(() => page.getByRole('option').count()).toBe(1)
  await nothingForAxe('the picker')
  await page.keyboard.press('Enter')
  await eventually(() => body().innerText()).toMatch(
    /^Hi Carla, of .+:\s+your lamp {1,2}is on its way\.\s+Ada Agent$/,
  )
  // The cursor stands where the template says.
  await page.keyboard.type('XL')
  await eventually(() => body().innerText()).toContain('your lamp XL is on its way.')
  // One step of undo takes the template out, one of redo brings it back.
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await eventually(() => body().innerText()).not.toContain('Carla')
  await page.keyboard.press('Control+y')
  await page.keyboard.press('Control+y')
  await eventually(() => body().innerText()).toContain('your lamp XL is on its way.')

  // The shortcut expands as it is typed; its token has no value, is marked, and stops the mail.
  await page.keyboard.press('Control+End')
  await eventually(() => page.evaluate(() => document.getSelection()?.focusNode?.textContent)).toBe(
    'Ada Agent',
  )
  // The editor learns of a moved cursor by an event of its own.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
  await page.keyboard.press('Enter')
  await page.keyboard.type('#refund')
  await eventually(() => body().innerText()).toContain('You get your money back, {{ contact.job_title }}.')
  expect(await body().locator('.unfilled-token').innerText()).toBe('{{ contact.job_title }}')
  await nothingForAxe('the composer with a token')
  await page.keyboard.press('Control+Enter')
  const doubts = page.getByRole('dialog', { name: 'Before you send' })
  await doubts.getByText('Nothing was filled in for {{ contact.job_title }}.').waitFor()
  expect(team.smtp.received).toHaveLength(0)
  await doubts.getByRole('button', { name: 'Back to the mail' }).click()
  // It is selected still: typing fills it in.
  await eventually(() => body().evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await page.keyboard.type('Carla')
  await page.keyboard.press('Control+Enter')
  const [received] = await team.smtp.waitFor(1, 60_000)
  const mail = await simpleParser(received!.raw)
  expect(mail.subject).toBe('Re: My lamp blinks')
  expect(mail.text).toMatch(
    /^Hi Carla, of .+:\s+your lamp XL is on its way\.\s+Ada Agent\s+You get your money back, Carla\./,
  )
  expect(mail.text!.split('On ')[0]).not.toContain('{{')
})

test('a stranger’s name is text, whatever is in it (fault 68)', async () => {
  await openMail('Win a prize')
  await page.keyboard.press('r')
  await eventually(() => body().evaluate((element) => element === document.activeElement)).toBe(true)
  await button('Insert').click()
  await page.getByRole('menuitem', { name: 'Template' }).click()
  await page.getByRole('option', { name: /Answer about lamps/ }).click()
  await eventually(() => body().innerText()).toContain('is on its way')
  expect(await body().locator('img, .unfilled-token').count()).toBe(0)
  expect(await body().innerText()).not.toContain('eve@evil.test')
  await button('Discard draft').click()
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: /Discard/ })
    .click()
})

test('a document is uploaded, attached, and what is removed comes back', async () => {
  await go('#/library')
  await page
    .locator('input[type="file"]:not([accept])')
    .first()
    .setInputFiles({
      name: 'prices.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4 the prices'),
    })
  await page.getByRole('link', { name: 'Download the file' }).waitFor()
  await openMail('Win a prize')
  await page.keyboard.press('r')
  await eventually(() => body().evaluate((element) => element === document.activeElement)).toBe(true)
  await button('Insert').click()
  await page.getByRole('menuitem', { name: 'Document' }).click()
  await page.getByRole('option', { name: /prices\.pdf/ }).click()
  await page.getByRole('button', { name: /Remove prices\.pdf/ }).waitFor()

  await go('#/library')
  await page.getByRole('link', { name: /Refund/ }).click()
  await button('Remove').click()
  await page.getByText('“Refund” was removed.').waitFor()
  await eventually(() => page.getByRole('link', { name: /Refund/ }).count()).toBe(0)
  await button('Undo').click()
  await page.getByRole('link', { name: /Refund/ }).waitFor()
})

test('light, dark and narrow', async () => {
  for (const [colorScheme, width] of [
    ['light', 420],
    ['dark', 1440],
    ['dark', 420],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await go('#/library')
    await page.getByRole('heading', { name: 'Library', level: 1 }).waitFor()
    await nothingForAxe(`list, ${colorScheme}, ${width}`)
    await page.getByRole('link', { name: /Answer about lamps/ }).click()
    await page.getByRole('region', { name: 'Preview' }).waitFor()
    await box('Content').waitFor()
    await nothingForAxe(`editor, ${colorScheme}, ${width}`)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    if (process.env['SHOTS'])
      await page.screenshot({ path: `${process.env['SHOTS']}/editor-${colorScheme}-${width}.png` })
    await go('#/library')
    if (process.env['SHOTS'])
      await page.screenshot({ path: `${process.env['SHOTS']}/list-${colorScheme}-${width}.png` })
  }
  expect(errors).toEqual([])
})
