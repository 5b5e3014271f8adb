import { simpleParser, type ParsedMail } from 'mailparser'
import type { Browser, Locator, Page } from 'playwright-core'
import type { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ThreadView } from '../../src/contract/threads.ts'
import { connectApp } from '../support/app-client.ts'
import type { App } from '../support/app.ts'
import { eventually, hasFocus } from '../support/becomes.ts'
import { launchChromium, watchForErrors } from '../support/browser.ts'
import type { TestClient } from '../support/engine.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/**
 * An agent's morning over a real mail server, by keyboard alone: what each step did is read where it counts, on the
 * server, at the receiver, or from the engine by a client of its own.
 */

let team: Team
let app: App
let browser: Browser
let page: Page
let api: TestClient
let imap: ImapFlow
let closeApi: () => void
let errors: string[] = []

const WRITERS = {
  carla: 'Carla Costa <customer@dovecot.test>',
  dan: 'Dan Dorn <dan@dorn.test>',
  eve: 'Eve Evans <eve@prizes.test>',
  greta: 'Greta Gold <greta@gold.test>',
  hugo: 'Hugo Haas <hugo@haas.test>',
  news: 'Weekly News <news@weekly.test>',
} as const
let sent = 0

/** A mail to Support, a minute after the one before; the first ones lie an hour back. @returns its Message-ID */
function arrives(
  from: keyof typeof WRITERS,
  subject: string,
  text: string,
  answers: { messageId: string; references?: string[] } | null = null,
): string {
  sent += 1
  const messageId = `m${sent}.${from}@morning.test`
  team.dovecot.deliver(
    'support',
    buildMail({
      from: WRITERS[from],
      to: team.dovecot.address('support'),
      date: Date.now() - 3_600_000 + sent * 60_000,
      subject,
      text,
      messageId,
      ...(answers && {
        inReplyTo: answers.messageId,
        references: [...(answers.references ?? []), answers.messageId],
      }),
    }),
  )
  return messageId
}

beforeAll(async () => {
  team = await makeTeam()
  arrives('news', 'Newsletter one', 'News.')
  arrives('news', 'Newsletter two', 'News.')
  arrives('news', 'Newsletter three', 'News.')
  arrives('eve', 'Win a prize', 'Send us your money first.')
  arrives('dan', 'Invoice 4711', 'Please find our invoice: 4711, EUR 80.')
  arrives('greta', 'Where is my parcel', 'It should have come on Monday.')
  arrives('hugo', 'The roof is leaking', 'Water comes in since Tuesday.')
  arrives('hugo', 'A picture of the roof', 'This is the picture for my other mail.')
  arrives('carla', 'My lamp blinks', 'Hello,\n\nmy lamp blinks three times.\n\nCarla')
  app = await team.start()
  ;({ client: api, close: closeApi } = await connectApp(app.url))
  await api.inboxes.add({ name: 'Sales' })
  await api.library.save({
    kind: 'template',
    audience: 'everyone',
    name: 'Lamps',
    content:
      '<p>Hi {{ contact.first_name }},</p><p>your lamp is on its way.</p><p>{{ sender.full_name }}</p>',
  })
  await api.library.save({
    kind: 'snippet',
    audience: 'everyone',
    name: 'Refund',
    shortcut: 'refund',
    content: '<p>You get your money back.</p>',
  })
  browser = await launchChromium()
  imap = await team.dovecot.client('support')
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  // Long, for a machine that is slow: what is not taken back is hurried on below.
  await context.addInitScript(() => {
    if (localStorage.getItem('anteroom.preferences') === null)
      localStorage.setItem('anteroom.preferences', JSON.stringify({ undoSeconds: 30 }))
    addEventListener(
      'pointerdown',
      (event) => event.isTrusted && Object.assign(window, { pointed: true }),
      true,
    )
  })
  page = await context.newPage()
  errors = watchForErrors(page)
  await page.goto(app.url)
})
afterAll(async () => {
  closeApi?.()
  await imap?.logout()
  await browser?.close()
  await team?.stop()
})

