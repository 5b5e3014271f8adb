import { simpleParser } from 'mailparser'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import { startApp } from '../support/app.ts'
import type { App } from '../support/app.ts'
import { hasFocus } from '../support/becomes.ts'
import { launchChromium, violations } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { freePort } from '../support/ports.ts'
import { makeTeam } from '../support/team.ts'
import type { Team } from '../support/team.ts'

/** A picture of one red point. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
)

let team: Team
let app: App
let port: number
let browser: Browser
let context: BrowserContext
let page: Page

/** On a port that stays the same, so that what the browser keeps for this origin is found again after a kill. */
const start = () =>
  startApp({
    dataDir: team.dataDir,
    args: ['--provision', team.provision, '--port', String(port)],
    env: { SUPPORT_PASSWORD: 'secret' },
  })

const field = (name: string, within: Page | Locator = page) =>
  within.getByRole('textbox', { name, exact: true })
const button = (name: string, within: Page | Locator = page) =>
  within.getByRole('button', { name, exact: true })
const chips = (name: string) => page.getByRole('list', { name: `${name}: recipients` }).getByRole('listitem')
const status = () => page.getByRole('status')

async function open(): Promise<void> {
  page = await context.newPage()
  await page.goto(app.url)
  await button('Compose').waitFor()
}

async function compose(to: string, subject: string, text: string): Promise<void> {
  await button('Compose').click()
  await field('To').fill(to)
  await field('Subject').fill(subject)
  await field('Message body').click()
  await page.keyboard.type(text)
}

/** What a person pastes; the clipboard itself is out of reach in a headless browser. */
async function paste(
  target: Locator,
  content: { text?: string; html?: string; file?: Buffer },
): Promise<void> {
  await target.evaluate(
    (element, { text, html, base64 }) => {
      const data = new DataTransfer()
      if (text !== undefined) data.setData('text/plain', text)
      if (html !== undefined) data.setData('text/html', html)
      if (base64 !== undefined) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
        data.items.add(new File([bytes], 'dot.png', { type: 'image/png' }))
      }
      element.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      )
    },
    { text: content.text, html: content.html, base64: content.file?.toString('base64') },
  )
}

const expectAccessible = async (selector: string) =>
  expect(await violations(page, { within: [selector] })).toEqual([])

/** What waits to be taken back leaves at once: the time for that is long here, for a machine that is slow. */
async function leaves(): Promise<void> {
  const { client, close } = await connectApp(app.url)
  const held = async () => (await client.outbox.list({})).filter(({ delivery }) => delivery.state === 'held')
  await expect.poll(held).not.toEqual([])
  for (const { id } of await held()) await client.outbox.sendNow({ id })
  close()
}

beforeAll(async () => {
  team = await makeTeam()
  port = await freePort()
  browser = await launchChromium()
  for (const n of [1, 2]) {
    team.dovecot.deliver(
      'support',
      buildMail({
        from: `Customer ${n} <customer${n}@dovecot.test>`,
        to: team.dovecot.address('support'),
        date: Date.now() - n * 60_000 - (n === 2 ? 9.5 * 3_600_000 : 0),
        subject: `Question ${n}`,
        text: `The words of question ${n}.`,
        messageId: `question-${n}@customer.test`,
      })
        // The second one writes from half the world away.
        .toString()
        .replace('+0000', n === 2 ? '-0930' : '+0000'),
    )
  }
  app = await start()
})

beforeEach(async () => {
  team.smtp.clearRules()
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await context.addInitScript(() => {
    localStorage.setItem('anteroom.preferences', JSON.stringify({ undoSeconds: 30 }))
  })
  await open()
})

afterEach(() => context?.close())

afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await team?.stop()
})

