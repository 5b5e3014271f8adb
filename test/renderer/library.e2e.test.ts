import { simpleParser } from 'mailparser'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../support/app.ts'
import { eventually, hasFocus } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** The library in the built application: made on its page, inserted by keyboard, read by whoever receives it. */

const HOSTILE = '<img src=x onerror=alert(1)>'
let team: Team
let app: App
let browser: Browser
let page: Page
let errors: string[] = []

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
/** A new entry of the library, by its menu. */
async function begin(name: string): Promise<void> {
  await button('New').click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}
const body = (): Locator => page.getByRole('textbox', { name: 'Message body' })
const go = async (hash: string) => page.evaluate((to) => (location.hash = to), hash)
const nothingForAxe = async (what: string) => expect(await violations(page), what).toEqual([])
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
  await begin('New template')
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

  await begin('New snippet')
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
  await hasFocus(body())
  const search = page.getByRole('searchbox', { name: 'Search the library' })
  // Quick fingers: Enter comes before anything was found, and takes what is found then.
  const typed = page.evaluate(
    () =>
      new Promise<void>((done) => {
        const type = async (field: HTMLInputElement): Promise<void> => {
          field.value = 'refund'
          field.dispatchEvent(new Event('input', { bubbles: true }))
          // The window has heard of the letters, the engine has not answered.
          for (let i = 0; i < 20; i += 1) await null
          field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
          done()
        }
        const observer = new MutationObserver(() => {
          const field = document.querySelector<HTMLInputElement>('[aria-label="Search the library"]')
          if (!field) return
          observer.disconnect()
          void type(field)
        })
        observer.observe(document.body, { childList: true, subtree: true })
      }),
  )
  await page.keyboard.press('Control+Shift+L')
  await typed
  const wanted = 'You get your money back'
  await eventually(() => body().innerText()).toContain(wanted)
  await page.keyboard.press('Control+z')
  await eventually(() => body().innerText()).not.toContain(wanted)
  await page.keyboard.press('Control+Shift+L')
  await hasFocus(search)
  // A word of its name: a folder is found by its words, too, and whatever lies there with it.
  await page.keyboard.type('answer')
  await page.getByRole('option', { name: /Answer about lamps/ }).waitFor()
  // The addresses to write from are options too, behind the picker.
  await eventually(() => page.getByRole('dialog').getByRole('option').count()).toBe(1)
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
  await hasFocus(body())
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
  await hasFocus(body())
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

const compose = async () => {
  await page.keyboard.press('Escape')
  await go('#/library')
  await button('Compose').click()
  await body().waitFor()
}
const discard = async () => {
  await button('Discard draft').click()
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: /Discard/ })
    .click()
  await eventually(() => body().count()).toBe(0)
}
const insertFrom = async (kind: string, name: RegExp) => {
  await button('Insert').click()
  await page.getByRole('menuitem', { name: kind, exact: true }).click()
  await page.getByRole('searchbox', { name: 'Search the library' }).waitFor()
  await page.getByRole('option', { name }).click()
}

test('an article is written in Markdown beside its preview, and inserted as text or as a link', async () => {
  await go('#/library')
  await begin('New article')
  await box('Name').fill('How to clean a lamp')
  await box('Content').fill(`# Lamps\n\nUse **water**, never ${HOSTILE}.`)
  const preview = page.getByRole('region', { name: 'Preview' }).frameLocator('iframe')
  await preview.getByRole('heading', { name: 'Lamps' }).waitFor()
  await preview.getByText(`Use water, never ${HOSTILE}.`).waitFor()
  expect(await preview.locator('img').count()).toBe(0)
  await box('Public address').fill('javascript:alert(1)')
  await button('Save').click()
  await page.getByText('An address begins with https://').waitFor()
  await box('Public address').fill('https://help.acme.test/lamp')
  await nothingForAxe('the editor of an article')
  await button('Save').click()
  await page.getByText('“How to clean a lamp” is saved.').waitFor()

  await compose()
  await insertFrom('Article', /How to clean a lamp/)
  await page.getByRole('dialog').getByRole('button', { name: 'As text' }).waitFor()
  await nothingForAxe('how to insert')
  await hasFocus(page.getByRole('dialog'))
  await page.keyboard.press('Enter')
  await body().getByRole('heading', { name: 'Lamps' }).waitFor()
  expect(await body().innerText()).toContain(HOSTILE)
  expect(await body().locator('img').count()).toBe(0)
  await insertFrom('Article', /How to clean a lamp/)
  await button('As a link').click()
  await eventually(() => body().getByRole('link', { name: 'How to clean a lamp' }).getAttribute('href')).toBe(
    'https://help.acme.test/lamp',
  )
  await discard()
})