const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key)
}
const type = (text: string): Promise<void> => page.keyboard.type(text)
const hash = (): string => new URL(page.url()).hash
const rows = (): Locator => page.getByRole('listbox', { name: 'Conversations' }).getByRole('option')
const row = (text: string): Locator => rows().filter({ hasText: text })
const reader = (): Locator => page.getByRole('region', { name: 'Conversation' })
const opened = (subject: string): Promise<void> =>
  reader().getByRole('heading', { name: subject, exact: true }).waitFor()
const body = (): Locator => page.getByRole('textbox', { name: 'Message body' })
const told = (words: string | RegExp): Promise<void> => page.getByText(words).first().waitFor()

/** Waits until the window says what was done: from then on it can be taken back. */
const said = (words: string | RegExp): Promise<void> =>
  page.getByRole('status').filter({ hasText: words }).first().waitFor()

/** To another place by "g" and a letter; where the machine slept between the two, again. */
async function jump(letter: string, to: string): Promise<void> {
  for (let i = 0; i < 3 && hash() !== to; i += 1) {
    if (i > 0) await press('Escape')
    await press('g', letter)
    await page.waitForURL((url) => url.hash === to, { timeout: 5_000 }).catch(() => {})
  }
  expect(hash()).toBe(to)
}

/** The row that the keyboard stands on. */
const active = async (): Promise<string> => {
  const id = await page.getByRole('listbox', { name: 'Conversations' }).getAttribute('aria-activedescendant')
  return id === null ? '' : await page.locator(`[id="${id}"]`).innerText()
}
/** Goes through the list until the keyboard stands on a row. */
async function standOn(subject: string): Promise<void> {
  await row(subject).first().waitFor()
  const place = (of: Locator) => of.first().getAttribute('aria-posinset').then(Number)
  for (let i = 0; i < 40 && !(await active()).includes(subject); i += 1) {
    const id = await page
      .getByRole('listbox', { name: 'Conversations' })
      .getAttribute('aria-activedescendant')
    const below = id === null || (await place(page.locator(`[id="${id}"]`))) < (await place(row(subject)))
    await press(below ? 'j' : 'k')
  }
  expect(await active()).toContain(subject)
}
/** What the palette finds, by its name. */
async function goTo(text: string, option: string): Promise<void> {
  await press('Control+k')
  await hasFocus(page.getByRole('combobox', { name: 'Type a command' }))
  await type(text)
  await eventually(() =>
    page.getByRole('dialog').locator('[role=option][aria-selected=true]').first().innerText(),
  ).toContain(option)
  await press('Enter')
  await eventually(() => page.getByRole('combobox', { name: 'Type a command' }).count()).toBe(0)
}
/** A conversation from wherever one is. */
async function open(subject: string): Promise<void> {
  await goTo(subject, subject)
  await opened(subject)
}

const focusedOn = (name: string): Promise<boolean> =>
  page
    .getByRole('textbox', { name, exact: true })
    .first()
    .evaluate((element) => element === document.activeElement)

const thread = async (subject: string): Promise<ThreadView> => {
  const { rows: found } = await api.search.threads({ query: `subject:"${subject}"`, limit: 5 })
  const hit = found.find((each) => each.subject.includes(subject))
  if (!hit?.threadId) throw new Error(`There is no conversation "${subject}".`)
  return await api.threads.get({ id: hit.threadId })
}
const user = async (name: string): Promise<string> =>
  (await api.workspace.get({})).users.find((each) => each.name === name)!.id
const inbox = async (name: string): Promise<string> =>
  (await api.workspace.get({})).inboxes.find((each) => each.name === name)!.id