test('recipients: pasted lists, suggestions, keys on chips, and no sending to what is no address', async () => {
  await button('Compose').click()
  await paste(field('To'), {
    text: 'Ada Agent <ada@cust.test>; "Doe, John" <john@cust.test>\nnonsense, ADA@cust.test',
  })
  await expect.poll(() => chips('To').count()).toBe(3)
  await chips('To')
    .getByRole('button', { name: /^nonsense, not valid/ })
    .waitFor()
  await field('Subject').fill('x')
  await field('Message body').fill('x')
  await button('Send').click()
  await page.getByRole('alert').getByText('cannot be written to: nonsense').waitFor()
  await expectAccessible('[aria-label="Open drafts"]')

  // From the empty field backwards: the last one is reached, removed, and the focus stays among them.
  await field('To').focus()
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Delete')
  await expect.poll(() => chips('To').count()).toBe(2)
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Doe, John, john@cust.test')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await expect.poll(() => field('To').inputValue()).toBe('Ada Agent <ada@cust.test>')
  await page.keyboard.press('Enter')
  await expect.poll(() => chips('To').count()).toBe(2)

  // Whoever wrote to us is offered.
  await field('Cc').pressSequentially('customer1@dove')
  await page.getByRole('option', { name: /customer1@dovecot\.test/ }).waitFor()
  await expectAccessible('[aria-label="Open drafts"]')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => chips('Cc').count()).toBe(1)
  await button('Discard draft').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
  await expect.poll(() => page.getByRole('complementary', { name: 'Open drafts' }).count()).toBe(0)
})

test('a mail with everything: undone, opened as it was, sent, and right at the receiver', async () => {
  await compose('"Doe, John" <john@cust.test>', 'Żółć & co', 'See the ')
  await page.keyboard.press('Control+B')
  await page.keyboard.type('attached')
  await page.keyboard.press('Control+B')
  await page.keyboard.type(' picture: ')
  await paste(field('Message body'), { file: PICTURE })
  await page.keyboard.press('Enter')
  await paste(field('Message body'), {
    html: '<p style="color:red" onclick="x()">pasted <i class="a">words</i><img src="https://tracker.test/p.gif"><script>window.ran = true</script></p>',
  })
  await page.getByText('A picture from the web was left out').waitFor()
  await page
    .getByRole('complementary')
    .locator('input[type=file]')
    .setInputFiles({
      name: 'offer.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('42'),
    })
  await page.getByRole('button', { name: 'Remove offer.txt' }).waitFor()
  await field('Message body').press('Control+Enter')
  await status()
    .getByText(/^Sending in \d+ s$/)
    .waitFor()
  await status().getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => field('Subject').inputValue()).toBe('Żółć & co')
  await expect.poll(() => chips('To').innerText()).toBe('Doe, John')
  await expect.poll(() => field('Message body').innerText()).toContain('pasted words')
  const picture = field('Message body').getByRole('img', { name: 'dot' })
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
  await button('offer.txt').waitFor()

  const before = team.smtp.received.length
  await button('Send').click()
  await leaves()
  await status().getByText('Message sent.').waitFor()
  expect(team.smtp.received).toHaveLength(before + 1)
  const received = team.smtp.received[before]!
  const mail = await simpleParser(received.raw)
  expect(received.to).toEqual(['john@cust.test'])
  expect(mail.subject).toBe('Żółć & co')
  expect(mail.text).toContain('See the attached picture')
  expect(mail.html).toMatch(/<strong[^>]*>attached<\/strong>/)
  expect(mail.html).toMatch(/pasted <em[^>]*>words<\/em>/)
  expect(mail.html).not.toMatch(/tracker|onclick|class=|<script/)
  expect(
    mail.attachments.map(({ filename, related, content }) => [filename, related === true, content.length]),
  ).toEqual([
    ['dot.png', true, PICTURE.length],
    ['offer.txt', false, 2],
  ])
  expect(await page.evaluate(() => 'ran' in window)).toBe(false)
})

