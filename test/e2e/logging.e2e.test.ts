import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChannelId, UserId } from '../../src/contract/ids.ts'
import { startApp, type App } from '../support/app.ts'
import { connectApp } from '../support/app-client.ts'
import { launchChromium, watchForErrors } from '../support/browser.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { buildMail, type MailInit } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink.ts'

/** Each case of G as Ada sees it: what was decided about her mail, and the reason in words. */

const MARIO = 'Mario Rossi <mario@rossi.test>'
const WAIT = { timeout: 30_000 }

let dovecot: Dovecot
let smtp: SmtpSink
let dataDir: string
let app: App
let browser: Browser
let page: Page
const errors: string[] = []

const address = () => dovecot.address('ada')
const team = () => dovecot.address('support')
const go = (path: string) =>
  page.evaluate((to) => {
    location.hash = to
  }, path)
const region = (): Locator => page.getByRole('region', { name: 'Logging decisions' })
const row = (subject: string): Locator =>
  region()
    .getByRole('listitem')
    .filter({ has: page.getByText(subject, { exact: true }) })

/** The row of a message says whether it was logged, and why. */
async function says(
  subject: string,
  verdict: 'Logged' | 'Not logged',
  reason: string | RegExp,
): Promise<void> {
  await row(subject).getByText(verdict, { exact: true }).waitFor(WAIT)
  await row(subject).getByText(reason).first().waitFor()
}
const arrives = (init: Partial<MailInit> & { subject: string }): void =>
  dovecot.deliver(
    'ada',
    buildMail({ from: MARIO, to: address(), text: `About ${init.subject}`, date: Date.now(), ...init }),
  )
/** A mail that Ada wrote with another mail client. */
async function sent(init: Partial<MailInit> & { messageId: string }): Promise<void> {
  const raw = buildMail({
    from: address(),
    to: MARIO,
    subject: 'Offer',
    text: 'x',
    date: Date.now(),
    ...init,
  })
  await dovecot.appendTo('ada', 'Sent', raw)
}
async function asAda<T>(
  work: (client: Awaited<ReturnType<typeof connectApp>>['client']) => Promise<T>,
): Promise<T> {
  const { client, close } = await connectApp(app.url)
  try {
    return await work(client)
  } finally {
    close()
  }
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'anteroom-logging-'))
  dovecot = await startDovecot({ users: { support: 'secret', ada: 'secret' } })
  smtp = await startSmtpSink({ deliverTo: dovecot })
  const servers = (user: string) => ({
    imap: { host: '127.0.0.1', port: dovecot.port, security: 'none', user, password: '${PASSWORD}' },
    smtp: { host: '127.0.0.1', port: smtp.port, security: 'none' },
  })
  const provision = join(dataDir, 'provision.json')
  writeFileSync(
    provision,
    JSON.stringify({
      workspace: { name: 'Acme' },
      users: [
        { name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' },
        { name: 'Ben Bell', email: 'ben@acme.test' },
      ],
      me: 'ada@acme.test',
      inboxes: [{ name: 'Support', access: 'everyone' }],
      channels: [
        {
          kind: 'imap',
          purpose: 'team',
          inbox: 'Support',
          address: team(),
          fromName: 'Acme Support',
          ...servers('support'),
        },
        {
          kind: 'imap',
          purpose: 'personal',
          user: 'ada@acme.test',
          address: address(),
          fromName: 'Ada Agent',
          ...servers('ada'),
        },
      ],
    }),
  )
  // Mario is a contact, because he wrote to the team.
  dovecot.deliver(
    'support',
    buildMail({ from: MARIO, to: team(), subject: 'An order', text: 'x', date: Date.now() }),
  )
  app = await startApp({ dataDir, args: ['--provision', provision], env: { PASSWORD: 'secret' } })
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
  page = await context.newPage()
  const seen = watchForErrors(page)
  page.on('close', () => errors.push(...seen))
  await page.goto(app.url)
  await page.getByRole('option', { name: /An order/ }).waitFor(WAIT)
  await go('/settings/accounts')
  await region().waitFor()
})

afterAll(async () => {
  await page?.close()
  await browser?.close()
  await app?.stop()
  await smtp?.stop()
  await dovecot?.stop()
  rmSync(dataDir, { recursive: true, force: true })
  expect(errors).toEqual([])
})

