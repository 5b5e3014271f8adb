import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { App } from '../support/app.ts'
import { eventually, hasFocus } from '../support/becomes.ts'
import { launchChromium, violations, watchForErrors } from '../support/browser.ts'
import { makeTwoInboxes, type TwoInboxes } from '../support/two-inboxes.ts'

/** Two colleagues in one conversation, each in a browser of their own: who is there, and what they say to each other. */

let company: TwoInboxes
let app: App
let browser: Browser
let ada: Page
let ben: Page
const contexts: BrowserContext[] = []
const errors: string[] = []

async function windowOf(name: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  contexts.push(context)
  const page = await context.newPage()
  const seen = watchForErrors(page)
  page.on('close', () => errors.push(...seen.map((error) => `${name}: ${error}`)))
  await page.goto(app.url)
  const menu = page.getByRole('button', { name: /^Acme/ })
  await menu.waitFor()
  if (!(await menu.innerText()).includes(name)) {
    await menu.click()
    await page.getByRole('menuitemcheckbox', { name }).click()
  }
  await page.getByRole('button', { name: new RegExp(`^Acme.*${name}`) }).waitFor()
  return page
}

const conversation = (page: Page): Locator => page.getByRole('region', { name: 'Conversation' })
const view = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: new RegExp(`^${name}`) })
const row = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('listbox', { name: 'Conversations' }).getByRole('option', { name: text })
const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true })
/** Who else is in the conversation, in the words at its top. */
const here = async (page: Page): Promise<string[]> =>
  (
    await conversation(page)
      .getByRole('list', { name: 'Also here' })
      .first()
      .getByRole('listitem')
      .allInnerTexts()
      .catch(() => [])
  ).map((text) => text.split('\n').at(-1) ?? '')
const comment = (page: Page, text: string): Locator =>
  conversation(page)
    .getByRole('group', { name: /^Comment by/ })
    .filter({ hasText: text })
const commentText = (page: Page): Locator => conversation(page).getByRole('textbox', { name: 'Comment text' })

async function open(page: Page): Promise<void> {
  await view(page, 'All open').click()
  await row(page, /My lamp blinks/).click()
  await conversation(page).getByRole('heading', { name: 'My lamp blinks' }).waitFor()
}
beforeAll(async () => {
  company = await makeTwoInboxes()
  company.write('support', 'My lamp blinks')
  app = await company.start()
  browser = await launchChromium()
  const client = await company.as(app, 'Ada Agent')
  await vi.waitFor(async () => expect((await client.threads.list({ view: 'open' })).rows).toHaveLength(1))
  ada = await windowOf('Ada Agent')
  ben = await windowOf('Ben Bell')
})
afterAll(async () => {
  for (const context of contexts) await context.close()
  await browser?.close()
  await company?.stop()
})

test('they see each other come, write and go', async () => {
  await open(ada)
  expect(await conversation(ada).getByRole('list', { name: 'Also here' }).count()).toBe(0)
  await open(ben)
  await eventually(() => here(ada)).toEqual(['Ben Bell is here'])
  await eventually(() => here(ben)).toEqual(['Ada Agent is here'])
  // It is said aloud, too.
  await eventually(() => conversation(ada).locator('[aria-live=polite]').allInnerTexts()).toContain(
    'Ben Bell is here',
  )
  await button(ada, 'Next unassigned').waitFor()

  // Ben begins an answer, and pauses.
  await button(conversation(ben), 'Reply').click()
  await ben.getByRole('textbox', { name: 'Message body' }).click()
  await ben.keyboard.type('Hello Carla')
  await eventually(() => here(ada)).toEqual(['Ben Bell is typing…'])
  await eventually(() => here(ada)).toEqual(['Ben Bell is writing an answer'])

  // Whoever begins one now sees it beside what they write.
  await button(conversation(ada), 'Reply').click()
  const beside = ada.locator('form').getByRole('list', { name: 'Also here' })
  await eventually(() => beside.allInnerTexts()).toEqual([
    expect.stringContaining('Ben Bell is writing an answer'),
  ])
  expect(await violations(ada, { within: ['[aria-label="Conversation"]'] })).toEqual([])

  // A window that is closed is gone; the list tells who is where.
  await view(ada, 'Unassigned').click()
  await row(ada, /Ben Bell is writing an answer/).waitFor()
  const second = await ben.context().newPage()
  await second.goto(app.url)
  await button(second, 'Search')
    .or(second.getByRole('searchbox', { name: 'Search' }))
    .first()
    .waitFor()
  await ben.close()
  await eventually(() => row(ada, /Ben Bell/).count()).toBe(0)
  ben = second
  expect(errors).toEqual([])
})

test('an answer is stopped when a colleague was quicker (D6)', async () => {
  await open(ada)
  await open(ben)
  await ben.getByRole('textbox', { name: 'Message body' }).getByText('Hello Carla').waitFor()
  await button(conversation(ada), 'Reply').click()
  await ada.getByRole('textbox', { name: 'Message body' }).click()
  await ada.keyboard.type('Hello Carla, press the button twice.')
  await eventually(() => here(ben)).toEqual(['Ada Agent is typing…'])
  await ada.keyboard.press('Control+Enter')
  await company.smtp.waitFor(1, 60_000)
  await eventually(() => conversation(ben).getByRole('article').count()).toBe(2)
  await eventually(() => here(ben)).toEqual(['Ada Agent is here'])
  await button(ben, 'Send').first().click()
  const dialog = ben.getByRole('dialog', { name: 'Before you send' })
  await dialog.getByText('press the button twice').first().waitFor()
  await ben.keyboard.press('Escape')
  expect(company.smtp.received).toHaveLength(1)
})

