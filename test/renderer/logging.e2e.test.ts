import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, watchForErrors } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { expectAccessible } from '../support/connect.ts'
import { until } from '../support/ports.ts'
import { makePersonalCompany, type PersonalCompany } from '../support/personal-company.ts'

/** Personal mail on screen: each case of G with its explanation, and what changes it. */

let company: PersonalCompany
let browser: Browser
let page: Page
let errors: string[]
let ada: string
let mario: string
const shots = process.env.ANTEROOM_SHOTS
const shoot = async (name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: false })
}

const go = (route: string) => page.evaluate((hash) => void (location.hash = hash), route)
const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true })
const decisions = (): Locator => page.getByRole('region', { name: 'Logging decisions', exact: true })
const decision = (subject: string): Locator =>
  decisions()
    .getByRole('listitem')
    .filter({ has: page.getByText(subject, { exact: true }) })
const accounts = async () => {
  await go('/settings/accounts')
  await decisions().waitFor()
}
/** A row with its verdict and reason, as they stand on screen. */
async function verdictOf(subject: string): Promise<{ verdict: string; reason: string }> {
  const row = decision(subject)
  await row.waitFor()
  const verdict = (
    await row
      .getByText(/^(Not logged|Logged)$/)
      .first()
      .innerText()
  ).trim()
  return {
    verdict,
    reason: (
      await row
        .getByText(/because/)
        .first()
        .innerText()
    ).trim(),
  }
}