describe('the rules of logging, on screen', () => {
  test('a mail with the Log box, and the reply to it (G1, G3)', async () => {
    await page.getByRole('button', { name: 'Compose' }).first().click()
    const composer = page
      .getByRole('complementary')
      .filter({ has: page.getByRole('textbox', { name: 'Message body' }) })
    await composer
      .getByRole('combobox', { name: 'From' })
      .first()
      .selectOption({ label: `Ada Agent <${address()}>` })
    await composer.getByRole('checkbox', { name: 'Log to the CRM' }).waitFor()
    expect(await composer.getByRole('checkbox', { name: 'Log to the CRM' }).isChecked()).toBe(true)
    await composer.getByRole('textbox', { name: 'To', exact: true }).fill('mario@rossi.test,')
    await composer.getByRole('textbox', { name: 'Subject', exact: true }).fill('The blue one')
    await composer.getByRole('textbox', { name: 'Message body' }).click()
    await page.keyboard.type('Would you like it?')
    await composer.getByRole('button', { name: 'Send', exact: true }).click()
    await says('The blue one', 'Logged', 'Ada Agent ticked "Log to the CRM"')
    const [mail] = await smtp.waitFor(1, 40_000)
    const { messageId } = await simpleParser(mail!.raw)
    arrives({
      subject: 'Re: The blue one',
      inReplyTo: messageId!.replace(/[<>]/g, ''),
      text: 'Two of them, please',
    })
    await says('Re: The blue one', 'Logged', /the contact Mario Rossi answered a mail from Ada Agent/)
    // Both once, though the copy of the first lies in Sent too.
    expect(dovecot.messagesOnDisk('ada', 'Sent').length).toBeLessThanOrEqual(1)
    expect(await row('The blue one').count()).toBe(1)
  })

  test('a reply of somebody who is no contact, and mail that answers nothing (G2)', async () => {
    await sent({ messageId: 'offer@acme.test' })
    arrives({ subject: 'Who I am', from: 'Anna <anna@else.test>', inReplyTo: 'offer@acme.test' })
    await says('Who I am', 'Not logged', "anna@else.test is no contact's address")
    arrives({ subject: 'Something new' })
    await says('Something new', 'Not logged', 'it is a new mail and answers none')
    await row('Something new').getByRole('button', { name: /^Why/ }).click()
    await row('Something new').getByText('It names no mail that it answers').waitFor()
    await row('Something new').getByRole('button', { name: 'Log now' }).click()
    await says('Something new', 'Logged', 'Ada Agent chose "Log now"')
  })

  test('an alias of a contact; and two contacts that are merged (G5)', async () => {
    arrives({ subject: 'From home', from: 'M. Rossi <mario@home.test>', inReplyTo: 'offer@acme.test' })
    await says('From home', 'Not logged', "mario@home.test is no contact's address")
    await row('From home').getByRole('button', { name: 'Add as alias and log' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add as alias and log' })
    await dialog.getByRole('combobox').fill('mario@rossi')
    await dialog.getByRole('option', { name: /Mario Rossi/ }).click()
    await dialog.getByRole('button', { name: 'Add and log' }).click()
    await says('From home', 'Logged', 'Ada Agent chose "Log now"')
    arrives({ subject: 'From home again', from: 'M. Rossi <mario@home.test>', inReplyTo: 'offer@acme.test' })
    await says('From home again', 'Logged', /the contact Mario Rossi answered/)

    // Logged by hand, somebody unknown becomes a contact of their own; merged, they are Mario.
    arrives({ subject: 'From work', from: 'M. R. <mario@work.test>', inReplyTo: 'offer@acme.test' })
    await row('From work').getByRole('button', { name: 'Log now' }).click(WAIT)
    await says('From work', 'Logged', 'Ada Agent chose "Log now"')
    await asAda(async (client) => {
      const contact = async (query: string) => {
        const [found] = await until(`the contact ${query}`, async () => {
          const all = await client.contacts.search({ query, limit: 1 })
          return all.length > 0 && all
        })
        return { type: 'contact' as const, id: found!.id }
      }
      await client.records.merge({
        keep: await contact('mario@rossi'),
        other: await contact('mario@work'),
        take: [],
      })
    })
    arrives({ subject: 'From work again', from: 'M. R. <mario@work.test>', inReplyTo: 'offer@acme.test' })
    await says('From work again', 'Logged', /the contact Mario Rossi answered/)
  })

  test('a child folder of INBOX, which is looked at when asked (G6)', async () => {
    const raw = buildMail({
      from: MARIO,
      to: address(),
      subject: 'In a folder',
      inReplyTo: 'offer@acme.test',
      text: 'x',
      date: Date.now(),
    })
    await dovecot.appendTo('ada', 'INBOX/Clients', raw)
    await asAda(async (client) => {
      const channel = (await client.channels.list({})).find((one) => one.purpose === 'personal')!
      await client.channels.retry({ id: channel.id })
    })
    await says(
      'In a folder',
      'Not logged',
      'it lies in the folder INBOX/Clients, and only INBOX itself is looked at',
    )
    await row('In a folder').getByRole('button', { name: 'Look at INBOX/Clients too' }).click()
    await says('In a folder', 'Logged', /the contact Mario Rossi answered/)
  })

  test('a conversation that a team address began (G7)', async () => {
    const id = await asAda(async (client) => {
      const channel = (await client.channels.list({})).find((one) => one.purpose === 'team')!
      const draft = await client.drafts.open({ mode: 'new', channelId: channel.id as ChannelId })
      const content = {
        channelId: channel.id as ChannelId,
        to: [{ name: '', address: 'mario@rossi.test' }],
        cc: [{ name: '', address: address() }],
        bcc: [],
        subject: 'From the team',
        html: '<p>Hello</p>',
      }
      const { version } = await client.drafts.save({ id: draft.id, version: draft.version, content })
      await client.drafts.send({ id: draft.id, version, undoSeconds: 0 })
      const copy = await until('the copy in Sent', () => dovecot.messagesOnDisk('support', 'Sent')[0], 30_000)
      return (await simpleParser(copy.raw)).messageId!.replace(/[<>]/g, '')
    })
    arrives({ subject: 'Re: From the team', to: [team(), address()], inReplyTo: id })
    await says('Re: From the team', 'Not logged', `this conversation belongs to the team address ${team()}`)
  })

  test('disconnected when it arrived, and reconnected (G1)', async () => {
    await asAda(async (client) => {
      const channel = (await client.channels.list({})).find((one) => one.purpose === 'personal')!
      await client.channels.disconnect({ id: channel.id })
    })
    // INTERNALDATE knows whole seconds only: the mail comes in one of its own.
    const nextSecond = async () => {
      // The times of files lag behind the clock by some milliseconds.
      const next = (Math.floor(Date.now() / 1000) + 1) * 1000 + 50
      await until('the next second', () => Date.now() >= next)
    }
    await nextSecond()
    arrives({ subject: 'Meanwhile', inReplyTo: 'offer@acme.test' })
    await nextSecond()
    await asAda(async (client) => {
      await client.channels.connect({
        address: address(),
        purpose: 'personal',
        fromName: 'Ada Agent',
        imap: { host: '127.0.0.1', port: dovecot.port, security: 'none', user: 'ada' },
        smtp: { host: '127.0.0.1', port: smtp.port, security: 'none' },
        password: 'secret',
      })
    })
    await says('Meanwhile', 'Not logged', `${address()} was not connected when it arrived`)
    arrives({ subject: 'And now', inReplyTo: 'offer@acme.test' })
    await says('And now', 'Logged', /the contact Mario Rossi answered/)
  })

  test('what was logged is on Mario’s page, for Ben too; what was not is nowhere but here', async () => {
    const { client, close } = await connectApp(app.url)
    const ben = (await client.workspace.get({})).users.find(({ name }) => name === 'Ben Bell')!
    await client.users.signIn({ id: ben.id as UserId })
    const own = (await client.channels.list({})).filter(({ purpose }) => purpose === 'personal')
    expect(own).toEqual([])
    const [mario] = await client.contacts.search({ query: 'mario@rossi', limit: 1 })
    close()
    await go(`/contacts/${mario!.id}`)
    const timeline = page.getByRole('region', { name: 'Timeline' })
    await timeline.getByRole('article').filter({ hasText: 'Re: The blue one' }).first().waitFor(WAIT)
    expect(await timeline.getByText('Who I am').count()).toBe(0)
    expect(await timeline.getByText('Meanwhile').count()).toBe(0)
  })
})