test('what was typed last survives the death of the engine and of the window', async () => {
  await compose('john@cust.test', 'Survivor', 'Saved words')
  await page.getByText('Saved', { exact: true }).waitFor()
  await app.kill()
  await field('Message body').press('Control+End')
  await page.keyboard.type(', and words typed while nothing listens')
  await page.getByRole('alert').getByText('Your text is kept on this machine').waitFor()
  await page.close()
  app = await start()
  await open()
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: /^Drafts/ })
    .click()
  await page.getByRole('option', { name: /Survivor/ }).click()
  await page.getByText('What you typed last is back').waitFor()
  await expect
    .poll(() => field('Message body').innerText())
    .toBe('Saved words, and words typed while nothing listens')

  // Here the window stays, and the engine comes back: saved without a hand moving.
  await app.kill()
  await field('Message body').press('Control+End')
  await page.keyboard.type('!')
  await page.getByRole('alert').getByText('Your text is kept on this machine').waitFor()
  app = await start()
  await page.getByText('Saved', { exact: true }).waitFor({ timeout: 60_000 })
  await page.reload()
  await button('Show again').click()
  await expect
    .poll(() => field('Message body').innerText())
    .toBe('Saved words, and words typed while nothing listens!')
  await button('Discard draft').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
  await expect.poll(() => field('Message body').count()).toBe(0)
})

test('each conversation keeps its own answer', async () => {
  const option = (n: number) => page.getByRole('option', { name: new RegExp(`Question ${n}`) })
  await option(1).click()
  await button('Reply').first().click()
  await field('Message body').click()
  await page.keyboard.type('Answer to the first')
  await option(2).click()
  await page.getByRole('heading', { name: 'Question 2' }).first().waitFor()
  await expect.poll(() => field('Message body').count()).toBe(0)
  await button('Reply').first().click()
  await field('Message body').waitFor()
  // Nothing was written here: nothing is left behind.
  await option(1).click()
  await expect.poll(() => field('Message body').innerText()).toBe('Answer to the first')
  await page.getByRole('button', { name: 'Show quoted text' }).last().click()
  await page
    .getByRole('group', { name: /^Quoted text/ })
    .getByText('The words of question 1.')
    .waitFor()
  await expectAccessible('section[aria-label="Reply"]')
  await option(2).click()
  await page.getByRole('heading', { name: 'Question 2' }).first().waitFor()
  await expect.poll(() => field('Message body').count()).toBe(0)

  await option(1).click()
  const before = team.smtp.received.length
  await field('Message body').press('Control+Enter')
  await leaves()
  await expect.poll(() => team.smtp.received.length).toBe(before + 1)
  const mail = await simpleParser(team.smtp.received[before]!.raw)
  expect(mail.inReplyTo).toBe('<question-1@customer.test>')
  expect(mail.text).toContain('> The words of question 1.')
})

test('a key that is quicker than the conversation answers it all the same', async () => {
  const option = (n: number) => page.getByRole('option', { name: new RegExp(`Question ${n}`) })
  // The reader is there, but nothing is known of the conversation by now.
  await page.reload()
  await option(1).click()
  await page.getByRole('heading', { name: 'Question 1' }).first().waitFor()
  await option(2).click()
  await page.keyboard.press('r')
  await field('Message body').waitFor()
  await page.getByRole('heading', { name: 'Question 2' }).first().waitFor()
  await option(1).click()
  await expect.poll(() => field('Message body').count()).toBe(0)
})

test('the outbox explains a refusal and asks about what is not certain (faults 22, 24)', async () => {
  const outbox = () => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /^Outbox/ })
  const dialog = page.getByRole('dialog')
  team.smtp.rule({ at: 'rcpt', reply: '550 5.1.1 No such user here', address: 'nobody@' })
  await compose('nobody@cust.test', 'Refused one', 'x')
  await button('Send').click()
  await leaves()
  await status()
    .getByText(/Not sent:.*No such user here/)
    .waitFor()
  await outbox().click()
  await page.getByRole('option', { name: /Refused one/ }).click()
  await dialog.getByText('550 5.1.1 No such user here').first().waitFor()
  await expectAccessible('[role=dialog]')
  await button('Back to draft', dialog).click()
  await expect.poll(() => field('Subject').inputValue()).toBe('Refused one')
  await button('Discard draft').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()

  team.smtp.rule({ at: 'end', reply: 'drop', stored: false, times: 1 })
  await compose('maybe@cust.test', 'Uncertain one', 'x')
  await button('Send').click()
  await leaves()
  await status().getByText('It is not certain whether the message arrived').waitFor({ timeout: 60_000 })
  await outbox().click()
  await page.getByRole('option', { name: /Uncertain one/ }).click()
  await dialog.getByText('sending again may deliver it twice').waitFor()
  await expectAccessible('[role=dialog]')
  const before = team.smtp.received.length
  await button('Send again', dialog).click()
  await expect.poll(() => team.smtp.received.length).toBe(before + 1)
})

