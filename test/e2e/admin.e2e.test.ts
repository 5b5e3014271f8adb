import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { App } from '../support/app.ts'
import { eventually } from '../support/becomes.ts'
import { launchChromium, violations, watchForErrors } from '../support/browser.ts'
import { sendBySmtp } from '../support/connect.ts'
import { startDnsServer, type DnsServer } from '../support/dns-server.ts'
import { buildMail } from '../support/mail.ts'
import { makeTwoInboxes, type TwoInboxes } from '../support/two-inboxes.ts'

/** A red dot: the smallest picture of a person. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
  'base64',
)

let company: TwoInboxes
let dns: DnsServer
let app: App
let browser: Browser
const contexts: BrowserContext[] = []
const errors: string[] = []

/** A window of somebody: they are picked in the user menu, as on a machine that several share. */
async function windowOf(
  name: string,
  options: { colorScheme?: 'light' | 'dark'; width?: number; undoSeconds?: number } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: 900 },
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  contexts.push(context)
  if (options.undoSeconds)
    await context.addInitScript(
      (undoSeconds) => localStorage.setItem('anteroom.preferences', JSON.stringify({ undoSeconds })),
      options.undoSeconds,
    )
  const page = await context.newPage()
  errors.push(...[])
  const seen = watchForErrors(page)
  page.on('close', () => errors.push(...seen.map((error) => `${name}: ${error}`)))
  await page.goto(app.url)
  const menu = page.getByRole('button', { name: /^Acme/ })
  const picker = page.getByText('Who are you?')
  await menu.or(picker).first().waitFor()
  // Whoever worked here last has a passphrase: the machine asks who it is.
  if (await picker.isVisible()) await page.getByRole('button', { name }).click()
  else if (!(await menu.innerText()).includes(name)) {
    await menu.click()
    await page.getByRole('menuitemcheckbox', { name }).click()
  }
  await page.getByRole('button', { name: new RegExp(`^Acme.*${name}`) }).waitFor()
  return page
}

const go = (page: Page, route: string) => page.evaluate((hash) => void (location.hash = hash), route)
const views = (page: Page): Locator => page.getByRole('navigation', { name: 'Views' })
const list = (page: Page): Locator => page.getByRole('listbox', { name: 'Conversations' })
const row = (page: Page, text: string | RegExp): Locator => list(page).getByRole('option', { name: text })
const conversation = (page: Page): Locator => page.getByRole('region', { name: 'Conversation' })
const ticket = (page: Page): Locator => page.getByRole('region', { name: 'Ticket' })
const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true })
const link = (within: Page | Locator, name: string): Locator =>
  within.getByRole('link', { name, exact: true })

/** Chooses an inbox; its pages are led to once it is the one. */
async function chosen(nav: Locator, inbox: string, choose: () => Promise<unknown>): Promise<void> {
  const option = nav.getByRole('combobox', { name: 'Inbox' }).locator('option', { hasText: inbox })
  const id = await option.getAttribute('value')
  await choose()
  await eventually(() => link(nav, 'Access').getAttribute('href')).toContain(id)
}

/** Opens a page of the settings of an inbox, by the way that people go. */
async function inboxSettings(page: Page, inbox: string, name: string): Promise<void> {
  await link(page, 'Inbox settings').click()
  const nav = page.getByRole('navigation', { name: 'Inbox settings' })
  await nav.waitFor()
  await chosen(nav, inbox, () => nav.getByRole('combobox', { name: 'Inbox' }).selectOption(inbox))
  await link(nav, name).click()
  await page.getByRole('heading', { name, exact: true }).waitFor()
}

