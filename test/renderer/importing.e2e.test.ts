import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type App } from '../support/app.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'

/** 300 rows: 290 people, and of every fault that a file has something. */
function peopleWithFaults(): Buffer {
  const rows = Array.from(
    { length: 290 },
    (_, i) => `Osoba${i},Łącka,osoba${i}@firma${i % 20}.test,,Firma ${i % 20}`,
  )
  const faults = [
    'Double,One,OSOBA0@firma0.test,,',
    'Double,Two,osoba1@firma1.test,,',
    'No,Address,not-an-address,,',
    ',,,,',
    'Too,Many,many@cells.test,,Firma,more,cells',
    '"Quoted, with comma",Name,quoted@names.test,,"Firma ""Q"""',
    'Bad,Stage,stage@firma.test,vip,',
    '=cmd|calc,Formula,formula@evil.test,,',
    'Second,Address,second@names.test;other@names.test,,',
    'Last,One,last@names.test,lead,',
    'A,Ghost,a@b,,',
  ]
  return Buffer.from(
    `\uFEFFImię,Nazwisko,Adres e-mail,Etap cyklu życia,Firma\r\n${[...rows, ...faults].join('\r\n')}\r\n`,
  )
}

describe('imports on screen', () => {
  let dataDir: string
  let app: App
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let errors: string[] = []

  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' })
  const rowsOf = (name: string) => page.getByRole('region', { name }).getByRole('row')
  const nav = (name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true })
  const choose = async (name: string, buffer: Buffer) => {
    const chooser = page.waitForEvent('filechooser')
    await button('Choose a file').click()
    await (await chooser).setFiles({ name, mimeType: 'text/csv', buffer })
  }
  const savedBy = async (press: () => Promise<void>) => {
    const [download] = await Promise.all([page.waitForEvent('download'), press()])
    return { name: download.suggestedFilename(), text: readFileSync((await download.path())!, 'utf8') }
  }

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'anteroom-importing-'))
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
    browser = await launchChromium()
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    page = await context.newPage()
    errors = watchForErrors(page)
    await page.goto(app.url)
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  it('leads from the list of contacts to the page, by keyboard', async () => {
    await nav('Contacts').click()
    await button('Import').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Import and export' }).waitFor()
    await page.getByText('No file was imported yet.').waitFor()
    expect(await violations(page)).toEqual([])
  })

  it('says why a file cannot be read', async () => {
    await choose('photo.csv', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
    await page
      .getByRole('alert')
      .getByText(/holds no text/)
      .waitFor()
    // The browser writes it there when it comes to it.
    await expect.poll(() => errors.length).toBe(1)
    expect(errors.splice(0)).toEqual([expect.stringContaining('422') as string])
  })

  it('shows the columns with what they become, and samples', async () => {
    await choose('osoby.csv', peopleWithFaults())
    await page.getByRole('heading', { name: 'osoby.csv' }).waitFor()
    await page.getByText('Contacts · 300 rows · CSV, UTF-8, separated by commas').waitFor()
    const becomes = (column: string) => page.getByLabel(`${column} becomes`)
    expect(await becomes('Imię').inputValue()).toBe('first_name')
    expect(await becomes('Adres e-mail').inputValue()).toBe('email')
    expect(await becomes('Etap cyklu życia').inputValue()).toBe('lifecycle_stage')
    await page.getByText('osoba1@firma1.test').waitFor()
    expect(await violations(page)).toEqual([])
    // Two columns cannot be one property.
    await becomes('Nazwisko').selectOption('first_name')
    await button('Check').click()
    await page.getByText('Two columns become the same. Leave one of them out.').waitFor()
    await becomes('Nazwisko').selectOption('last_name')
  })

  it('checks every row, changes nothing, and shows the verdicts by kind', async () => {
    await button('Check').click()
    await page.getByText('295 new, 5 refused').waitFor()
    await button(/^Refused/).click()
    const rows = rowsOf('Rows of the file')
    const cell = (name: string | RegExp) => rows.getByRole('cell', { name }).last()
    await expect.poll(() => rows.count()).toBe(6)
    await cell('osoba0@firma0.test is in row 1 already; only the first one counts.').waitFor()
    await cell('“not-an-address” is no email address.').waitFor()
    await cell(/^This row has 7 cells, but there are 5 columns/).waitFor()
    await button(/^With remarks/).click()
    await expect.poll(() => rows.count()).toBe(2)
    await cell(/Left out: “vip” is none of the choices/).waitFor()
    await button(/^All/).click()
    await expect.poll(() => rows.count()).toBe(101)
    await button('Show more').click()
    await expect.poll(() => rows.count()).toBe(201)
    expect(await violations(page)).toEqual([])
    await nav('Contacts').click()
    await page.getByText('No contacts yet').waitFor()
    await page.goBack()
  })

  it('imports, and the records are there', async () => {
    await button('Import 295 records').click()
    await button('Undo import').waitFor({ timeout: 60_000 })
    await page.getByText('295 new, 5 refused').waitFor()
    expect(await violations(page)).toEqual([])
    await button('Show contacts').click()
    const grid = page.getByRole('grid', { name: 'Contacts', exact: true })
    const search = page.getByRole('searchbox', { name: 'Search contacts' })
    await search.fill('quoted comma')
    await grid.getByRole('row', { name: /Quoted, with comma Name/ }).waitFor()
    await search.fill('osoba17')
    await grid.getByRole('row', { name: /Osoba17 Łącka/ }).waitFor()
    await nav('Companies').click()
    await page
      .getByRole('grid', { name: 'Companies', exact: true })
      .getByRole('row', { name: /Firma 13/ })
      .waitFor()
  })

  it('exports them: formulas harmless, all of them there', async () => {
    await page.evaluate(() => void (location.hash = '/settings/import'))
    await button('Export all').click()
    const dialog = page.getByRole('dialog', { name: 'Export all: Contacts' })
    await dialog.waitFor()
    expect(await violations(page)).toEqual([])
    const csv = await savedBy(() => dialog.getByRole('button', { name: 'Export' }).click())
    expect(csv.name).toMatch(/^contacts-\d{4}-\d\d-\d\d\.csv$/)
    expect(csv.text.trim().split('\r\n')).toHaveLength(296)
    expect(csv.text).toContain(`"'=cmd|calc`)
    expect(csv.text).toContain('other@names.test')
    await button('Export all').click()
    await dialog.getByLabel('vCard 4.0').check()
    const vcard = await savedBy(() => dialog.getByRole('button', { name: 'Export' }).click())
    expect(vcard.name).toMatch(/\.vcf$/)
    expect(vcard.text.match(/^BEGIN:VCARD/gm)).toHaveLength(295)
  })

  it('takes the whole import back', async () => {
    await page.getByRole('link', { name: /osoby\.csv/ }).click()
    await button('Undo import').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Undo import' }).click()
    await page.getByText('This import was taken back.').waitFor({ timeout: 60_000 })
    await nav('Contacts').click()
    await page.getByText('No contacts yet').waitFor()
  })

  it('is the same in the dark and on a narrow window', async () => {
    const narrow = await browser.newContext({
      viewport: { width: 420, height: 800 },
      colorScheme: 'dark',
      reducedMotion: 'reduce',
      storageState: await context.storageState(),
    })
    const other = await narrow.newPage()
    await other.goto(app.url)
    await other.evaluate(() => void (location.hash = '/settings/import'))
    await other.getByRole('link', { name: /osoby\.csv/ }).click()
    await other.getByText('This import was taken back.').waitFor()
    await other.getByRole('region', { name: 'Rows of the file' }).waitFor()
    expect(await violations(other)).toEqual([])
    const overflow = await other.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    await narrow.close()
  })
})
