import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forwards } from '../../crm/forwards/forwards.ts'
import { launchChromium, watchForErrors, violations } from '../../support/browser.ts'
import { buildMail, type MailInit } from '../../support/mail.ts'
import { makeTeam, type Team } from '../../support/team.ts'

/** Forwards and automatic mail on screen (F1, fault 67), in the built application. */
describe('forwards and automatic mail', () => {
  let team: Team
  let browser: Browser
  let page: Page
  let errors: string[] = []
  const now = Date.now()
  const HOUR = 3_600_000
  const shots = process.env['ANTEROOM_SHOTS']

  const conversation = () => page.getByRole('region', { name: 'Conversation' })
  const contact = () => page.getByRole('region', { name: 'Contact', exact: true })
  const listed = (text: string): Locator =>
    page.getByRole('listbox', { name: 'Conversations' }).getByRole('option').filter({ hasText: text })
  const note = () => conversation().getByRole('group', { name: 'Forwarded message' })
  const view = (name: string) =>
    page
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .first()
      .click()
  const open = async (subject: string) => {
    await view('All open')
    await listed(subject).first().click()
    await conversation().getByRole('heading', { name: subject }).waitFor()
  }
  /** Light and dark, wide and narrow; axe at each. */
  const look = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1400, 420]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        expect(await violations(page)).toEqual([])
        if (shots) await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png` })
      }
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1400, height: 900 })
  }
  const forward = (client: string) => forwards.find((one) => one.client === client)!

  beforeAll(async () => {
    team = await makeTeam()
    const support = team.dovecot.address('support')
    const deliver = (mail: Partial<MailInit>) =>
      team.dovecot.deliver(
        'support',
        buildMail({ from: 'Ben Bell <ben@partner.test>', to: support, date: now - 3 * HOUR, ...mail }),
      )
    const { subject, text } = forward('Gmail')
    deliver({ subject, text })
    const unsure = forward('a quotation without a rule')
    deliver({
      subject: 'Fwd: Is it this one?',
      text: unsure.text.replaceAll('Broken lamp', 'Is it this one?'),
      date: now - 2 * HOUR,
    })
    const client = await team.dovecot.client('support')
    for (const [number, recipients, subject] of [
      ['offer', ['gone@kunde.test', 'Rita Reader <rita@kunde.test>'], 'Your offer'],
      ['invoice', ['dead@kunde.test'], 'Your invoice'],
    ] as const)
      await client.append(
        'Sent',
        buildMail({
          from: `Acme Support <${support}>`,
          to: recipients,
          subject,
          text: 'Here it is.',
          messageId: `${number}@acme.test`,
          date: now - 5 * HOUR,
        }),
        ['\\Seen'],
      )
    await client.logout()
    const bounce = (id: string, about: string, to = 'gone@kunde.test') =>
      [
        'Return-Path: <>',
        'From: Mail Delivery System <MAILER-DAEMON@mx.kunde.test>',
        `To: ${support}`,
        'Subject: Undelivered Mail Returned to Sender',
        `Message-ID: <${id}@mx.kunde.test>`,
        `Date: ${new Date(now - 4 * HOUR).toUTCString().replace('GMT', '+0000')}`,
        'Auto-Submitted: auto-replied',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'I could not deliver it.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.kunde.test',
        '',
        `Final-Recipient: rfc822; ${to}`,
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 User unknown in virtual mailbox table',
        '',
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        `Message-ID: <${about}>`,
        `Subject: ${about === 'offer@acme.test' ? 'Your offer' : 'Never sent'}`,
        '',
        '--b--',
        '',
      ].join('\r\n')
    team.dovecot.deliver('support', bounce('b1', 'offer@acme.test'))
    team.dovecot.deliver('support', bounce('b2', 'never@acme.test'))
    team.dovecot.deliver('support', bounce('b3', 'invoice@acme.test', 'dead@kunde.test'))
    deliver({
      from: 'Rita Reader <rita@kunde.test>',
      subject: 'Automatic reply: Your offer',
      text: 'I am out of office.',
      headers: ['Auto-Submitted: auto-replied', 'In-Reply-To: <offer@acme.test>'],
      date: now - 4 * HOUR,
    })
    const app = await team.start()
    browser = await launchChromium()
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      reducedMotion: 'reduce',
    })
    page = await context.newPage()
    errors = watchForErrors(page)
    await page.goto(app.url)
    await view('All open')
    for (const subject of ['Broken lamp', 'Is it this one?']) await listed(subject).first().waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await team?.stop()
  })

  it('says who forwarded and who wrote; one click gives it back, Undo takes that back', async () => {
    await open('Fwd: Broken lamp')
    await expect
      .poll(() => note().innerText())
      .toContain('Forwarded by Ben Bell <ben@partner.test>, written by Anna Berg <anna.berg@kunde.test>.')
    await expect.poll(() => listed('Broken lamp').first().innerText()).toContain('Anna Berg')
    await contact().getByText('anna.berg@kunde.test').first().waitFor()
    await look('forward-attributed')
    await note().getByRole('button', { name: 'Not from them' }).click()
    // Nothing disappears under the pointer.
    const undo = page.getByRole('button', { name: 'Undo', exact: true })
    await undo.hover()
    await expect.poll(() => listed('Broken lamp').first().innerText()).toContain('Ben Bell')
    await contact().getByText('ben@partner.test').first().waitFor()
    await note().getByRole('button', { name: 'It is from Anna Berg' }).waitFor()
    await undo.click()
    await expect.poll(() => listed('Broken lamp').first().innerText()).toContain('Anna Berg')
    await note().getByRole('button', { name: 'Not from them' }).waitFor()
  })

  it('the answer goes to its author', async () => {
    await conversation().getByRole('button', { name: 'Reply', exact: true }).click()
    await page
      .getByRole('list', { name: /^To/ })
      .getByRole('button', { name: /anna\.berg@kunde\.test/ })
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
  })

  it('asks where it is doubtful; somebody else can be named by keyboard', async () => {
    await open('Fwd: Is it this one?')
    await expect.poll(() => note().innerText()).toContain('Is this from Anna Berg <anna.berg@kunde.test>?')
    await expect.poll(() => listed('Is it this one?').first().innerText()).toContain('Ben Bell')
    await look('forward-asks')
    await note().getByRole('button', { name: 'Someone else…' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Who wrote this?' })
    await dialog.getByRole('button', { name: 'Save', exact: true }).last().click()
    await dialog.getByText('Enter a mail address').waitFor()
    await look('forward-dialog')
    await dialog.getByRole('combobox', { name: 'Address' }).fill('eve@other.test')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Eve Else')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await expect.poll(() => listed('Is it this one?').first().innerText()).toContain('Eve Else')
    await expect.poll(() => note().innerText()).toContain('Somebody of the team said that Eve Else')
  })

  it('a bounce and an absence note are the state of what they are about', async () => {
    await view('Sent')
    await expect.poll(() => listed('Your offer').first().innerText()).toContain('Bounced: no such address')
    await listed('Your offer').first().click()
    await conversation().getByRole('heading', { name: 'Your offer' }).waitFor()
    const sent = conversation().getByRole('article').first()
    const fold = sent.locator('[data-fold]')
    if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click()
    const reports = sent.getByRole('list', { name: 'What came back' })
    await expect.poll(() => reports.innerText()).toContain('Bounced: no such address')
    for (const words of ['gone@kunde.test', 'User unknown', 'Out of office', 'rita@kunde.test'])
      await expect.poll(() => reports.innerText()).toContain(words)
    await look('bounce')
  })

  it('a bounce of what is not here is a conversation that says so', async () => {
    await open('Undelivered Mail Returned to Sender')
    await conversation().getByText('about a message that is not here').waitFor()
    await look('bounce-alone')
  })

  it('the dead address is marked on the recipient and beside the contact', async () => {
    await page.getByRole('button', { name: 'Compose', exact: true }).click()
    const to = page.getByRole('textbox', { name: 'To', exact: true }).last()
    await to.fill('gone@kunde.test')
    await to.press('Enter')
    await page.getByRole('button', { name: /^gone@kunde\.test\. Mail to this address came back/ }).waitFor()
    await look('chip')
    await view('Sent')
    await listed('Your invoice').first().click()
    const mark = contact().getByRole('img', { name: /^Mail to this address came back/ })
    await mark.first().waitFor()
    await look('contact-mark')
  })

  it('the inbox can want forwards by its members only', async () => {
    await page
      .getByRole('link', { name: /settings$/i })
      .first()
      .click()
    await page
      .getByRole('link', { name: /^General/ })
      .first()
      .click()
    const only = page.getByRole('switch', { name: /^Only when a member/ })
    await only.click()
    await expect.poll(() => only.isChecked()).toBe(true)
    await look('settings')
    await page.getByRole('switch', { name: /^Credit mail that somebody forwards/ }).click()
    await only.waitFor({ state: 'hidden' })
  })

  it('nothing failed meanwhile', () => expect(errors).toEqual([]))
})