beforeAll(async () => {
  company = await makePersonalCompany()
  ada = company.dovecot.address('ada')
  mario = company.dovecot.address('mario')
  await until(
    'both mailboxes to be live',
    async () => (await company.client.channels.list({})).every(({ health }) => health.state === 'live'),
    30_000,
  )
  await company.client.records.create({
    type: 'contact',
    values: { email: mario, first_name: 'Mario', last_name: 'Rossi' },
    associate: [],
  })
  browser = await launchChromium()
  const context = await browser.newContext({
    viewport: { width: 1280, height: 1000 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  page = await context.newPage()
  errors = watchForErrors(page)
  await page.goto(company.app.url)
  await button(page, 'Compose').waitFor()
})
afterAll(async () => {
  await shoot('end')
  // A refusal that a test asked for stands in the console too.
  const unexpected = errors.filter((error) => !error.includes('on your own Never Log list'))
  await browser?.close()
  await company?.stop()
  if (unexpected.length > 0) throw new Error(unexpected.join('\n'))
})

/** Writes a mail from Ada's own address and answers its Message-ID once it has left. */
async function send(subject: string, log: boolean): Promise<string> {
  const before = company.smtp.received.length
  await go('/unassigned')
  await button(page, 'Compose').click()
  const field = (name: string) => page.getByRole('textbox', { name, exact: true })
  await field('To').fill(`${mario},`)
  await page.getByRole('combobox', { name: /^From/ }).selectOption({ label: `Ada Agent <${ada}>` })
  const box = page.getByRole('checkbox', { name: 'Log to the CRM', exact: true })
  expect(await box.isChecked()).toBe(true)
  await box.setChecked(log)
  await field('Subject').fill(subject)
  await field('Message body').fill('As we said.')
  await shoot('composer')
  await button(page, 'Send').click()
  await until('the mail to leave', () => company.smtp.received.length > before, 60_000)
  return /^Message-ID: <([^>]+)>/im.exec(company.smtp.received.at(-1)!.raw.toString())![1]!
}
const fromMario = () => `Mario Rossi <${mario}>`
const eventually = (subject: string) => expect.poll(() => verdictOf(subject))

describe('each case of G with its explanation', () => {
  test('a reply to logged mail (G1, G3)', async () => {
    const sent = await send('Our offer', true)
    await company.toAda({
      from: fromMario(),
      subject: 'Re: Our offer',
      messageId: 'answer@mario.test',
      inReplyTo: sent,
    })
    await accounts()
    await eventually('Re: Our offer').toEqual({
      verdict: 'Logged',
      reason: 'Logged because the contact Mario Rossi answered a mail from Ada Agent.',
    })
    await eventually('Our offer').toEqual({
      verdict: 'Logged',
      reason: 'Logged because Ada Agent ticked "Log to the CRM".',
    })
    await decision('Re: Our offer').getByRole('button', { name: /^Why:/ }).click()
    await decision('Re: Our offer').getByText('Ada Agent (ada@dovecot.test) began the conversation').waitFor()
    await shoot('logged')
  })

  test('a reply to mail whose Log box was cleared is not (G3)', async () => {
    const sent = await send('Lunch', false)
    await company.toAda({
      from: fromMario(),
      subject: 'Re: Lunch',
      messageId: 'lunch@mario.test',
      inReplyTo: sent,
    })
    await accounts()
    await eventually('Re: Lunch').toMatchObject({
      verdict: 'Not logged',
      reason: expect.stringContaining('cleared "Log to the CRM"'),
    })
  })

  test('a new mail, of a contact or not, is logged by hand only (G2)', async () => {
    await company.toAda({ from: fromMario(), subject: 'Something new', messageId: 'new@mario.test' })
    await company.toAda({ from: 'Nina New <nina@new.test>', subject: 'Hello', messageId: 'hello@new.test' })
    await eventually('Something new').toEqual({
      verdict: 'Not logged',
      reason: 'Not logged because it is a new mail and answers none.',
    })
    await eventually('Hello').toMatchObject({ verdict: 'Not logged' })
    await button(decision('Something new'), 'Log now').click()
    await eventually('Something new').toEqual({
      verdict: 'Logged',
      reason: 'Logged because Ada Agent chose "Log now".',
    })
    expect((await company.client.contacts.search({ query: 'nina' })).length).toBe(0)
  })

  test('a reply from an alias joins its contact (G5)', async () => {
    const [first] = company.smtp.received
    const sent = /^Message-ID: <([^>]+)>/im.exec(first!.raw.toString())![1]!
    await company.toAda({
      from: 'M. Rossi <m.rossi@home.test>',
      subject: 'Re: Our offer, from home',
      messageId: 'home@mario.test',
      inReplyTo: sent,
    })
    const row = decision('Re: Our offer, from home')
    await eventually('Re: Our offer, from home').toEqual({
      verdict: 'Not logged',
      reason: "Not logged because m.rossi@home.test is no contact's address.",
    })
    await button(row, 'Add as alias and log').click()
    const dialog = page.getByRole('dialog', { name: 'Add as alias and log' })
    await dialog.getByRole('combobox', { name: 'Contact' }).fill('mario')
    await dialog.getByRole('option', { name: /Mario Rossi/ }).click()
    await shoot('alias')
    await button(dialog, 'Add and log').click()
    await dialog.waitFor({ state: 'detached' })
    await eventually('Re: Our offer, from home').toMatchObject({ verdict: 'Logged' })
    // The next one from there needs nobody.
    await company.toAda({
      from: 'M. Rossi <m.rossi@home.test>',
      subject: 'Re: Our offer, again',
      messageId: 'home2@mario.test',
      inReplyTo: sent,
    })
    await eventually('Re: Our offer, again').toEqual({
      verdict: 'Logged',
      reason: 'Logged because the contact Mario Rossi answered a mail from Ada Agent.',
    })
  })

  test('the thread of a team address stays there (G7)', async () => {
    company.dovecot.deliver(
      'support',
      buildMail({
        from: 'Carla Customer <carla@dovecot.test>',
        to: company.dovecot.address('support'),
        subject: 'My lamp',
        messageId: 'lamp@carla.test',
        date: Date.now(),
      }),
    )
    await until('the conversation', async () =>
      (await company.client.threads.list({ view: 'open' })).rows.some(({ subject }) => subject === 'My lamp'),
    )
    await company.toAda({
      from: 'Carla Customer <carla@dovecot.test>',
      subject: 'Re: My lamp',
      messageId: 'lamp2@carla.test',
      inReplyTo: 'lamp@carla.test',
    })
    await eventually('Re: My lamp').toMatchObject({
      verdict: 'Not logged',
      reason: expect.stringContaining('belongs to the team address support@dovecot.test'),
    })
    const logNow = button(decision('Re: My lamp'), 'Log now')
    expect(await logNow.getAttribute('aria-disabled')).toBe('true')
    await go('/open')
    await page.getByRole('option', { name: /My lamp/ }).click()
    await page.getByRole('button', { name: 'Reply', exact: true }).first().click()
    await page
      .getByText('This conversation began at a team address, so it cannot go on from a personal one.')
      .waitFor()
    const from = page.getByRole('combobox', { name: /^From/ })
    expect(await from.locator('option', { hasText: ada }).isDisabled()).toBe(true)
    await shoot('from')
    await accounts()
  })

  test('an answer to mail that is not logged takes the original along when asked to (G4)', async () => {
    await company.toAda({
      from: 'Olga Other <olga@other.test>',
      subject: 'A question',
      messageId: 'question@other.test',
      text: 'What does the lamp cost?',
    })
    await eventually('A question').toMatchObject({ verdict: 'Not logged' })
    await button(decision('A question'), 'Reply').click()
    const original = page.getByRole('checkbox', { name: 'Also log the original', exact: true })
    await original.check()
    const log = page.getByRole('checkbox', { name: 'Log to the CRM', exact: true })
    await log.uncheck()
    await original.waitFor({ state: 'detached' })
    await log.check()
    expect(await original.isChecked()).toBe(true)
    await page.getByRole('textbox', { name: 'Message body', exact: true }).fill('Ten euros.')
    await shoot('answer')
    const before = company.smtp.received.length
    await button(page, 'Send').click()
    await until('the answer to leave', () => company.smtp.received.length > before, 60_000)
    const sent = company.smtp.received.at(-1)!.raw.toString()
    expect(sent).toContain('In-Reply-To: <question@other.test>')
    await eventually('A question').toEqual({
      verdict: 'Logged',
      reason: 'Logged because Ada Agent ticked "Also log the original" when answering it.',
    })
    await company.toAda({
      from: 'Olga Other <olga@other.test>',
      subject: 'Thanks',
      messageId: 'thanks@other.test',
      inReplyTo: /^Message-ID: <([^>]+)>/im.exec(sent)![1]!,
    })
    await eventually('Thanks').toMatchObject({
      verdict: 'Logged',
      reason: expect.stringContaining('goes on with a conversation that Ada Agent answered with logging'),
    })
  })

  test('the timeline of the contact says it too, to everybody', async () => {
    await button(page, 'New contact')
      .or(page.getByRole('link', { name: 'Contacts', exact: true }))
      .first()
      .click()
    await page.getByRole('grid', { name: 'Contacts' }).getByText('Mario Rossi').first().click()
    const timeline = page.getByRole('region', { name: 'Timeline' })
    const entry = timeline.getByRole('article').filter({ hasText: 'Re: Our offer' }).last()
    await entry.getByText('Logged because the contact Mario Rossi answered').click()
    await entry.getByText('mario@dovecot.test is the contact Mario Rossi.').waitFor()
    await shoot('timeline')
    await accounts()
  })

  test('a logged message says why it is here, and is taken off the timeline there', async () => {
    const { rows } = await company.client.logging.decisions({ channelId: (await personal()).id })
    const row = rows.find(({ subject }) => subject === 'Thanks')!
    await go(`/message/${row.messageId}`)
    const why = page.getByText('Logged because the contact Olga Other goes on with')
    await why.click()
    await page.getByText('olga@other.test is the contact Olga Other.').waitFor()
    await shoot('message')
    await expectAccessible(page)
    await button(page, 'Remove from the timeline').click()
    await button(page.getByRole('alertdialog'), 'Remove').click()
    await page.getByText('The message is off the timeline.').waitFor()
    await accounts()
    await eventually('Thanks').toEqual({
      verdict: 'Not logged',
      reason: 'Not logged because Ada Agent removed it from the timeline.',
    })
  })

  test('the Never Log list stands above all (G1)', async () => {
    const row = decision('Hello')
    await button(row, 'Never log this domain').click()
    await page.getByText('new.test is never logged from now on.').waitFor()
    await company.toAda({
      from: 'Nina New <nina@new.test>',
      subject: 'Hello again',
      messageId: 'hello2@new.test',
    })
    await eventually('Hello again').toMatchObject({
      reason: expect.stringContaining('new.test is on your own Never Log list'),
    })
    await button(decision('Hello again'), 'Log now').click()
    await page
      .getByText(/Remove new\.test from the Never Log list/)
      .first()
      .waitFor()
    await eventually('Hello again').toMatchObject({ verdict: 'Not logged' })
  })

  test('what is on the timelines already is offered for removal', async () => {
    await go('/settings/accounts')
    await page.getByRole('link', { name: 'Never Log list', exact: true }).click()
    const field = page.getByRole('textbox', { name: 'Address or domain', exact: true })
    await field.fill('not a domain')
    await button(page, 'Add').click()
    await page.getByText('Write one address or domain at a time').waitFor()
    await field.fill('home.test')
    await button(page, 'Add').click()
    await page.getByText('2 logged messages are covered by home.test').first().waitFor()
    await shoot('never-log')
    await expectAccessible(page)
    await button(page, 'Remove them from the timelines').click()
    await button(page.getByRole('alertdialog'), 'Remove them from the timelines').click()
    await page.getByText('2 messages were removed from the timelines.').waitFor()
    await accounts()
    await eventually('Re: Our offer, again').toMatchObject({ verdict: 'Not logged' })
    await go('/settings/never-log')
    await button(page, 'Remove home.test').click()
    await page.getByText('home.test is off the list.').waitFor()
  })

  test('a folder of its own is looked at once it was opted in (G6)', async () => {
    await company.toAda({
      from: fromMario(),
      subject: 'In a folder',
      messageId: 'folder@mario.test',
      inReplyTo: 'answer@mario.test',
      folder: 'INBOX/Clients',
    })
    await accounts()
    await page.getByText('Only INBOX is looked at').waitFor()
    await company.client.channels.retry({ id: (await personal()).id })
    await eventually('In a folder').toEqual({
      verdict: 'Not logged',
      reason: 'Not logged because it lies in the folder INBOX/Clients, and only INBOX itself is looked at.',
    })
    await button(decision('In a folder'), 'Look at INBOX/Clients too').click()
    await page.getByText('INBOX and one more folder are looked at').click()
    expect(await page.getByRole('checkbox', { name: 'INBOX/Clients' }).isChecked()).toBe(true)
    await eventually('In a folder').toMatchObject({ verdict: 'Logged' })
    await shoot('folders')
    await company.toAda({
      from: fromMario(),
      subject: 'In the folder again',
      messageId: 'folder2@mario.test',
      inReplyTo: 'answer@mario.test',
      folder: 'INBOX/Clients',
    })
    await company.client.channels.retry({ id: (await personal()).id })
    await eventually('In the folder again').toMatchObject({ verdict: 'Logged' })

    // Two more in one moment, before the engine answered the first.
    for (const name of ['Orders', 'Press'])
      await company.toAda({
        from: fromMario(),
        subject: `About ${name}`,
        messageId: `${name}@mario.test`,
        folder: `INBOX/${name}`,
      })
    await company.client.channels.retry({ id: (await personal()).id })
    const further = page.getByRole('checkbox', { name: /^INBOX\/(Orders|Press)$/ })
    await expect.poll(() => further.count()).toBe(2)
    await further.evaluateAll((boxes) => boxes.forEach((box) => (box as HTMLElement).click()))
    await page.getByText('INBOX and 3 more folders are looked at').waitFor()
    await page.reload()
    await page.getByText('INBOX and 3 more folders are looked at').click()
    await further.evaluateAll((boxes) => boxes.forEach((box) => (box as HTMLElement).click()))
    await page.getByText('INBOX and one more folder are looked at').waitFor()
    expect(await page.getByRole('checkbox', { name: 'INBOX/Clients' }).isChecked()).toBe(true)
  })

  test('a message file is logged like a forward (G2)', async () => {
    const raw = buildMail({
      from: fromMario(),
      to: ada,
      subject: 'From the archive',
      messageId: 'archive@mario.test',
      text: 'The old offer.',
      date: Date.now(),
    })
    const chooser = page.waitForEvent('filechooser')
    await button(decisions(), 'Log a message file').click()
    await (await chooser).setFiles({ name: 'archive.eml', mimeType: 'message/rfc822', buffer: raw })
    await page.getByText('archive.eml is logged.').waitFor()
    await page.getByRole('link', { name: 'Contacts', exact: true }).click()
    await page.getByRole('grid', { name: 'Contacts' }).getByText('Mario Rossi').first().click()
    const timeline = page.getByRole('region', { name: 'Timeline' })
    const entry = timeline.getByRole('article').filter({ hasText: 'From the archive' })
    await entry.getByText('Logged because Ada Agent dropped it as a file.').waitFor()
    await accounts()
  })

  test('support is given the decision, the record and the headers, and no more (G9)', async () => {
    await button(decision('Re: Our offer'), 'Copy diagnostics').click()
    await page.getByText('Diagnostics are on the clipboard.').waitFor()
    const text = await page.evaluate(() => navigator.clipboard.readText())
    expect(text).toContain('Logged because the contact Mario Rossi answered a mail from Ada Agent.')
    expect(text).toContain('Message-ID: <answer@mario.test>')
    expect(text).not.toContain('as we said')
    expect(text).not.toContain('secret')
  })

  test('of the addresses that log only the one that was changed is set', async () => {
    const { client } = company
    const addresses = page.getByRole('region', { name: 'Addresses that log', exact: true })
    await button(addresses, 'Use aliases').click()
    // Another admin, meanwhile.
    await client.logging.setAddresses({ bcc: null, forward: 'passed-on@dovecot.test' })
    await addresses.getByRole('textbox', { name: 'BCC address' }).fill('logged@dovecot.test')
    await button(addresses, 'Save').click()
    await addresses.getByText('logged@dovecot.test').waitFor()
    expect(await client.logging.addresses({})).toMatchObject({
      bcc: 'logged@dovecot.test',
      forward: 'passed-on@dovecot.test',
    })
    await client.logging.setAddresses({ bcc: null, forward: null })
  })

  test('the settings and the decisions are accessible, by keyboard, in light, dark and narrow', async () => {
    await accounts()
    await decision('Something new').getByRole('button', { name: /^Why:/ }).focus()
    await page.keyboard.press('Enter')
    await decision('Something new').getByText('decided').first().waitFor()
    await expectAccessible(page)
    await page.setViewportSize({ width: 420, height: 900 })
    await shoot('narrow')
    await page.setViewportSize({ width: 1280, height: 1000 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await shoot('dark')
    await page.emulateMedia({ colorScheme: null })
  })

  test('disconnected, a reply is not logged; reconnected, later ones are (G1)', async () => {
    const { id } = await personal()
    await company.client.channels.disconnect({ id })
    // INTERNALDATE knows whole seconds only: the mail comes in a later one, and the address comes back in one after it.
    await laterSecond()
    await company.toAda({
      from: fromMario(),
      subject: 'While you were away',
      messageId: 'away@mario.test',
      inReplyTo: 'answer@mario.test',
    })
    await laterSecond()
    await company.client.channels.connect({
      address: ada,
      purpose: 'personal',
      fromName: 'Ada Agent',
      imap: { host: '127.0.0.1', port: company.dovecot.port, security: 'none', user: 'ada' },
      smtp: { host: '127.0.0.1', port: company.smtp.port, security: 'none' },
      password: 'secret',
    })
    await accounts()
    await eventually('While you were away').toMatchObject({
      verdict: 'Not logged',
      reason: expect.stringContaining('was not connected when it arrived'),
    })
    await company.toAda({
      from: fromMario(),
      subject: 'Back again',
      messageId: 'back@mario.test',
      inReplyTo: 'answer@mario.test',
    })
    await eventually('Back again').toMatchObject({ verdict: 'Logged' })
  })
})

async function laterSecond(): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  await until('a later second', () => Math.floor(Date.now() / 1000) > now + 1)
}
const personal = async () =>
  (await company.client.channels.list({})).find(({ purpose }) => purpose === 'personal')!