test('recipients move between fields; files are looked at, renamed and brought back; a window of its own', async () => {
  await button('Compose').click()
  await field('To').fill('Ada <ada@cust.test>, bob@cust.test,')
  await expect.poll(() => chips('To').count()).toBe(2)
  const chip = (list: string, name: string) => chips(list).getByRole('button', { name, exact: true })
  await chip('To', 'Ada, ada@cust.test').focus()
  await page.keyboard.press('Alt+ArrowDown')
  await chip('Cc', 'Ada, ada@cust.test').waitFor()
  // It has the focus still, so that it can go on.
  await page.keyboard.press('Alt+ArrowDown')
  await chip('Bcc', 'Ada, ada@cust.test').waitFor()
  await chips('Bcc').first().dragTo(field('Cc'))
  await chip('Cc', 'Ada, ada@cust.test').waitFor()
  await expect.poll(() => chips('To').count()).toBe(1)

  // Dropped on the title: anywhere is right.
  const heading = page.getByRole('heading', { name: 'New message' })
  await heading.evaluate((element) => {
    const data = new DataTransfer()
    data.items.add(new File(['forty-two'], 'offer.txt', { type: 'text/plain' }))
    for (const type of ['dragover', 'drop'])
      element.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
  })
  await button('offer.txt').click()
  await page.getByRole('dialog', { name: 'offer.txt' }).getByText('forty-two').waitFor()
  await page.keyboard.press('Escape')
  await button('Rename offer.txt').click()
  await hasFocus(page.getByRole('complementary', { name: 'Open drafts' }).locator('input:focus'))
  // The end of the name stays.
  await page.keyboard.type('price list')
  await page.keyboard.press('Enter')
  await button('price list.txt').waitFor()
  await button('Remove price list.txt').click()
  await expect.poll(() => button('price list.txt').count()).toBe(0)
  await status().getByRole('button', { name: 'Undo' }).click()
  await button('price list.txt').waitFor()
  await expectAccessible('[aria-label="Open drafts"]')

  await field('Subject').fill('Alone')
  const opened = context.waitForEvent('page')
  await button('Open in a window of its own').click()
  const own = await opened
  await expect.poll(() => field('Subject', own).inputValue()).toBe('Alone')
  await expect.poll(() => page.getByRole('complementary', { name: 'Open drafts' }).count()).toBe(0)
  await field('Message body', own).fill('Written alone')
  await own.getByText('Saved', { exact: true }).waitFor()
  // An earlier version comes back, and the present one stays among them (C7).
  const versions = own.getByRole('dialog', { name: 'Earlier versions of this draft' })
  const restore = async (text: string) => {
    await button('More', own).click()
    await own.getByRole('menuitem', { name: /^Earlier versions/ }).click()
    const wanted = versions.getByRole('listitem').filter({ hasText: text }).last()
    await wanted.getByRole('button', { name: /^Restore/ }).click()
    await versions.waitFor({ state: 'detached' })
  }
  await restore('(empty)')
  await expect.poll(() => field('Message body', own).textContent()).toBe('')
  await restore('Written alone')
  await expect.poll(() => field('Message body', own).innerText()).toBe('Written alone')
  const before = team.smtp.received.length
  await field('Message body', own).press('Control+Enter')
  await own.getByText('There is nothing left to write here').waitFor()
  await leaves()
  await expect.poll(() => team.smtp.received.length).toBe(before + 1)
  const mail = await simpleParser(team.smtp.received[before]!.raw)
  expect(mail.subject).toBe('Alone')
  expect(mail.attachments.map(({ filename }) => filename)).toEqual(['price list.txt'])
})

