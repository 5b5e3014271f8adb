import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { startApp, type App } from './app.ts'
import { violations, watchForErrors } from './browser.ts'
import type { Dovecot } from './dovecot.ts'
import type { SmtpSink } from './smtp-sink.ts'

/** A DNS look-up that has no answer takes its time before the wizard goes on. */
export const SLOW = 60_000

/** The app on an empty folder, and a page of it: where a new company begins. */
export type NewCompany = {
  app: App
  page: Page
  /** What stood in the page's console, or went uncaught. */
  errors: string[]
  /** The address of a route: `#/settings/people`. */
  go(route: string): Promise<void>
  stop(): Promise<void>
}

export async function newCompany(
  browser: Browser,
  options: { width?: number; height?: number; args?: string[]; env?: Record<string, string> } = {},
): Promise<NewCompany> {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-connect-'))
  const app = await startApp({ dataDir, args: options.args ?? [], env: options.env ?? {} })
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  const errors = watchForErrors(page)
  await page.goto(app.url)
  return {
    app,
    page,
    errors,
    go: async (route) => void (await page.evaluate(`location.hash = ${JSON.stringify(route)}`)),
    async stop() {
      // A picture of where a test ended, for whoever looks for the cause.
      if (process.env.ANTEROOM_SHOTS) await page.screenshot({ path: `${process.env.ANTEROOM_SHOTS}/end.png` })
      await context.close()
      await app.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Makes the workspace "Acme" with Ada Agent and the inbox Support; the wizard stands at its first screen then. */
export async function createWorkspace(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Connect a mailbox' }).click()
  await page.getByRole('textbox', { name: 'Company or team' }).fill('Acme')
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ada Agent')
  await page.getByRole('textbox', { name: 'Your email address' }).fill('ada@acme.test')
  await page.getByRole('button', { name: 'Create and go on' }).click()
  await heading(page, 'What is the address for?')
}

/** The accessible names of the wizard, each once. */
export const wizard = (page: Page) => ({
  radio: (name: string) => page.getByRole('radio', { name, exact: true }),
  box: (name: string) => page.getByRole('textbox', { name, exact: true }),
  button: (name: string) => page.getByRole('button', { name, exact: true }),
  toggle: (name: string) => page.getByRole('switch', { name, exact: true }),
  next: () => page.getByRole('button', { name: 'Next', exact: true }).click(),
  back: () => page.getByRole('button', { name: 'Back', exact: true }).click(),
  finish: () => page.getByRole('button', { name: 'Connect and finish', exact: true }).click(),
  understood: () =>
    page.getByRole('checkbox', {
      name: 'I understand that the whole team will see everything sent to this address',
      exact: true,
    }),
  incoming: () => page.getByRole('group', { name: 'Incoming mail (IMAP)' }),
  outgoing: () => page.getByRole('group', { name: 'Outgoing mail (SMTP)' }),
  preview: () => page.getByRole('region', { name: 'Preview' }),
})

/** Waits for the screen with this heading. */
export async function heading(page: Page, name: string): Promise<void> {
  await page
    .getByRole('heading', { name: new RegExp(name.replace(/[?.]/g, '\\$&')) })
    .waitFor({ timeout: SLOW })
}

/** The second screen: kind and address. */
export async function giveAddress(
  page: Page,
  init: { kind: 'IMAP' | 'Other mail account'; address: string; team?: boolean },
): Promise<void> {
  const { radio, box, understood } = wizard(page)
  await radio(init.kind).check()
  await box('Email address').fill(init.address)
  if (init.team !== false) await understood().check()
}

/** The servers of the test, by hand, and the live test until it has passed. */
export async function passServers(
  page: Page,
  init: { dovecot: Dovecot; smtp: SmtpSink; user: string; password?: string },
): Promise<void> {
  const { box, incoming, outgoing, next } = wizard(page)
  await heading(page, 'Password and servers')
  await box('Password').fill(init.password ?? init.dovecot.users[init.user] ?? '')
  for (const [group, port, user] of [
    [incoming(), init.dovecot.port, init.user],
    [outgoing(), init.smtp.port, ''],
  ] as const) {
    await group.getByLabel('Server').fill('127.0.0.1')
    await group.getByLabel('Encryption').selectOption('none')
    await group.getByLabel('Port').fill(String(port))
    await group.getByLabel('User name').fill(user)
  }
  await next()
  await heading(page, 'Does it work?')
}

export async function passTest(page: Page): Promise<void> {
  await page.getByText('Everything works.').waitFor({ timeout: SLOW })
  await wizard(page).next()
}

/** Nothing that axe finds: light, dark, and in a narrow window. */
export async function expectAccessible(page: Page, selector = 'main'): Promise<void> {
  const size = page.viewportSize()
  for (const look of ['light', 'dark', 'narrow'] as const) {
    await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' })
    if (look === 'narrow') await page.setViewportSize({ width: 480, height: 900 })
    expect(await violations(page, { within: [selector] }), look).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
  if (size) await page.setViewportSize(size)
}

/** A conversation in the list, by its accessible name. */
export const conversation = (page: Page, name: RegExp) =>
  page.getByRole('listbox', { name: 'Conversations' }).getByRole('option', { name })

/**
 * Hands a message over by SMTP, as a forwarding server would. Resolves with the last answer; rejects with an error whose
 * `responseCode` is the server's.
 */
export async function sendBySmtp(init: {
  port: number
  from: string
  to: string
  raw: Uint8Array | string
}): Promise<string> {
  const connection = new SMTPConnection({
    host: '127.0.0.1',
    port: init.port,
    tls: { rejectUnauthorized: false },
  })
  return await new Promise<string>((resolve, reject) => {
    connection.once('error', reject)
    connection.connect((error) => {
      if (error) return reject(error)
      connection.send({ from: init.from, to: [init.to] }, Buffer.from(init.raw), (failure, info) => {
        connection.quit()
        if (failure) reject(failure)
        else resolve(info.response)
      })
    })
  })
}

/** Says SMTP commands one after the other. Resolves with the answer to the last; for what no mail client would say. */
export async function sayBySmtp(port: number, commands: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const left = [...commands]
  let text = ''
  return await new Promise<string>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`The server hung up: ${text}`)))
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
      // The last line of an answer has a space behind its code (RFC 5321 section 4.2.1).
      if (!/^\d{3} .*\r\n$/m.test(text)) return
      const command = left.shift()
      if (command === undefined) {
        socket.removeAllListeners('close')
        socket.destroy()
        return resolve(text.trim())
      }
      text = ''
      socket.write(`${command}\r\n`)
    })
  })
}

/** Opens the wizard by the way that people go: Inbox settings, Channels, Connect a channel (H1). */
export async function openFromInboxSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Inbox settings', exact: true }).click()
  await page.getByRole('link', { name: 'Channels', exact: true }).first().click()
  await page.getByRole('button', { name: 'Connect a channel', exact: true }).click()
  await heading(page, 'What is the address for?')
}