/** Of a mail in the mailbox, by its subject: what the server says of it. */
async function flags(subject: string): Promise<string[]> {
  const lock = await imap.getMailboxLock('INBOX')
  try {
    const found: string[] = []
    for await (const message of imap.fetch('1:*', { flags: true, envelope: true }))
      if (message.envelope?.subject === subject) found.push(...(message.flags ?? []))
    return found
  } finally {
    lock.release()
  }
}
/** The subjects in a folder, as the server has them. */
const subjectsIn = async (folder: string): Promise<string[]> =>
  await Promise.all(
    team.dovecot
      .messagesOnDisk('support', folder === 'INBOX' ? undefined : folder)
      .map(async ({ raw }) => (await simpleParser(raw)).subject ?? ''),
  )
const held = async () => (await api.outbox.list({})).filter(({ delivery }) => delivery.state === 'held')
const received = async (n: number): Promise<ParsedMail & { to: string[] }> => {
  // Nobody takes it back any more.
  await eventually(async () => team.smtp.received.length >= n || (await held()).length > 0).toBe(true)
  for (const { id } of await held()) await api.outbox.sendNow({ id })
  const all = await team.smtp.waitFor(n, 60_000)
  const mail = all[n - 1]!
  return Object.assign(await simpleParser(mail.raw), { to: mail.to }) as never
}

const steps: string[] = []
async function step(what: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    const shown = await page
      .locator('body')
      .innerText()
      .catch(() => '')
    throw new Error(
      `Step ${steps.length + 1}, ${what}: ${(error as Error).message}\n\nOn screen:\n${shown}`,
      {
        cause: error,
      },
    )
  }
  steps.push(what)
}