beforeAll(async () => {
  company = await makeTwoInboxes()
  company.write('support', 'My lamp blinks')
  company.write('sales', 'A quote for lamps', 'Bulk Buyer <bulk@buyer.example>')
  dns = await startDnsServer({
    'acme.test': { MX: [{ exchange: 'mx.acme.test', priority: 10 }] },
    'strict.test': { TXT: ['v=spf1 -all'] },
    '_dmarc.strict.test': { TXT: ['v=DMARC1; p=quarantine'] },
  })
  app = await company.start({ ANTEROOM_DNS_SERVERS: dns.address })
  browser = await launchChromium()
  const ada = await company.as(app, 'Ada Agent')
  await vi.waitFor(async () => expect((await ada.threads.list({ view: 'open' })).rows).toHaveLength(2))
})
afterAll(async () => {
  for (const context of contexts) await context.close()
  await browser?.close()
  await company?.stop()
  await dns?.stop()
})

describe('who sees an inbox, and who acts in it', () => {
  test('a super admin without membership sees it, cannot act, and is led to the access settings', async () => {
    const page = await windowOf('Ada Agent')
    await link(views(page), 'Sales').click()
    await row(page, /A quote for lamps/).click()
    const reason = /You are not a member of the inbox "Sales"/
    await conversation(page).getByText(reason).waitFor()
    for (const name of ['Assign', 'Close conversation', 'Reply', 'Reply all', 'Forward', 'Comment']) {
      const control = button(conversation(page), name)
      expect(await control.getAttribute('aria-disabled'), name).toBe('true')
      expect(await control.getAttribute('aria-description'), name).toMatch(reason)
    }
    // Pressing it all the same does nothing.
    await button(conversation(page), 'Close conversation').click({ force: true })
    expect(await conversation(page).getByText('Open', { exact: true }).count()).toBe(1)
    expect(await button(ticket(page), 'Create a ticket').getAttribute('aria-description')).toMatch(reason)

    await link(conversation(page), 'Access settings').click()
    await page.getByRole('heading', { name: 'Access', exact: true }).waitFor()
    const nav = page.getByRole('navigation', { name: 'Inbox settings' })
    expect(await nav.getByRole('combobox', { name: 'Inbox' }).inputValue()).not.toBe('')
    const mine = page.getByRole('row', { name: /Ada Agent/ })
    await eventually(() => mine.innerText()).toMatch(/See only[\s\S]*Super admin/)
    await eventually(() => page.getByRole('row', { name: /Ben Bell/ }).innerText()).toMatch(
      /See and act[\s\S]*Added by name/,
    )
    await page.getByText('Cannot see this inbox: Dora Dell.').waitFor()
    await page.close()
  })

  test('for somebody else it is not there: not in the views, not in search, not in the counts, not by its address', async () => {
    const ada = await company.as(app, 'Ada Agent')
    const rows = (await ada.threads.list({ view: 'open' })).rows
    const quote = rows.find(({ subject }) => subject === 'A quote for lamps')!
    const page = await windowOf('Dora Dell')
    await link(views(page), 'Support').waitFor()
    expect(await link(views(page), 'Sales').count()).toBe(0)
    expect(await page.getByText('sales@dovecot.test').count()).toBe(0)
    await link(views(page), 'All open').click()
    await row(page, /My lamp blinks/).waitFor()
    expect(await row(page, /quote/).count()).toBe(0)
    await eventually(() => link(views(page), 'All open').innerText()).toMatch(/1$/)
    await page.getByRole('searchbox', { name: 'Search' }).fill('lamps')
    await page.getByText('No conversation matches').waitFor()
    await go(page, `/open/${quote.threadId}`)
    await page.getByText('This conversation is not here').waitFor()
    await go(page, `/settings/inbox/${quote.inboxId}/access`)
    await page.getByRole('alert').getByText('This inbox does not exist, or you cannot see it.').waitFor()
    await page.close()
  })

  test('a team gives access, while it lasts', async () => {
    const page = await windowOf('Ada Agent')
    await go(page, '/settings/people')
    await button(page, 'Add a team').click()
    const dialog = page.getByRole('dialog', { name: 'Add a team' })
    await dialog.getByRole('textbox', { name: 'Team name' }).fill('Night shift')
    await dialog.getByRole('combobox', { name: 'Members' }).fill('dor')
    await page.keyboard.press('Enter')
    await dialog.getByRole('list', { name: 'Members' }).getByText('Dora Dell').waitFor()
    await button(dialog, 'Add').click()
    await page.getByRole('list', { name: 'Teams' }).getByText('Night shift').waitFor()

    // Another admin changes its members while its name is being changed, and one more is added.
    await button(page, 'Edit Night shift').click()
    const edit = page.getByRole('dialog', { name: 'Edit Night shift' })
    const client = await company.as(app, 'Ada Agent')
    const { users, teams } = await client.workspace.get({})
    const idOf = (name: string) => users.find((user) => user.name === name)!.id
    const { id } = teams.find(({ name }) => name === 'Night shift')!
    await client.teams.update({ id, memberIds: [idOf('Dora Dell'), idOf('Ben Bell')] })
    await eventually(() => page.getByText(/Dora Dell and Ben Bell|Ben Bell and Dora Dell/).count()).toBe(1)
    await edit.getByRole('textbox', { name: 'Team name' }).fill('Late shift')
    await edit.getByRole('combobox', { name: 'Members' }).fill('ada')
    await page.keyboard.press('Enter')
    await button(edit, 'Save').click()
    await edit.waitFor({ state: 'detached' })
    const late = (await client.workspace.get({})).teams.find((team) => team.id === id)!
    expect(late.name).toBe('Late shift')
    expect(late.memberIds.toSorted()).toEqual(['Dora Dell', 'Ben Bell', 'Ada Agent'].map(idOf).toSorted())
    await client.teams.update({ id, name: 'Night shift', memberIds: [idOf('Dora Dell')] })
    await page.getByRole('list', { name: 'Teams' }).getByText('Night shift').waitFor()

    await inboxSettings(page, 'Sales', 'Access')
    await page.getByRole('combobox', { name: 'People and teams with access' }).fill('night')
    await page.keyboard.press('Enter')
    await eventually(() => page.getByRole('row', { name: /Dora Dell/ }).innerText()).toMatch(
      /In the team Night shift/,
    )
    // Nothing counts before it is saved.
    const dora = await windowOf('Dora Dell')
    expect(await link(views(dora), 'Sales').count()).toBe(0)
    await button(page, 'Save').click()
    await page.getByText('The access settings are saved.').waitFor()

    // Dora's window shows it at once, and she may act there.
    await link(views(dora), 'Sales').click()
    await row(dora, /A quote for lamps/).click()
    await button(conversation(dora), 'Assign').click()
    await dora.getByRole('menuitem', { name: 'Night shift' }).click()
    await conversation(dora).getByText('Team Night shift', { exact: true }).waitFor()
    await row(dora, /A quote for lamps.*team Night shift/).waitFor()
    // To a team only: somebody still has to take it.
    await link(views(dora), 'Unassigned').click()
    await row(dora, /A quote for lamps/).waitFor()

    await go(page, '/settings/people')
    await button(page, 'Remove Night shift').click()
    await button(page.getByRole('alertdialog').or(page.getByRole('dialog')), 'Remove the team').click()
    await eventually(() => link(views(dora), 'Sales').count()).toBe(0)
    await page.close()
    await dora.close()
  })
})

