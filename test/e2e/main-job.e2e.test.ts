import type { Browser, Locator, Page } from 'playwright-core'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasFocus } from '../support/becomes.ts'
import { launchChromium, watchForErrors } from '../support/browser.ts'
import type { App } from '../support/app.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** A red dot: the smallest picture a person could paste. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
  'base64',
)

const customer = 'Carla Customer <customer@dovecot.test>'
let team: Team
let app: App
let browser: Browser
/** Ada's window, and a second browser on the same engine. */
let ada: Page
let other: Page
const errors: string[] = []

const option = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('listbox', { name: 'Conversations' }).getByRole('option', { name: text })
const conversation = (page: Page): Locator => page.getByRole('region', { name: 'Conversation' })
const view = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: new RegExp(`^${name}`) })

/** Waits until the conversation shows a text, in the page itself or in a mail's frame. */
async function shows(page: Page, text: string): Promise<void> {
  await expect
    .poll(async () => {
      const region = await conversation(page).innerText()
      const frames = await conversation(page).locator('iframe').all()
      const bodies = await Promise.all(
        frames.map((frame) =>
          frame
            .contentFrame()
            .locator('body')
            .innerText()
            .catch(() => ''),
        ),
      )
      return [region, ...bodies].join('\n')
    })
    .toContain(text)
}

async function openPage(): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  errors.push(...[])
  const seen = watchForErrors(page)
  page.on('close', () => errors.push(...seen))
  await page.goto(app.url)
  return page
}

beforeAll(async () => {
  team = await makeTeam()
  team.dovecot.deliver(
    'support',
    buildMail({
      from: customer,
      to: team.dovecot.address('support'),
      date: Date.now(),
      subject: 'My lamp blinks',
      text: 'Hello,\n\nmy lamp blinks three times and goes off.\n\nCarla',
      messageId: 'first@customer.test',
    }),
  )
  app = await team.start()
  browser = await launchChromium()
  ada = await openPage()
  other = await openPage()
})

afterAll(async () => {
  await ada?.close()
  await other?.close()
  await browser?.close()
  await team?.stop()
})

