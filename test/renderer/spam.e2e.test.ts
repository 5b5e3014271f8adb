import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../support/app.ts'
import { connectApp } from '../support/app-client.ts'
import { eventually } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** Spam, passing on and taking along in the built application, over a real server. */

const HOSTILE = '<img src=x onerror="document.title=1"><style>body{display:none}</style>'
let team: Team
let app: App
let browser: Browser
let page: Page
let errors: string[] = []
let lamp: Buffer

beforeAll(async () => {
  team = await makeTeam()
  const to = team.dovecot.address('support')
  lamp = buildMail({
    from: 'Carla Costa <customer@dovecot.test>',
    to,
    date: Date.now(),
    subject: 'My lamp / blinks',
    text: 'Hello,\n\nmy lamp blinks.\n\nCarla',
    html: `<p>Hello,</p><p>my <b>lamp</b> blinks.</p>${HOSTILE}`,
    messageId: 'first@customer.test',
    attachments: [
      { name: 'lamp.pdf', mimeType: 'application/pdf', content: '%PDF-1.4 lamp' },
      { name: 'bill.txt', mimeType: 'text/plain', content: 'one lamp' },
    ],
  })
  team.dovecot.deliver('support', lamp)
  team.dovecot.deliver(
    'support',
    buildMail({
      from: `"${HOSTILE}" <eve@prizes.test>`,
      to,
      date: Date.now() - 60_000,
      subject: 'Win a prize',
      text: 'Hello.',
      messageId: 'first@prizes.test',
    }),
  )
  app = await team.start()
  const { client, close } = await connectApp(app.url)
  const ben = (await client.workspace.get({})).users.find(({ name }) => name === 'Ben Bell')!
  await client.teams.add({ name: 'Second level', memberIds: [ben.id] })
  close()
  browser = await launchChromium()
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
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

const conversation = (): Locator => page.getByRole('region', { name: 'Conversation' })
const button = (name: string): Locator => page.getByRole('button', { name, exact: true })
const toast = (): Locator => page.getByRole('status', { name: 'Notifications' })
const subjects = (folder?: string) =>
  team.dovecot
    .messagesOnDisk('support', folder)
    .map(({ raw }) => /^Subject: (.*)$/m.exec(raw.toString())?.[1]?.trim())
const nothingForAxe = async (what: string) => expect(await violations(page), what).toEqual([])
const openMail = async (view: RegExp, subject: RegExp) => {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click()
  await page.getByRole('listbox', { name: 'Conversations' }).getByRole('option', { name: subject }).click()
  await conversation().getByRole('heading', { name: subject }).waitFor()
}
/** Chooses something under More of the conversation. */
const more = async (item: string) => {
  await conversation().getByRole('button', { name: 'More', exact: true }).first().click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

test('a key marks as spam: here, on the server, and for what the sender writes next; z takes it back', async () => {
  await openMail(/^Unassigned/, /Win a prize/)
  await page.keyboard.press('!')
  await toast().getByText('New mail from eve@prizes.test is spam too.').waitFor()
  await eventually(() => subjects('Junk')).toEqual(['Win a prize'])
  // It is copied there before it is taken away here.
  await eventually(() => subjects()).toEqual(['My lamp / blinks'])
  await page.getByRole('option', { name: /Win a prize/ }).waitFor({ state: 'detached' })

  await openMail(/^Spam/, /Win a prize/)
  await conversation()
    .getByText(/Ada Agent marked this as spam, /)
    .waitFor()
  await conversation().getByText('On the server it is in Junk.').waitFor()
  await nothingForAxe('spam')
  team.dovecot.deliver(
    'support',
    buildMail({
      from: 'eve@prizes.test',
      to: team.dovecot.address('support'),
      date: Date.now(),
      subject: 'Another prize',
      text: 'x',
      messageId: 'second@prizes.test',
    }),
  )
  await page.getByRole('option', { name: /Another prize/ }).click()
  await conversation()
    .getByText(/The sender is blocked: eve@prizes\.test, by Ada Agent/)
    .waitFor()
  await eventually(() => subjects('Junk')).toEqual(expect.arrayContaining(['Win a prize', 'Another prize']))

  await openMail(/^Spam/, /Win a prize/)
  await conversation().getByRole('button', { name: 'Not spam', exact: true }).click()
  await toast().getByText('eve@prizes.test is not blocked any more.').waitFor()
  // It stays open beside the list of spam, and the palette knows that it is none.
  await conversation().getByRole('button', { name: 'Not spam', exact: true }).waitFor({ state: 'detached' })
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('combobox', { name: 'Type a command' })
  await palette.fill('spam')
  await page.getByRole('option', { name: /^Mark as spam/ }).waitFor()
  expect(await page.getByRole('option', { name: /^Not spam/ }).count()).toBe(0)
  await page.keyboard.press('Escape')
  await palette.waitFor({ state: 'detached' })
  await eventually(() => subjects()).toEqual(expect.arrayContaining(['Win a prize', 'My lamp / blinks']))
  await page.keyboard.press('z')
  await eventually(() => subjects('Junk')).toEqual(expect.arrayContaining(['Win a prize', 'Another prize']))
})

test('who is blocked is listed, added and removed in the settings', async () => {
  await page.evaluate(() => (location.hash = '/settings/blocked'))
  const list = page.getByRole('list', { name: 'Blocked senders' })
  await list.getByText('eve@prizes.test').waitFor()
  await page.getByRole('textbox', { name: 'Address or domain' }).fill('gmail.com')
  await button('Block').click()
  await page.getByText(/Many people who know nothing of each other write from gmail\.com/).waitFor()
  await page.getByRole('textbox', { name: 'Address or domain' }).fill('@Prizes.test')
  await button('Block').click()
  await list.getByText('whole domain').waitFor()
  // Somebody who types several does not wait for the engine.
  await page.getByRole('textbox', { name: 'Address or domain' }).fill('lures.test')
  await page.keyboard.press('Enter')
  await page.keyboard.type('traps.test')
  await list.getByText('lures.test').waitFor()
  expect(await page.getByRole('textbox', { name: 'Address or domain' }).inputValue()).toBe('traps.test')
  await page.getByRole('textbox', { name: 'Address or domain' }).fill('')
  await button('Unblock lures.test').click()
  await list.getByText('lures.test').waitFor({ state: 'detached' })
  await nothingForAxe('blocked senders')
  await button('Unblock prizes.test').click()
  await list.getByText('whole domain').waitFor({ state: 'detached' })
  await eventually(() => list.getByRole('listitem').count()).toBe(1)
})

test('a conversation is printed whole and clean, saved, and linked to', async () => {
  await openMail(/^Unassigned/, /My lamp/)
  // What goes to the printer: no dialog can be seen here.
  await page.evaluate(() => {
    const papers: string[] = []
    Object.assign(window, { papers })
    new MutationObserver((changes) => {
      for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
        if (node instanceof HTMLIFrameElement && node.dataset['print'] !== undefined) papers.push(node.srcdoc)
    }).observe(document.body, { childList: true })
  })
  await more('Print')
  const paper = async () =>
    (await page.evaluate(() => (window as unknown as { papers: string[] }).papers))[0] ?? ''
  await eventually(paper).not.toBe('')
  const context = await browser.newContext({ javaScriptEnabled: false })
  const print = await context.newPage()
  await print.setContent(await paper())
  await print.getByRole('heading', { name: 'My lamp / blinks' }).waitFor()
  await print.getByText('Carla Costa <customer@dovecot.test>').waitFor()
  await print.getByText('Attachments: lamp.pdf, bill.txt').waitFor()
  expect(await print.getByText('lamp', { exact: true }).isVisible()).toBe(true)
  expect(await paper()).not.toMatch(/onerror|<script/)
  expect((await print.pdf()).subarray(0, 5).toString()).toBe('%PDF-')
  await context.close()

  const download = async (act: () => Promise<void>) => {
    const [file] = await Promise.all([page.waitForEvent('download'), act()])
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
  }
  const mailbox = await download(() => more('Save all mail (.mbox)'))
  expect(mailbox.name).toBe('My lamp _ blinks.mbox')
  expect(mailbox.bytes.toString()).toMatch(/^From customer@dovecot\.test \w{3} /)
  const message = await download(async () => {
    await conversation()
      .getByRole('button', { name: /^Actions for the message/ })
      .click()
    await page.getByRole('menuitem', { name: 'Save as .eml', exact: true }).click()
  })
  expect(message.name).toBe('My lamp _ blinks.eml')
  expect(message.bytes.equals(lamp)).toBe(true)

  await more('Copy link')
  await toast().getByText('Link copied.').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(link).not.toContain('token')
  const other = await page.context().newPage()
  await other.goto(link)
  await other
    .getByRole('region', { name: 'Conversation' })
    .getByRole('heading', { name: 'My lamp / blinks' })
    .waitFor()
  await other.close()
})

test('a forward takes the files that are chosen; a conversation goes to a team in one step and back', async () => {
  await more('Forward')
  const files = page.getByRole('group', { name: 'Files of the original:' })
  const bill = files.getByRole('checkbox', { name: /bill\.txt/ })
  await eventually(() => bill.isChecked()).toBe(true)
  await bill.click()
  const attached = page.getByRole('list', { name: 'Attachments' })
  await attached.getByText('bill.txt').waitFor({ state: 'detached' })
  await nothingForAxe('a forward')
  await bill.click()
  await attached.getByText('bill.txt').waitFor()
  await button('Discard draft').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard', exact: true }).click()

  await more('Forward to a team')
  const dialog = page.getByRole('dialog', { name: 'Forward to a team' })
  await dialog.getByText('Stays in the inbox Support.').waitFor()
  await dialog.getByRole('textbox', { name: 'Note for the team' }).fill('Please look at this lamp.')
  await nothingForAxe('forward to a team')
  await dialog.getByRole('button', { name: 'Forward', exact: true }).click()
  await conversation().getByText('Forwarded to the team Second level.').waitFor()
  await conversation().getByText('Please look at this lamp.').waitFor()
  await toast().getByRole('button', { name: 'Undo' }).click()
  await conversation().getByText('Please look at this lamp.').waitFor({ state: 'detached' })
  // Chromium tells of every handler in a mail that its cleaning is about to take out.
  expect(errors.filter((error) => !error.includes('Executing inline event handler'))).toEqual([])
})