describe('tickets and routing', () => {
  test('routing gives a new conversation to somebody, says why, and makes its ticket', async () => {
    const page = await windowOf('Ada Agent')
    await inboxSettings(page, 'Support', 'Routing')
    await page.getByRole('switch', { name: 'Automatically assign conversations' }).check()
    await page.getByText('Nobody is chosen yet').waitFor()
    await page.getByRole('radio', { name: 'In turn' }).check()
    await page.getByRole('combobox', { name: 'People and teams to choose from' }).fill('ben')
    await page.keyboard.press('Enter')
    await eventually(() => page.getByText('Nobody is chosen yet').count()).toBe(0)
    expect(await page.getByRole('switch', { name: 'Only available users' }).isChecked()).toBe(true)
    // Two changes in one moment, before the engine answered the first; and back.
    const available = page.getByRole('switch', { name: 'Only available users' })
    const changeBoth = async (method: RegExp) => {
      const both = available.or(page.getByRole('radio', { name: method }))
      expect(await both.count()).toBe(2)
      await both.evaluateAll((inputs) => inputs.forEach((input) => (input as HTMLElement).click()))
    }
    await changeBoth(/^Whoever has the fewest/)
    await changeBoth(/^In turn/)
    await changeBoth(/^Whoever has the fewest/)
    await page.reload()
    expect(await available.isChecked()).toBe(false)
    expect(await page.getByRole('radio', { name: /^Whoever has the fewest/ }).isChecked()).toBe(true)
    await changeBoth(/^In turn/)
    const nav = page.getByRole('navigation', { name: 'Inbox settings' })
    await link(nav, 'Tickets').click()
    expect(
      await page.getByRole('switch', { name: 'Create a ticket for each new conversation' }).isChecked(),
    ).toBe(true)
    await page.getByRole('combobox', { name: 'Priority' }).selectOption('High')
    await page.getByText('Saved', { exact: true }).waitFor({ state: 'attached' })

    company.write('support', 'The shade is cracked', 'Piotr Nowak <piotr@nowak.example>')
    await link(views(page), 'All open').click()
    await row(page, /The shade is cracked.*assigned to Ben Bell/).click()
    await conversation(page)
      .getByText('Assigned to Ben Bell automatically: Ben Bell was next in turn')
      .waitFor()
    await ticket(page)
      .getByRole('heading', { name: /Ticket #\d+/ })
      .waitFor()
    const choice = (name: string) =>
      ticket(page)
        .getByRole('combobox', { name })
        .evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text)
    await eventually(() => choice('Status')).toBe('New')
    await eventually(() => choice('Priority')).toBe('High')
    await eventually(() => choice('Owner')).toBe('Ben Bell')

    // Nobody available: it stays unassigned, and says so.
    const ben = await company.as(app, 'Ben Bell')
    await ben.users.setAvailability({ availability: 'away' })
    company.write('support', 'The cable is short', 'Marta Rossi <marta@rossi.example>')
    await link(views(page), 'Unassigned').click()
    await row(page, /The cable is short/).click()
    await conversation(page)
      .getByText(/Left unassigned: Nobody of .* is available/)
      .waitFor()
    await ben.users.setAvailability({ availability: 'available' })
    await page.close()
  })

  test('a ticket is edited where it stands, and everybody sees it', async () => {
    const page = await windowOf('Ada Agent')
    const other = await windowOf('Ben Bell')
    for (const each of [page, other]) {
      await link(views(each), 'All open').click()
      await row(each, /The shade is cracked/).click()
      await ticket(each).getByRole('combobox', { name: 'Status' }).waitFor()
    }
    await ticket(page).getByRole('combobox', { name: 'Status' }).selectOption('Waiting on contact')
    await ticket(page).getByRole('combobox', { name: 'Priority' }).selectOption('Urgent')
    await ticket(page).getByRole('textbox', { name: 'Category' }).fill('Shades')
    await page.keyboard.press('Enter')
    await button(ticket(page), 'Add a property').click()
    await ticket(page).getByRole('textbox', { name: 'Property' }).fill('Batch')
    await ticket(page).getByRole('textbox', { name: 'Value' }).fill('0417')
    await page.keyboard.press('Enter')
    await eventually(() => ticket(other).getByRole('textbox', { name: 'Batch' }).inputValue()).toBe('0417')
    await eventually(() => ticket(other).getByRole('textbox', { name: 'Category' }).inputValue()).toBe(
      'Shades',
    )
    await eventually(() => ticket(other).getByRole('combobox', { name: 'Priority' }).inputValue()).toBe(
      'urgent',
    )
    await eventually(() => ticket(other).getByRole('combobox', { name: 'Status' }).inputValue()).toBe(
      'waiting_on_contact',
    )
    // An emptied property is taken away.
    await ticket(other).getByRole('textbox', { name: 'Batch' }).fill('')
    await other.keyboard.press('Enter')
    await eventually(() => ticket(page).getByRole('textbox', { name: 'Batch' }).count()).toBe(0)

    // Only the conversation, under More: the ticket stays. The button closes both.
    await button(conversation(page), 'More').click()
    await page.getByRole('menuitem', { name: 'Close only the conversation' }).click()
    await conversation(page).getByText('Closed', { exact: true }).waitFor()
    await eventually(() => ticket(page).getByRole('combobox', { name: 'Status' }).inputValue()).toBe(
      'waiting_on_contact',
    )
    await button(conversation(page), 'Reopen').click()
    await button(conversation(page), 'Close conversation').click()
    await eventually(() => ticket(page).getByRole('combobox', { name: 'Status' }).inputValue()).toBe('closed')
    await eventually(() => ticket(other).getByRole('combobox', { name: 'Status' }).inputValue()).toBe(
      'closed',
    )
    await page.close()
    await other.close()
  })

  test('"Next unassigned" goes round what nobody has taken, by button and by key', async () => {
    const page = await windowOf('Ben Bell')
    await link(views(page), 'Unassigned').click()
    const client = await company.as(app, 'Ben Bell')
    const { rows } = await client.threads.list({ view: 'unassigned' })
    expect(rows.length).toBeGreaterThanOrEqual(3)
    await eventually(() => row(page, /./).count()).toBe(rows.length)
    const subjects = new Set<string>()
    await row(page, /The cable is short/).click()
    const count = rows.length
    const heading = conversation(page).getByRole('heading', { level: 2 })
    for (let step = 0; step < count; step += 1) {
      const before = await heading.innerText()
      subjects.add(before)
      if (step % 2 === 0) await button(page, 'Next unassigned').click()
      else {
        await page.keyboard.press('g')
        await page.keyboard.press('n')
      }
      await eventually(() => heading.innerText()).not.toBe(before)
    }
    expect(subjects.size).toBe(count)
    await page.close()
  })
})

describe('people', () => {
  test('a passphrase keeps others out', async () => {
    const page = await windowOf('Ben Bell')
    await go(page, '/settings/people')
    await button(page, 'Edit Ben Bell').click()
    const dialog = page.getByRole('dialog', { name: 'Ben Bell' })
    await button(dialog, 'Set a passphrase').click()
    await dialog.getByLabel('New passphrase', { exact: true }).fill('blue lamp')
    await dialog.getByLabel('New passphrase again').fill('blue lump')
    await button(dialog, 'Save passphrase').click()
    await dialog.getByText('The two are not the same.').waitFor()
    await dialog.getByLabel('New passphrase again').fill('blue lamp')
    await button(dialog, 'Save passphrase').click()
    await page.getByText('The passphrase is set.').waitFor()

    const other = await windowOf('Dora Dell')
    await other.getByRole('button', { name: /^Acme/ }).click()
    await other.getByRole('menuitemcheckbox', { name: 'Ben Bell' }).click()
    const ask = other.getByRole('dialog', { name: 'Work as Ben Bell' })
    await ask.getByLabel('Passphrase').fill('red lamp')
    await button(ask, 'Go on').click()
    await eventually(() => ask.locator('[aria-invalid=true]').count()).toBe(1)
    await ask.getByLabel('Passphrase').fill('blue lamp')
    await button(ask, 'Go on').click()
    await other.getByRole('button', { name: /^Acme.*Ben Bell/ }).waitFor()
    // The window keeps its user over a reload, without asking again.
    await other.reload()
    await other.getByRole('button', { name: /^Acme.*Ben Bell/ }).waitFor()

    await button(dialog, 'Remove passphrase').click()
    await dialog.getByLabel('Current passphrase').fill('blue lamp')
    await dialog.getByRole('button', { name: 'Remove passphrase' }).last().click()
    await page.getByText('The passphrase is removed.').waitFor()
    await page.close()
    await other.close()
  })

  test('picture, role, availability and leaving', async () => {
    const page = await windowOf('Ada Agent')
    await go(page, '/settings/people')
    await button(page, 'Edit Dora Dell').click()
    const dialog = page.getByRole('dialog', { name: 'Dora Dell' })
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'dora.png', mimeType: 'image/png', buffer: PICTURE })
    await button(dialog, 'Change picture').waitFor()
    await eventually(() =>
      dialog.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth),
    ).toBe(256)
    // Another admin changes her address meanwhile: that stays.
    const other = await company.as(app, 'Ada Agent')
    const idOfDora = (await other.workspace.get({})).users.find(({ name }) => name === 'Dora Dell')!.id
    await other.users.update({ id: idOfDora, email: 'dora.dell@acme.test' })
    await page.getByText('dora.dell@acme.test').waitFor()
    await dialog.getByRole('combobox', { name: 'Role' }).selectOption('Account access')
    await dialog.getByRole('switch', { name: 'Works here' }).uncheck()
    await button(dialog, 'Save').click()
    const dora = page
      .getByRole('list', { name: 'People' })
      .getByRole('listitem')
      .filter({ hasText: 'Dora Dell' })
    await eventually(() => dora.innerText()).toMatch(/left[\s\S]*dora\.dell@acme\.test[\s\S]*Account access/)
    expect(await dora.getByRole('button', { name: 'Switch to Dora Dell' }).count()).toBe(0)
    // Nothing can be given to somebody who left.
    await link(views(page), 'Unassigned').click()
    await row(page, /My lamp blinks/).click()
    await button(conversation(page), 'Assign').click()
    await page.getByRole('menuitem', { name: 'Ben Bell' }).waitFor()
    expect(await page.getByRole('menuitem', { name: 'Dora Dell' }).count()).toBe(0)
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: /^Acme/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Away' }).click()
    await page.getByRole('button', { name: /^Acme.*Away/ }).waitFor()
    await page.close()
    const ada = await company.as(app, 'Ada Agent')
    expect((await ada.workspace.get({})).users.find(({ name }) => name === 'Ada Agent')?.availability).toBe(
      'away',
    )
    await ada.users.setAvailability({ availability: 'available' })
  })

  test('a member looks at the settings, and is told who may change them', async () => {
    const page = await windowOf('Ben Bell')
    await inboxSettings(page, 'Support', 'Access')
    await page.getByText('You can look at the settings, but not change them.').waitFor()
    expect(await page.getByRole('radio', { name: 'Everyone in the workspace' }).isDisabled()).toBe(true)
    await go(page, '/settings/people')
    expect(await button(page, 'Add a team').getAttribute('aria-description')).toMatch(/Only an admin/)
    await page.close()
  })
})