test('teammates see an answer; one that waits for nobody answering comes back when somebody does', async () => {
  const ben = await connectApp(app.url)
  const { users } = await ben.client.workspace.get({})
  await ben.client.users.signIn({ id: users.find(({ name }) => name === 'Ben Bell')!.id })
  await page.getByRole('option', { name: /Question 2/ }).click()
  const threadId = page.url().split('/').at(-1)!
  const { items } = await ben.client.threads.get({ id: threadId as never })
  const [message] = items.flatMap((item) => (item.type === 'message' ? item.message : []))
  const draft = await ben.client.drafts.open({ mode: 'reply', sourceMessageId: message!.id })
  await ben.client.drafts.save({
    id: draft.id,
    version: draft.version,
    content: {
      channelId: draft.channelId,
      to: draft.to,
      cc: [],
      bcc: [],
      subject: draft.subject,
      html: '<p>Ben’s <b>words</b></p>',
    },
  })
  const others = page.getByRole('region', { name: 'Answers of teammates' })
  await others.getByText('Ben Bell has begun an answer').waitFor()
  await others.getByRole('button', { name: 'Show the text' }).click()
  await others.getByText('Ben’s words').waitFor()
  await expectAccessible('[aria-label="Answers of teammates"]')
  await ben.client.drafts.discard({ id: draft.id })
  await expect.poll(() => others.count()).toBe(0)
  ben.close()

  await button('Reply').first().click()
  await field('Message body').fill('A reminder')
  await button('More options').click()
  await page.getByRole('menuitem', { name: 'Pick a time…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Send later' })
  await field('When', dialog).fill('whenever')
  await dialog.getByText('Anteroom does not understand this time').waitFor()
  await field('When', dialog).fill('tomorrow 9am')
  await dialog.getByText(/^Leaves .*9:00/).waitFor()
  await dialog.getByText(/^Their last mail, of .*, was written at UTC−9:30\.$/).waitFor()
  await dialog.getByRole('radio', { name: 'That of Customer 2, UTC−9:30' }).check()
  await dialog.getByText(/for Customer 2 it is .*9:00/).waitFor()
  await dialog.getByRole('checkbox', { name: /^Only if nobody answers before/ }).check()
  await expectAccessible('[role=dialog]')
  await button('Schedule', dialog).click()
  await status()
    .getByText(/unless somebody answers before/)
    .waitFor()
  team.dovecot.deliver(
    'support',
    buildMail({
      from: 'Customer 2 <customer2@dovecot.test>',
      to: team.dovecot.address('support'),
      date: Date.now(),
      subject: 'Re: Question 2',
      text: 'Never mind.',
      messageId: 'never-mind@customer.test',
      inReplyTo: 'question-2@customer.test',
    }),
  )
  await status().getByText('Not sent: somebody answered before.').waitFor({ timeout: 60_000 })
  await page.getByText('Not sent: Customer 2 wrote in this conversation before it was due.').waitFor()
  await expect.poll(() => field('Message body').innerText()).toBe('A reminder')
})

test('send later waits in the outbox and can be taken back', async () => {
  await compose('later@cust.test', 'Later one', 'x')
  await button('More options').click()
  await page.getByRole('menuitem', { name: /^Tomorrow/ }).click()
  await status()
    .getByText(/^Will be sent/)
    .waitFor()
  const before = team.smtp.received.length
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: /^Outbox/ })
    .click()
  await page.getByRole('option', { name: /Later one/ }).click()
  await button('Undo', page.getByRole('dialog')).click()
  await expect.poll(() => field('Subject').inputValue()).toBe('Later one')
  expect(team.smtp.received).toHaveLength(before)
})