test('a morning of fifty steps, by keyboard alone', async () => {
  const me = await user('Ada Agent')
  const ben = await user('Ben Bell')

  // Looking around.
  await step('the first screen has what nobody has taken', async () => {
    await row('My lamp blinks').waitFor()
    await eventually(() => rows().count()).toBe(9)
    expect(hash()).toBe('#/unassigned')
  })
  await step('to all that is open', async () => {
    await jump('a', '#/open')
    await row('My lamp blinks').waitFor()
  })
  await step('down the list and up again', async () => {
    await press('j', 'j')
    await eventually(active).toContain('A picture of the roof')
    await press('k')
    await eventually(active).toContain('My lamp blinks')
  })
  await step('open a conversation, which reads it on the server, too', async () => {
    expect(await flags('My lamp blinks')).not.toContain('\\Seen')
    await press('o')
    await opened('My lamp blinks')
    await eventually(() => flags('My lamp blinks')).toContain('\\Seen')
  })
  await step('mark it as unread', async () => {
    await press('Shift+u')
    await said(/unread/)
    await eventually(() => flags('My lamp blinks')).not.toContain('\\Seen')
  })
  await step('take that back', async () => {
    await press('z')
    await eventually(() => flags('My lamp blinks')).toContain('\\Seen')
  })
  await step('back to the list', async () => {
    await press('u')
    await eventually(hash).toBe('#/open')
  })

  // The first customer.
  await step('search, and open what is found', async () => {
    await press('/')
    await hasFocus(page.getByRole('searchbox', { name: 'Search' }))
    await type('blinks three')
    await eventually(() => rows().count()).toBe(1)
    await press('Enter')
    await press('Enter')
    await opened('My lamp blinks')
  })
  await step('take it', async () => {
    await press('Shift+m')
    await eventually(async () => (await thread('My lamp blinks')).assigneeId).toBe(me)
  })
  await step('give it to a colleague', async () => {
    await press('i')
    await hasFocus(page.getByRole('combobox', { name: 'Assign to' }))
    await type('ben')
    await press('Enter')
    await said('Assigned to Ben Bell')
    await eventually(async () => (await thread('My lamp blinks')).assigneeId).toBe(ben)
  })
  await step('no, keep it', async () => {
    await press('z')
    await eventually(async () => (await thread('My lamp blinks')).assigneeId).toBe(me)
  })
  await step('ask the colleague in a comment', async () => {
    await press('m')
    await hasFocus(page.getByRole('textbox', { name: 'Comment' }))
    await type('@Ben')
    await page.getByRole('option', { name: /Ben Bell.*ben@acme/ }).waitFor()
    await press('Enter')
    await type('is this batch 0417?')
    await press('Control+Enter')
    await eventually(async () =>
      (await thread('My lamp blinks')).items.flatMap((item) =>
        item.type === 'comment' ? [[item.comment.text, item.comment.mentionIds]] : [],
      ),
    ).toEqual([['@Ben Bell is this batch 0417?', [ben]]])
    await page.getByRole('textbox', { name: 'Comment' }).waitFor({ state: 'detached' })
  })

  // The answer.
  await step('begin an answer', async () => {
    await press('r')
    await hasFocus(body())
  })
  await step('put a template into it', async () => {
    await press('Control+Shift+L')
    await hasFocus(page.getByRole('searchbox', { name: 'Search the library' }))
    await type('lamps')
    await page.getByRole('dialog').getByRole('option', { name: /Lamps/, selected: true }).waitFor()
    await press('Enter')
    await eventually(() => body().innerText()).toMatch(/^Hi Carla,\s+your lamp is on its way\.\s+Ada Agent/)
  })
  await step('a shortcut becomes its snippet', async () => {
    await hasFocus(body())
    await press('Control+End', 'Enter')
    await type('#refund')
    await eventually(() => body().innerText()).toContain('You get your money back.')
  })
  await step('attach a file', async () => {
    await hasFocus(body())
    // A browser opens it only within seconds of the key: where the machine slept between the two, the key is pressed again.
    const asked = async () => {
      const chooser = page.waitForEvent('filechooser', { timeout: 15_000 }).catch(() => null)
      await press('Control+Shift+A')
      return await chooser
    }
    const chooser = (await asked()) ?? (await asked()) ?? (await asked())
    await chooser!.setFiles({
      name: 'manual.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Press it twice.'),
    })
    await page.getByRole('button', { name: 'Remove manual.txt' }).waitFor()
  })
  await step('a copy to somebody who wrote before', async () => {
    await press('Control+Shift+C')
    await hasFocus(page.getByRole('textbox', { name: 'Cc', exact: true }))
    await type('dan do')
    await page.getByRole('option', { name: /dan@dorn\.test/ }).waitFor()
    await press('Enter')
    await page.getByRole('listitem').filter({ hasText: 'Dan Dorn' }).first().waitFor()
  })
  await step('it asks, since somebody new would read what is quoted', async () => {
    await press('Control+Enter')
    await hasFocus(page.getByRole('dialog', { name: 'Before you send' }))
  })
  await step('send it all the same', async () => {
    await press('Tab')
    await hasFocus(page.getByRole('button', { name: 'Send anyway' }))
    await press('Enter')
    await said(/Sending/)
  })
  await step('no, not yet', async () => {
    await press('z')
    await told('Back in the draft')
    expect(await api.outbox.list({})).toEqual([])
    expect(team.smtp.received).toHaveLength(0)
  })
  await step('send it after all', async () => {
    await hasFocus(body())
    await type('PS: sorry. ')
    await press('Control+Enter')
    await hasFocus(page.getByRole('dialog', { name: 'Before you send' }))
    await press('Tab', 'Enter')
    await eventually(async () => (await api.outbox.list({})).length).toBe(1)
  })
  await step('the receiver has all of it', async () => {
    const mail = await received(1)
    expect(mail.to.toSorted()).toEqual(['customer@dovecot.test', 'dan@dorn.test'])
    expect(mail.inReplyTo).toBe('<m9.carla@morning.test>')
    expect(mail.text).toContain('You get your money back.')
    expect(mail.text).not.toContain('0417')
    expect(mail.attachments.map(({ filename, content }) => [filename, content.toString()])).toEqual([
      ['manual.txt', 'Press it twice.'],
    ])
  })
  await step('the server knows that it was answered', async () => {
    await eventually(() => flags('My lamp blinks')).toContain('\\Answered')
    await eventually(() => team.dovecot.messagesOnDisk('support', 'Sent').length).toBe(1)
  })
  await step('the customer is content, and it shows at once', async () => {
    const { messageId } = await received(1)
    arrives('carla', 'Re: My lamp blinks', 'Thank you, it works now.', {
      messageId: messageId!.replace(/[<>]/g, ''),
      references: ['m9.carla@morning.test'],
    })
    await eventually(async () => (await thread('My lamp blinks')).messageCount).toBe(3)
    await reader().getByRole('article').nth(2).waitFor()
  })
  await step('close it', async () => {
    await press('e')
    await eventually(async () => (await thread('My lamp blinks')).status).toBe('closed')
  })
  await step('it lies among the closed ones', async () => {
    await jump('e', '#/closed')
    await standOn('My lamp blinks')
  })
  await step('open it again', async () => {
    await press('Shift+e')
    await said(/reopened/)
    await eventually(async () => (await thread('My lamp blinks')).status).toBe('open')
  })
  await step('close it for good', async () => {
    await press('z')
    await eventually(async () => (await thread('My lamp blinks')).status).toBe('closed')
  })

  // The others.
  await step('the next that nobody has taken', async () => {
    await press('g', 'n')
    await opened('A picture of the roof')
    expect((await thread('A picture of the roof')).assigneeId).toBeNull()
  })
  await step('put it away until tomorrow', async () => {
    await press('b')
    await hasFocus(page.getByRole('menuitem', { name: /Later today|Tomorrow/ }).first())
    await type('t')
    await hasFocus(page.getByRole('menuitem', { name: 'Tomorrow' }))
    await press('Enter')
    await said(/Snoozed until/)
    await eventually(async () => (await thread('A picture of the roof')).snoozedUntil).toBeGreaterThan(
      Date.now() + 3_600_000,
    )
  })
  await step('it lies among the snoozed ones', async () => {
    await jump('b', '#/snoozed')
    await standOn('A picture of the roof')
  })
  await step('no: until they answer', async () => {
    await press('z')
    await eventually(async () => (await thread('A picture of the roof')).snoozedUntil).toBeNull()
    await open('A picture of the roof')
    await press('b')
    await hasFocus(page.getByRole('menuitem', { name: /Later today|Tomorrow/ }).first())
    await type('u')
    await hasFocus(page.getByRole('menuitem', { name: 'Until a reply' }))
    await press('Enter')
    await eventually(async () => (await thread('A picture of the roof')).snoozedUntilReply).toBe(true)
  })
  await step('they answer, and it is back', async () => {
    arrives('hugo', 'Re: A picture of the roof', 'Did you get the picture?', {
      messageId: 'm8.hugo@morning.test',
    })
    await eventually(async () => (await thread('A picture of the roof')).snoozedUntilReply).toBe(false)
  })
  const ofHugo = async () =>
    (await api.threads.list({ view: 'open' })).rows.filter(({ sender }) => sender.name === 'Hugo Haas').length
  await step('merge it with what it belongs to', async () => {
    await open('A picture of the roof')
    expect(await ofHugo()).toBe(2)
    await press('&')
    await hasFocus(page.getByRole('dialog'))
    await type('leaking')
    await page.getByRole('option', { name: /The roof is leaking/ }).waitFor()
    await press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Merge conversations' })
    await hasFocus(dialog)
    await dialog.getByRole('radio').nth(1).waitFor()
    // From Cancel to the choice, where Enter says yes; or around to the button that does.
    await press('Shift+Tab', 'Enter')
    await said(/merged/)
    await eventually(ofHugo).toBe(1)
  })
  await step('no, two roofs', async () => {
    await press('z')
    await eventually(ofHugo).toBe(2)
  })
  await step('what happened to it so far', async () => {
    await open('A picture of the roof')
    await press('h')
    await hasFocus(page.getByRole('listbox', { name: 'What happened, newest first' }))
    await page.getByRole('option', { name: /Ada Agent snoozed it until a reply/ }).waitFor()
    await press('Escape')
    await eventually(() => page.getByRole('dialog').count()).toBe(0)
  })
  await step('tag it, with a tag that is made for it', async () => {
    await open('Where is my parcel')
    await press('l')
    await hasFocus(page.getByRole('dialog'))
    await type('parcels')
    await page.getByRole('option', { name: /parcels/ }).waitFor()
    await press('Enter')
    await eventually(async () => (await thread('Where is my parcel')).tagIds.length).toBe(1)
    expect((await api.tags.list({})).map(({ name }) => name)).toEqual(['parcels'])
    await press('Escape')
    await eventually(() => page.getByRole('dialog').count()).toBe(0)
  })
  await step('it is urgent', async () => {
    await press('Shift+p')
    await hasFocus(page.getByRole('dialog'))
    await type('urg')
    await press('Enter')
    await eventually(async () => (await thread('Where is my parcel')).priority).toBe('urgent')
  })
  await step('follow it', async () => {
    await press('w')
    await eventually(async () => (await thread('Where is my parcel')).following).toBe(true)
  })
  await step('a swindler goes to Junk, on the server, too', async () => {
    await open('Win a prize')
    await press('!')
    await said(/spam/i)
    await eventually(() => subjectsIn('Junk')).toEqual(['Win a prize'])
    await eventually(() => subjectsIn('INBOX')).not.toContain('Win a prize')
  })
  await step('the wrong one: back with it', async () => {
    await press('z')
    await eventually(() => subjectsIn('INBOX')).toContain('Win a prize')
    await eventually(() => subjectsIn('Junk')).toEqual([])
  })
  await step('close it, and on to the next', async () => {
    await jump('a', '#/open')
    await standOn('Win a prize')
    await press('Enter')
    await opened('Win a prize')
    await press(']')
    await eventually(async () => (await thread('Win a prize')).status).toBe('closed')
    await opened('Newsletter three')
  })
  await step('to another inbox', async () => {
    await open('Invoice 4711')
    await press('v')
    await hasFocus(page.getByRole('combobox', { name: 'Move' }))
    await type('sal')
    await press('Enter')
    const sales = await inbox('Sales')
    await eventually(async () => (await thread('Invoice 4711')).inboxId).toBe(sales)
  })
  await step('forward it to whoever pays', async () => {
    await press('f')
    await hasFocus(page.getByRole('textbox', { name: 'To', exact: true }))
    await type('boss@partner.test')
    await press('Enter', 'Control+Enter')
    const mail = await received(2)
    expect(mail.to).toEqual(['boss@partner.test'])
    expect(mail.subject).toMatch(/^Fwd?: Invoice 4711$/)
    expect(mail.text).toContain('EUR 80')
  })
  await step('choose several in the list', async () => {
    await jump('a', '#/open')
    await standOn('Newsletter three')
    await press('x', 'Shift+j', 'Shift+j')
    await told('3 selected')
  })
  await step('give them to a colleague', async () => {
    await press('i')
    await hasFocus(page.getByRole('combobox', { name: 'Assign to' }))
    await type('ben')
    await press('Enter')
    await said(/assigned to Ben Bell/)
    for (const name of ['one', 'two', 'three'])
      await eventually(async () => (await thread(`Newsletter ${name}`)).assigneeId).toBe(ben)
  })
  await step('who does not want them', async () => {
    await press('z')
    for (const name of ['one', 'two', 'three'])
      await eventually(async () => (await thread(`Newsletter ${name}`)).assigneeId).toBeNull()
  })
  await step('mark all as read, on the server, too', async () => {
    await standOn('Newsletter three')
    await press('x', 'Shift+j', 'Shift+j', 'Shift+i')
    for (const name of ['one', 'two', 'three'])
      await eventually(() => flags(`Newsletter ${name}`)).toContain('\\Seen')
  })
  await step('close them all at once', async () => {
    await standOn('Newsletter one')
    await press('x', 'Shift+k', 'Shift+k', 'e')
    for (const name of ['one', 'two', 'three'])
      await eventually(async () => (await thread(`Newsletter ${name}`)).status).toBe('closed')
  })

  // A mail of one's own.
  await step('write a new mail', async () => {
    await press('c')
    await hasFocus(page.getByRole('textbox', { name: 'To', exact: true }))
  })
  await step('to somebody who is found by name', async () => {
    await type('greta')
    await page.getByRole('option', { name: /greta@gold\.test/ }).waitFor()
    await press('Tab')
    await page.getByRole('listitem').filter({ hasText: 'Greta Gold' }).first().waitFor()
  })
  await step('with a subject and a text, kept as a draft', async () => {
    for (let i = 0; i < 6 && !(await focusedOn('Subject')); i += 1) await press('Tab')
    await type('Your parcel')
    await press('Enter')
    await hasFocus(body())
    await type('It comes on Friday.')
    await eventually(async () => (await api.drafts.list({})).map(({ subject }) => subject)).toEqual([
      'Your parcel',
    ])
  })
  await step('to be sent tomorrow', async () => {
    await press('Control+Alt+Enter')
    await hasFocus(page.getByRole('dialog'))
    await press('Enter')
    await said(/sent/i)
    await eventually(async () => (await api.outbox.list({})).length).toBe(1)
    expect((await api.outbox.list({}))[0]!.releaseAt).toBeGreaterThan(Date.now() + 3_600_000)
  })
  await step('it waits in the outbox', async () => {
    await jump('o', '#/outbox')
    await row('Your parcel').waitFor()
  })
  await step('better now', async () => {
    await press('z')
    await hasFocus(page.getByRole('form').or(page.locator('form')).filter({ has: body() }).first())
    await press('Control+Enter')
    const mail = await received(3)
    expect(mail.to).toEqual(['greta@gold.test'])
    expect(mail.text).toContain('It comes on Friday.')
  })
  await step('begin another, and throw it away', async () => {
    await press('c')
    await hasFocus(page.getByRole('textbox', { name: 'To', exact: true }))
    await type('nobody@nowhere.test ')
    await eventually(async () => (await api.drafts.list({})).length).toBe(1)
    await press('Control+Shift+D')
    await eventually(async () => (await api.drafts.list({})).length).toBe(0)
  })

  // The person behind it.
  await step('the contact by name', async () => {
    await goTo('Carla Costa', 'Carla Costa')
    await page.getByRole('heading', { name: 'Carla Costa' }).first().waitFor()
    await eventually(hash).toMatch(/^#\/contacts\//)
    await page.getByRole('main').getByRole('button', { name: 'Note', exact: true }).waitFor()
  })
  const timeline = async () => {
    const [found] = await api.records.search({ query: 'carla costa', types: ['contact'] })
    const { entries } = await api.activities.timeline({ record: found!.ref })
    return entries
  }
  await step('a note', async () => {
    await press('n')
    await hasFocus(page.getByRole('dialog'))
    await type('Likes lamps.')
    await press('Control+Enter')
    await eventually(async () => (await timeline()).map(({ note }) => note?.text)).toContain('Likes lamps.')
    await eventually(() => page.getByRole('dialog').count()).toBe(0)
  })
  await step('a task', async () => {
    await press('t')
    await hasFocus(page.getByRole('dialog'))
    await type('Ask about the lamp')
    await press('Enter')
    await eventually(async () => (await api.activities.myTasks({})).tasks.map(({ title }) => title)).toEqual([
      'Ask about the lamp',
    ])
    await eventually(() => page.getByRole('dialog').count()).toBe(0)
  })
  await step('back to all contacts', async () => {
    await press('u')
    await eventually(hash).toBe('#/contacts')
    await page.getByRole('grid').waitFor()
  })
  await step('the tasks of the day', async () => {
    await jump('k', '#/tasks')
    await told('Ask about the lamp')
  })
  expect(steps.length).toBeGreaterThanOrEqual(50)
  expect(await page.evaluate(() => 'pointed' in window)).toBe(false)
  expect(errors).toEqual([])
}, 600_000)