describe('the channels of an inbox', () => {
  test('the doctor examines one, a line per check, and its words can be passed on without a secret', async () => {
    const page = await windowOf('Ada Agent')
    await inboxSettings(page, 'Support', 'Channels')
    await button(page, 'Connect a channel').waitFor()
    const card = page.getByRole('article', { name: 'Channel support@dovecot.test' })
    await button(card, 'Examine').click()
    const checks = card.getByRole('list', { name: 'Checks of support@dovecot.test' }).getByRole('listitem')
    await checks.filter({ hasText: /Sign-in.*in order/s }).waitFor()
    await checks.filter({ hasText: /Round trip.*in order/s }).waitFor()
    await button(card, 'Copy').click()
    const copied = () => page.evaluate(() => navigator.clipboard.readText())
    await eventually(copied).toMatch(/^Channel support@dovecot\.test, examined /)
    const text = await copied()
    expect(text).toMatch(/\[in order\] Round trip: /)
    expect(text).not.toContain('secret')
    await page.close()
  })

  test('a hosted address shows where to forward to, and what the provider asks, which is said at once', async () => {
    const ada = await company.as(app, 'Ada Agent')
    const support = (await ada.workspace.get({})).inboxes.find(({ name }) => name === 'Support')!
    const parent = (await ada.channels.list({})).find(({ address }) => address === 'support@dovecot.test')!
    const page = await windowOf('Ada Agent')
    await ada.hosted.connect({
      inboxId: support.id,
      form: 'alias',
      parentChannelId: parent.id,
      address: 'help@acme.test',
      forwardingAddress: 'support+help@dovecot.test',
      sender: { fromNameKind: 'company', companyName: 'Acme Help', fromAddress: null, signatureHtml: null },
    })
    await inboxSettings(page, 'Support', 'Channels')
    const card = page.getByRole('article', { name: 'Channel help@acme.test' })
    await button(card, 'Copy').click()
    await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toBe(
      'support+help@dovecot.test',
    )
    await card.getByText('An alias on support@dovecot.test').waitFor()
    const question = buildMail({
      from: 'Gmail Team <forwarding-noreply@google.com>',
      to: 'support+help@dovecot.test',
      date: Date.now(),
      subject: '(#123456789) Gmail Forwarding Confirmation - Receive Mail from help@acme.test',
      text: 'help@acme.test has requested to automatically forward mail to your email address support+help@dovecot.test.\n\nConfirmation code: 123456789\n\nTo allow it, click the link: https://mail-settings.google.com/mail/vf-abc\n',
    })
    company.dovecot.deliver('support', `Delivered-To: support+help@dovecot.test\r\n${question}`)
    await page.getByRole('status').getByText('The code is 123456789.').waitFor()
    await card.getByText('123456789', { exact: true }).waitFor()
    await button(card, 'Open confirmation link').waitFor()
    await page.close()
  })

  test('put-aside mail is released by a member; who only sees is refused', async () => {
    const ada = await company.as(app, 'Ada Agent')
    const sales = (await ada.workspace.get({})).inboxes.find(({ name }) => name === 'Sales')!
    const { port } = await ada.receiver.configure({ enabled: true, host: '127.0.0.1', port: 0 })
    await ada.hosted.connect({
      inboxId: sales.id,
      form: 'receiver',
      parentChannelId: null,
      address: 'offers@acme.test',
      forwardingAddress: 'offers@in.acme.test',
      sender: { fromNameKind: 'company', companyName: 'Acme Offers', fromAddress: null, signatureHtml: null },
    })
    const raw = buildMail({
      from: 'Boss <boss@strict.test>',
      to: 'offers@acme.test',
      date: Date.now(),
      subject: 'Pay this at once',
      text: 'Now.',
    })
    await sendBySmtp({ port, from: 'boss@strict.test', to: 'offers@in.acme.test', raw })

    const page = await windowOf('Ada Agent')
    await inboxSettings(page, 'Sales', 'Refused mail')
    const mail = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Pay this at once' })
    await mail.getByText('Put aside').waitFor()
    await mail.getByText('Checks and origin').click()
    await mail.getByText(/fail/).first().waitFor()
    expect(await button(mail, 'Release').getAttribute('aria-description')).toMatch(/not a member of Sales/)
    const ben = await windowOf('Ben Bell')
    await inboxSettings(ben, 'Sales', 'Refused mail')
    await button(ben, 'Release').click()
    await ben.getByRole('status').getByText('The message is in the inbox now.').first().waitFor()
    // Both see what became of it.
    await mail.getByText('Released', { exact: true }).waitFor()
    await link(views(ben), 'Sales').click()
    await row(ben, /^Boss Pay this at once/).waitFor()
    await page.close()
    await ben.close()
  })
})