test('they talk about it: mentions, files, changes, and nothing of it leaves or runs', async () => {
  // Ben is elsewhere, and is told that he is mentioned.
  await view(ben, 'Closed').click()
  await eventually(() => here(ada)).toEqual([])
  await conversation(ada).getByRole('button', { name: 'Comment', exact: true }).last().click()
  await hasFocus(commentText(ada))
  await ada.keyboard.type('Third this week, @be')
  await conversation(ada)
    .getByRole('option', { name: /Ben Bell/ })
    .waitFor()
  await ada.keyboard.press('Enter')
  await ada.keyboard.type('see https://acme.test/lamps <img src=x onerror="window.ran=1">')
  await ada.locator('form[aria-label="New comment"] input[type=file]').setInputFiles({
    name: 'batch.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('batch 0417'),
  })
  await commentText(ada).evaluate((element) => {
    const data = new DataTransfer()
    const bytes = Uint8Array.from(
      atob(
        'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
      ),
      (char) => char.charCodeAt(0),
    )
    data.items.add(new File([bytes], 'dot.png', { type: 'image/png' }))
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
  })
  // Sent whole: a file that is still on its way when the page goes is not kept.
  const waiting = ada
    .locator('form[aria-label="New comment"]')
    .getByRole('list', { name: 'Files of the comment' })
    .getByRole('listitem')
  await eventually(() => waiting.count()).toBe(2)

  // What is not posted yet is there again after the page was loaded anew.
  await ada.reload()
  await eventually(() => commentText(ada).inputValue()).toContain('Third this week, @Ben Bell see')
  await eventually(() => waiting.count()).toBe(2)
  await commentText(ada).press('Control+Enter')
  await comment(ada, 'Third this week').waitFor()

  await ben.getByText('Ada Agent mentioned you in “My lamp blinks”').waitFor()
  await eventually(() => view(ben, 'Mentions').innerText()).toMatch(/1/)
  await view(ben, 'Mentions').click()
  await row(ben, /Ada Agent.*unread/).click()
  const said = comment(ben, 'Third this week')
  await said.getByText('@Ben Bell').waitFor()
  await eventually(() => view(ben, 'Mentions').innerText()).not.toMatch(/1/)
  await eventually(() => row(ben, /unread/).count()).toBe(0)

  // Text stays text; links and files open by address.
  expect(await said.innerText()).toContain('<img src=x onerror="window.ran=1">')
  expect(await said.locator('img').count()).toBe(1)
  expect(await said.getByRole('link', { name: 'https://acme.test/lamps' }).getAttribute('rel')).toContain(
    'noopener',
  )
  const file = await said.getByRole('link', { name: /batch\.txt/ }).getAttribute('href')
  expect(await (await ben.request.get(new URL(file!, app.url).href)).text()).toBe('batch 0417')
  expect(await ben.evaluate('window.ran')).toBeUndefined()
  expect(await button(said, 'More about this comment').count()).toBe(0)

  // Its author changes it, and takes it back; Ben sees it at once, and what it said before.
  const own = comment(ada, 'Third this week')
  await button(own, 'More about this comment').click()
  await ada.getByRole('menuitem', { name: 'Edit' }).click()
  await commentText(ada).fill('Fourth this week')
  await commentText(ada).press('Control+Enter')
  await button(comment(ben, 'Fourth this week'), 'edited').click()
  await ben.getByRole('dialog', { name: 'What this comment said' }).getByText('Third this week').waitFor()
  await ben.keyboard.press('Escape')
  await button(comment(ada, 'Fourth this week'), 'More about this comment').click()
  await ada.getByRole('menuitem', { name: 'Remove' }).click()
  await eventually(() => comment(ben, 'this week').count()).toBe(0)
  await button(ada, 'Undo').last().click()
  await comment(ben, 'Fourth this week').waitFor()

  // Of all that, no mail has a word.
  await button(conversation(ada), 'Forward').last().click()
  await ada.getByRole('textbox', { name: 'Message body' }).waitFor()
  expect(await ada.locator('form').filter({ hasText: 'To' }).first().innerText()).not.toContain('this week')
  const [sent] = company.smtp.received
  expect(sent!.raw.toString()).not.toContain('this week')
})

test('who takes over a window finds nothing in it of the one before', async () => {
  company.write('support', 'A second lamp')
  const page = await windowOf('Ada Agent')
  const become = async (name: string) => {
    await page.getByRole('button', { name: /^Acme/ }).click()
    await page.getByRole('menuitemcheckbox', { name }).click()
    await page.getByRole('button', { name: new RegExp(`^Acme.*${name}`) }).waitFor()
    await view(page, 'All open').waitFor()
  }
  await view(page, 'All open').click()
  await row(page, /A second lamp/).click()
  await button(conversation(page), 'Close conversation').click()
  const undo = page.getByRole('status').getByRole('button', { name: 'Undo' })
  await undo.waitFor()
  await page.keyboard.press('c')
  const dock = page.getByRole('complementary', { name: 'Open drafts' })
  await dock.getByRole('textbox', { name: 'Message body' }).fill('For the eyes of Ada')

  await become('Ben Bell')
  expect(await dock.count()).toBe(0)
  expect(await undo.count()).toBe(0)
  await become('Ada Agent')
  await dock.getByRole('button').first().waitFor()
  await page.close()
})

test('without the engine nobody claims to know who is there', async () => {
  await open(ada)
  await open(ben)
  await eventually(() => here(ada)).toHaveLength(1)
  await app.kill()
  await conversation(ada).getByText('Presence unknown').first().waitFor()
  expect(await here(ada)).toEqual([])
})