test('a day of a small team, from the first mail to the reopened conversation', async () => {
  // The first mail is in the list, and its conversation opens with it.
  await expect.poll(() => option(ada, /^Carla Customer.*My lamp blinks/).count()).toBe(1)
  await option(ada, /^Carla Customer.*My lamp blinks/).click()
  await conversation(ada).getByRole('heading', { name: 'My lamp blinks' }).waitFor()
  await conversation(ada).getByRole('article').first().waitFor()
  await ada.getByRole('region', { name: 'Contact' }).getByText('customer@dovecot.test').first().waitFor()

  // Assign it to oneself: the other browser sees it leave Unassigned.
  await option(other, /^Carla Customer/).waitFor()
  await conversation(ada).getByRole('button', { name: 'Assign', exact: true }).click()
  await ada
    .getByRole('option', { name: /Ada Agent/ })
    .or(ada.getByRole('menuitem', { name: /Ada Agent/ }))
    .first()
    .click()
  await expect.poll(() => option(other, /^Carla Customer/).count()).toBe(0)
  await view(other, 'Assigned to me').click()
  await option(other, /^Carla Customer/).click()

  // Comment: there, here, and in no mail.
  await conversation(ada).getByRole('button', { name: 'Comment' }).first().click()
  await hasFocus(conversation(ada).getByRole('textbox', { name: 'Comment text' }))
  await ada.keyboard.type('Third one this week, batch 0417.')
  await ada.keyboard.press('Control+Enter')
  await shows(other, 'Third one this week, batch 0417.')

  // Reply with a file and a picture in the text.
  await conversation(ada).getByRole('button', { name: 'Reply', exact: true }).click()
  const body = ada.getByRole('textbox', { name: 'Message body' })
  await body.click()
  await ada.keyboard.type('Hello Carla, please see the picture.')
  await body.evaluate((element, base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const data = new DataTransfer()
    data.items.add(new File([bytes], 'dot.png', { type: 'image/png' }))
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
  }, PICTURE.toString('base64'))
  await body.locator('img').first().waitFor()
  await ada
    .locator('input[type=file]:not([accept^="image"])')
    .first()
    .setInputFiles({
      name: 'manual.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Press the button twice.'),
    })
  await ada.getByRole('button', { name: 'Remove manual.txt' }).waitFor()
  await ada.getByRole('button', { name: 'Send', exact: true }).click()
  await ada.getByRole('button', { name: 'Undo' }).first().waitFor()

  // The receiver got correct MIME, once.
  const [received] = await team.smtp.waitFor(1, 60_000)
  const mail = await simpleParser(received!.raw)
  expect(received!.to).toEqual(['customer@dovecot.test'])
  expect(mail.subject).toBe('Re: My lamp blinks')
  expect(mail.inReplyTo).toBe('<first@customer.test>')
  expect(mail.references).toContain('first@customer.test')
  expect(mail.text).toContain('Hello Carla, please see the picture.')
  expect(mail.text).not.toContain('batch 0417')
  const file = mail.attachments.find((one) => one.filename === 'manual.txt')
  expect(file?.content.toString()).toBe('Press the button twice.')
  const picture = mail.attachments.find((one) => one.contentType === 'image/png')
  expect(picture?.content.equals(PICTURE)).toBe(true)
  expect(picture?.related).toBe(true)
  expect(String(mail.html)).toContain('<img')
  expect(received!.raw.toString('latin1')).not.toMatch(/[^\r]\n/)

  // It lies in Sent on the server, in the Sent view, and in the conversation of both browsers.
  await expect.poll(() => team.dovecot.messagesOnDisk('support', 'Sent').length).toBe(1)
  await shows(other, 'please see the picture')
  await view(other, 'Sent').click()
  await option(other, /My lamp blinks/)
    .first()
    .waitFor()
  await expect.poll(() => option(other, /My lamp blinks/).count()).toBe(1)

  // The answer comes into the same conversation.
  team.dovecot.deliver(
    'support',
    buildMail({
      from: customer,
      to: team.dovecot.address('support'),
      date: Date.now(),
      subject: 'Re: My lamp blinks',
      text: 'Thank you, it works now.',
      messageId: 'second@customer.test',
      inReplyTo: mail.messageId!.replace(/[<>]/g, ''),
      references: ['first@customer.test', mail.messageId!.replace(/[<>]/g, '')],
    }),
  )
  await shows(ada, 'Thank you, it works now.')
  expect(team.smtp.received).toHaveLength(1)

  // Close; a new mail reopens.
  await conversation(ada).getByRole('button', { name: 'Close conversation' }).click()
  await view(other, 'Closed').click()
  await option(other, /^Carla Customer/).waitFor()
  team.dovecot.deliver(
    'support',
    buildMail({
      from: customer,
      to: team.dovecot.address('support'),
      date: Date.now(),
      subject: 'Re: My lamp blinks',
      text: 'It blinks again.',
      messageId: 'third@customer.test',
      inReplyTo: 'second@customer.test',
      references: ['first@customer.test', 'second@customer.test'],
    }),
  )
  await expect.poll(() => option(other, /^Carla Customer/).count()).toBe(0)
  await view(other, 'Assigned to me').click()
  await option(other, /^Carla Customer/).waitFor()

  // Search finds it by a word of its body.
  await other.getByRole('searchbox', { name: 'Search' }).fill('blinks from:carla')
  await option(other, /My lamp blinks/)
    .first()
    .waitFor()
  expect(errors).toEqual([])
})

test('the app is as it was after a restart', async () => {
  await app.kill()
  app = await team.start()
  const page = await openPage()
  await view(page, 'Assigned to me').click()
  await option(page, /^Carla Customer.*My lamp blinks/).click()
  await shows(page, 'Third one this week, batch 0417.')
  await shows(page, 'It blinks again.')
  await page.close()
})