describe('by keyboard, and in between', () => {
  test('access is changed without a mouse', async () => {
    const page = await windowOf('Ada Agent')
    const nav = page.getByRole('navigation', { name: 'Inbox settings' })
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await nav.waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
    const tabTo = async (what: Locator) => {
      for (let presses = 0; presses < 60; presses += 1) {
        if (await what.evaluate((element) => element === document.activeElement)) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`The focus never came there; it is at "${await focused()}".`)
    }
    const inbox = nav.getByRole('combobox', { name: 'Inbox' })
    await inbox.focus()
    const isSupport = () =>
      inbox.evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text === 'Support')
    const choose = async () => {
      for (const key of ['Home', 'End']) if (!(await isSupport())) await page.keyboard.press(key)
    }
    await chosen(nav, 'Support', choose)
    await tabTo(link(nav, 'Access'))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Access', exact: true }).waitFor()
    await tabTo(page.getByRole('radio', { name: 'Everyone in the workspace' }))
    await page.keyboard.press('ArrowDown')
    await tabTo(page.getByRole('combobox', { name: 'People and teams with access' }))
    for (const name of ['Ben Bell', 'Ada Agent']) {
      await page.keyboard.type(name.slice(0, 3).toLowerCase())
      await page.keyboard.press('Enter')
      await button(page, `Remove ${name}`).waitFor()
    }
    await tabTo(button(page, 'Remove Ben Bell').or(button(page, 'Save')).first())
    await tabTo(button(page, 'Save'))
    await page.keyboard.press('Enter')
    await page.getByText('The access settings are saved.').waitFor()
    const ada = await company.as(app, 'Ada Agent')
    const support = (await ada.workspace.get({})).inboxes.find(({ name }) => name === 'Support')!
    expect(support.access).toBe('members')
    expect(support.memberIds).toHaveLength(2)
    await ada.inboxSettings.update({ id: support.id, access: 'everyone' })
    await page.close()
  })

  test('the notice of a mail that leaves counts down, and ends when it is sent at once', async () => {
    // The longest time, for a machine that is slow.
    const page = await windowOf('Ben Bell', { undoSeconds: 30 })
    await link(views(page), 'All open').click()
    await row(page, /My lamp blinks/).click()
    await button(conversation(page), 'Reply').click()
    await page.getByRole('textbox', { name: 'Message body' }).click()
    await page.keyboard.type('Please press the button twice.')
    await button(page, 'Send').click()
    const notice = page.getByRole('status', { name: 'Notifications' }).getByRole('timer')
    const left = async () => Number(/^Sending in (\d+) s$/.exec(await notice.innerText())?.[1])
    const before = await left()
    expect(before).toBeLessThanOrEqual(30)
    await eventually(left).toBeLessThan(before)
    await button(page, 'Send now').click()
    await eventually(() => notice.count()).toBe(0)
    await page.getByText('Message sent.').waitFor()
    await page.close()
  })
})

