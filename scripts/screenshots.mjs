// `npm run screenshots`: the pictures of the README, from the built web shell with the sample team, made as a
// person would see them. `--out DIR` puts them elsewhere, `--no-build` takes what lies in out/.
import './preflight.mjs'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { shrink } from './png.mjs'
import { ensurePackages } from './servers.mjs'
import { root, run } from './run.mjs'
import { startApp } from '../test/support/app.ts'
import { launchChromium, watchForErrors } from '../test/support/browser.ts'

/** What the repository carries for its pictures, in bytes. */
const BUDGET = 1_500_000

const args = process.argv.slice(2)
const out = resolve(root, args.includes('--out') ? args[args.indexOf('--out') + 1] : 'docs/screenshots')
const missing = await ensurePackages(['chromium'])
if (missing.length > 0) {
  console.error('The pictures need Chromium. On Debian: apt-get install chromium. Or set CHROMIUM_PATH.')
  process.exit(1)
}
if (!args.includes('--no-build')) {
  const { ok, output } = await run('electron-vite', ['build'], { quiet: true })
  if (!ok) {
    console.error(`${output.trimEnd()}\nThe build failed, so there is nothing to take pictures of.`)
    process.exit(1)
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-screenshots-'))
mkdirSync(out, { recursive: true })
const app = await startApp({ dataDir })
const browser = await launchChromium()
const errors = []
let bytes = 0

/** A page of its own on the app. */
async function open({ width = 1440, height = 900, scheme = 'light' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  errors.push(watchForErrors(page))
  await page.goto(app.url)
  return page
}

/** Takes the picture once fonts are there and nothing moves any more. */
async function shoot(page, name) {
  await page.mouse.move(0, 0)
  await page.evaluate(() => document.fonts.ready)
  await page.waitForLoadState('networkidle')
  const path = join(out, `${name}.png`)
  const png = shrink(await page.screenshot({ animations: 'disabled', caret: 'hide' }))
  writeFileSync(path, png)
  bytes += png.length
  console.log(`${path} (${Math.round(png.length / 1024)} KB)`)
}

const option = (page, text) =>
  page.getByRole('listbox', { name: 'Conversations' }).getByRole('option', { name: text })
const view = (page, name) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: new RegExp(`^${name}`) })

/** Opens one of the sample's conversations, with its contact beside it. */
async function openStory(page, subject) {
  await view(page, 'All open').click()
  await option(page, subject).first().click()
  const conversation = page.getByRole('region', { name: 'Conversation' })
  await conversation.getByRole('heading', { name: subject }).waitFor()
  await conversation.getByRole('article').first().waitFor()
  await page.getByRole('region', { name: 'Contact' }).getByRole('heading').first().waitFor()
}

/** A question with a picture; and one with an invoice, an answer, a colleague and a comment. */
const QUESTION = /Front light blinks/
const INVOICE = /Rechnung 2031/

try {
  const page = await open()
  await page.getByRole('heading', { name: 'Welcome to Anteroom' }).waitFor()
  await shoot(page, 'welcome')

  await page.getByRole('button', { name: 'Try with a sample team' }).click()
  await option(page, QUESTION).first().waitFor({ timeout: 30_000 })
  await openStory(page, QUESTION)
  await shoot(page, 'inbox-light')

  const dark = await open({ scheme: 'dark' })
  await openStory(dark, QUESTION)
  await shoot(dark, 'inbox-dark')
  await dark.close()

  await openStory(page, INVOICE)
  await shoot(page, 'conversation')

  await page.getByRole('button', { name: 'Compose' }).click()
  await page.getByRole('textbox', { name: 'To' }).fill('anna.lindqvist@example.com')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Subject' }).fill('The wide clamp, and a mount for your helmet')
  await page.getByRole('textbox', { name: 'Message body' }).click()
  await page.keyboard.type('Hi Anna,\nglad that the wide clamp fits. Two things that may be useful:\n')
  await page.keyboard.type(
    '- the helmet mount is back in stock\nfirmware 2.5 brings the dimmer you asked for\n\n',
  )
  await page.keyboard.type('Ride safely,\nMira')
  await page.getByText('Saved', { exact: true }).first().waitFor()
  await shoot(page, 'composer')
  await page.close()

  const records = await open()
  await view(records, 'Contacts').click()
  const people = records.getByRole('grid', { name: 'Contacts' })
  await people.getByRole('row').nth(5).waitFor()
  await shoot(records, 'contacts')
  await people.getByRole('row', { name: /Nina Hartmann/ }).click()
  await records.getByRole('region', { name: 'Timeline' }).getByRole('article').first().waitFor()
  await shoot(records, 'record')
  await records.close()

  const empty = await open()
  await view(empty, 'Drafts').waitFor()
  await empty.getByRole('searchbox', { name: 'Search' }).fill('from:nobody unicorns')
  await empty.getByText('No conversation matches').waitFor()
  await shoot(empty, 'empty')
  await empty.close()

  const connect = await open()
  await connect.goto(`${app.url}#/settings/connect`)
  await connect.getByRole('radio', { name: 'Team email' }).waitFor()
  await shoot(connect, 'connect')
  await connect.close()

  const narrow = await open({ width: 480, height: 900 })
  await option(narrow, /./).first().waitFor()
  await shoot(narrow, 'narrow')
  await narrow.close()

  for (const error of errors.flat()) console.error(`The page complained: ${error}`)
  if (bytes > BUDGET)
    console.error(`The pictures are ${Math.round(bytes / 1024)} KB: too much to carry along.`)
  if (errors.flat().length > 0 || bytes > BUDGET) process.exitCode = 1
} finally {
  await browser.close()
  await app.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
