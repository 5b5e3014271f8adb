import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import { startApp, type App } from '../support/app.ts'
import { becomes } from '../support/becomes.ts'
import { launchChromium, watchForErrors } from '../support/browser.ts'

/** What the focus does when the button that was pressed is busy, is moved, or goes: by keyboard, in the built application. */

let dataDir: string
let app: App
let browser: Browser
let page: Page
let errors: string[] = []

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'anteroom-focus-'))
  const provision = join(dataDir, 'provision.json')
  writeFileSync(
    provision,
    JSON.stringify({
      workspace: { name: 'Acme' },
      users: [{ name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' }],
      me: 'ada@acme.test',
      inboxes: [{ name: 'Support', access: 'everyone' }],
    }),
  )
  app = await startApp({ dataDir, args: ['--provision', provision] })
  const { client, close } = await connectApp(app.url)
  for (const name of ['Late', 'Rare', 'Urgent']) await client.tags.create({ name })
  await client.teams.add({ name: 'Night shift' })
  close()
  browser = await launchChromium()
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
  errors = watchForErrors(page)
  await page.goto(app.url)
  await page.getByRole('navigation', { name: 'Views' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const go = (hash: string) => page.evaluate((to) => (location.hash = to), hash)
const button = (name: string) => page.getByRole('button', { name, exact: true })
const press = async (name: string) => {
  await button(name).focus()
  await page.keyboard.press('Enter')
}
const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement
    return element === document.body
      ? 'nothing'
      : (element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '')
  })
const isOn = (name: string) => becomes(focused, name)

test('a screen that a key leads to has it, so that Tab begins there', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('y')
  await page.getByText('The library is empty').waitFor()
  await becomes(() => page.evaluate(() => document.activeElement?.tagName), 'MAIN')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true)
})

test('a button that is busy for a moment has it again', async () => {
  await go('#/settings/people')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ben Bell')
  await page.getByRole('textbox', { name: 'Email', exact: true }).fill('ben@acme.test')
  await press('Add a person')
  await button('Edit Ben Bell').waitFor()
  await isOn('Add a person')
})

test('a row that goes leaves it to the one that takes its place, also where a dialog asked before', async () => {
  await go('#/settings/tags')
  await press('Remove the tag Rare')
  await isOn('Remove the tag Urgent')
  await page.keyboard.press('Enter')
  await isOn('Remove the tag Late')
  await page.keyboard.press('Enter')
  await isOn('New tag')

  await go('#/settings/people')
  await press('Remove Night shift')
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('button', { name: 'Remove the team' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Night shift', { exact: true }).waitFor({ state: 'detached' })
  await isOn('Add a team')
})

test('what is moved keeps it, and at the end of its way the other way has it', async () => {
  await go('#/library/new-quote')
  await press('Add a line')
  await press('Add a line')
  await press('Move line 3 up')
  await isOn('Move line 2 up')
  await page.keyboard.press('Enter')
  await isOn('Move line 1 down')
  await press('Remove line 2')
  await isOn('Remove line 2')
  expect(errors).toEqual([])
})