describe('every page', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has nothing that axe objects to, ${colorScheme}`, async () => {
      const ada = await company.as(app, 'Ada Agent')
      const { inboxes } = await ada.workspace.get({})
      const thread = (await ada.threads.list({ view: 'open' })).rows[0]!
      const ofInbox = (page: string) => `/settings/inbox/${inboxes[0]!.id}/${page}`
      const page = await windowOf('Ada Agent', { colorScheme })
      const routes: [string, string][] = [
        [`/open/${thread.threadId}`, 'Ticket'],
        [ofInbox('general'), 'General'],
        [ofInbox('access'), 'Access'],
        [ofInbox('channels'), 'Channels'],
        [ofInbox('routing'), 'Routing'],
        [ofInbox('tickets'), 'Tickets'],
        [ofInbox('refused'), 'Refused mail'],
        ['/settings/people', 'People'],
        ['/settings/inboxes', 'Inboxes'],
        ['/settings/domains', 'Domains'],
        ['/settings/receiver', 'Receiver'],
        ['/settings/accounts', 'Email accounts'],
      ]
      for (const width of [1440, 420]) {
        await page.setViewportSize({ width, height: 900 })
        for (const [route, heading] of routes) {
          await go(page, route)
          if (heading === 'Ticket') await conversation(page).getByRole('article').first().waitFor()
          else
            await page
              .getByRole('main')
              .getByRole('heading', { name: heading, exact: true, level: 2 })
              .waitFor()
          expect(await violations(page), `${route} at ${width}`).toEqual([])
        }
      }
      await page.close()
    })
  }
})

test('nothing went wrong in any window', () => {
  expect(errors).toEqual([])
})