test('a meeting link proposes times, each with its calendar file; a team invites nobody (B6)', async () => {
  await go('#/library')
  await begin('New meeting link')
  await box('Name').fill('A short talk')
  await box('Place').fill('Room 1')
  await box('Organiser').fill(team.dovecot.address('support'))
  for (let day = 0; day < 7; day += 1) await button('Add a time').click()
  await nothingForAxe('the editor of a meeting link')
  await button('Save').click()
  await page.getByText(/is the address of a team, so it cannot invite/).waitFor()
  await box('Organiser').fill('ada@own.test')
  await page.getByLabel('Time zone').selectOption('Europe/Rome')
  await button('Save').click()
  await page.getByText('“A short talk” is saved.').waitFor()

  await compose()
  await insertFrom('Meeting link', /A short talk/)
  const times = page.getByRole('dialog', { name: 'Times of “A short talk”' })
  await times.getByLabel('Language of the times').selectOption('Italian')
  await times.getByLabel('Time zone').selectOption('America/New York')
  await times
    .getByRole('group', { name: /ottobre|novembre|dicembre|gennaio/ })
    .first()
    .waitFor()
  await nothingForAxe('times to choose from')
  for (const at of [0, 1]) await times.getByRole('checkbox').nth(at).check()
  await times.getByRole('button', { name: 'Insert 2 times' }).click()
  await eventually(() => body().getByRole('listitem').count()).toBe(2)
  await eventually(() => page.getByRole('button', { name: /Remove A short talk .*\.ics/ }).count()).toBe(2)
  await insertFrom('Meeting link', /A short talk/)
  await eventually(() => page.getByRole('dialog').getByText('proposed before').count()).toBe(2)
  await page.keyboard.press('Escape')
  await discard()
})

test('a quote is written, attached as a PDF, sent, and told of on its contact', async () => {
  await go('#/library')
  await begin('New quote')
  await box('Name').fill(`Forty lamps ${HOSTILE}`)
  // Nobody is named that it is for: the field that says so has the focus.
  const whom = page.getByRole('combobox', { name: 'Find a deal or contact' })
  await button('Save').click()
  await eventually(() => whom.evaluate((element) => element === document.activeElement)).toBe(true)
  await whom.fill('Carla')
  await page.getByRole('option', { name: /Carla Costa/ }).click()
  await eventually(() => box('For').inputValue()).toContain('Carla Costa')
  await page.getByLabel('Currency').selectOption('EUR')
  await box('What is offered, line 1').fill('Lamp')
  await box('Quantity, line 1').fill('40')
  await box('Unit price, line 1').fill('25,00')
  await box('Discount %, line 1').fill('10')
  await box('Tax %, line 1').fill('22')
  await button('Add a line').click()
  await box('What is offered, line 2').fill('Delivery')
  await box('Unit price, line 2').fill('49.90')
  const sums = page.getByRole('group', { name: 'What it comes to' })
  // 40 x 25.00 less 10%, and 49.90; 22% of both.
  await sums.getByText('€1,158.88').waitFor()
  await nothingForAxe('the editor of a quote')
  await button('Save').click()
  await page.getByRole('heading', { name: 'Quote Q-0001' }).waitFor()
  await page.getByRole('link', { name: /Q-0001 · €1,158\.88/ }).waitFor()

  await openMail('My lamp blinks')
  await page.keyboard.press('r')
  await hasFocus(body())
  await insertFrom('Quote', /Q-0001/)
  await page.getByRole('button', { name: /Remove Q-0001\.pdf/ }).waitFor()
  await body().focus()
  await page.keyboard.type('Here is our quote.')
  const before = team.smtp.received.length
  await page.keyboard.press('Control+Enter')
  const received = await team.smtp.waitFor(before + 1, 60_000)
  const mail = await simpleParser(received.at(-1)!.raw)
  expect(mail.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
    ['Q-0001.pdf', 'application/pdf'],
  ])
  expect(mail.attachments[0]!.content.subarray(0, 5).toString()).toBe('%PDF-')

  await go('#/library')
  await page.getByRole('link', { name: /Q-0001/ }).click()
  // It was sent with the mail, and is not changed any more.
  await page.getByText('The customer has this quote, so it stays as it is.').waitFor()
  expect(await button('Save').count()).toBe(0)
  await page.getByLabel('State').selectOption('Accepted')
  await page.getByText('Q-0001 is accepted.').waitFor()
  await page.getByRole('link', { name: 'Carla Costa' }).click()
  const entry = page.getByRole('article', { name: /noted that a quote was accepted/ })
  await entry.getByRole('link', { name: /Q-0001 · Forty lamps/ }).click()
  await button('Duplicate').click()
  await page.getByRole('heading', { name: 'Quote Q-0002' }).waitFor()
  expect(await box('Quantity, line 1').inputValue()).toBe('40')
})

test('a quote begun on a contact’s page knows whom it is for', async () => {
  await page.getByRole('link', { name: 'Carla Costa' }).click()
  await page.getByRole('heading', { name: 'Carla Costa' }).waitFor()
  await button('New quote').click()
  await page.getByRole('heading', { name: 'New quote' }).waitFor()
  await eventually(() => box('Name').inputValue()).toBe('Carla Costa')
  expect(await box('For').inputValue()).toBe('Carla Costa\nDovecot')
  await page.getByRole('main').getByRole('link', { name: 'Carla Costa' }).waitFor()
  // Nothing was written yet: leaving does not ask.
  await go('#/library')
  await page.getByText('Nothing is open').waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('a video is a picture in the mail that leads to it', async () => {
  await go('#/library')
  await begin('New video')
  await box('Name').fill('The lamp at work')
  await page.locator('input[data-entry-file]').setInputFiles({
    name: 'lamp.png',
    mimeType: 'image/png',
    buffer: Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    ),
  })
  await page.getByText('lamp.png').waitFor()
  await button('Save').click()
  await page.getByText('A picture leads to a video: say where that is shown.').waitFor()
  await box('Address of the video').fill('https://video.test/1')
  await button('Save').click()
  await page.getByRole('img', { name: 'Picture of The lamp at work' }).waitFor()
  await nothingForAxe('the editor of a video')
  await compose()
  await insertFrom('Video', /The lamp at work/)
  await button('As a picture with a link').click()
  const picture = body().getByRole('img', { name: 'The lamp at work' })
  await picture.waitFor()
  await eventually(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
  await discard()
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
