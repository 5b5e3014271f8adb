import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { becomes } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { serveShellPage } from './shell-page/serve.ts'

/**
 * Lists and pages of records over a double of the engine (shell-page/fake-records.ts): many records, every width and
 * theme, all by keyboard. The same over the real engine is in records.e2e.test.ts.
 */
describe('lists and pages of records', () => {
  let served: { url: string; close(): Promise<void> }
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let errors: string[] = []

  beforeAll(async () => {
    ;[served, browser] = await Promise.all([serveShellPage(), launchChromium()])
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
    page = await context.newPage()
    errors = watchForErrors(page)
  })
  afterEach(async () => {
    await context.close()
    expect(errors).toEqual([])
  })

  const start = async (route: string, contacts = 400) => {
    await page.goto(`${served.url}?contacts=${contacts}#${route}`)
    await page.getByRole('main').waitFor()
  }
  const grid = (name = 'Contacts') => page.getByRole('grid', { name, exact: true })
  const row = (text: string | RegExp) => grid().getByRole('row', { name: text })
  const selected = () => grid().locator('[role="row"][aria-selected="true"]')
  const activeText = () =>
    grid().evaluate((element) => {
      const id = element.getAttribute('aria-activedescendant') ?? ''
      return document.getElementById(id)?.textContent?.trim() ?? null
    })
  const nothingForAxe = async (what: string) => expect(await violations(page), what).toEqual([])

  it('scrolls through a hundred thousand contacts with a screenful of rows', async () => {
    await start('/contacts', 100_000)
    await row(/person\d+@/)
      .first()
      .waitFor()
    await page.getByText('10,000+').first().waitFor()
    await grid().focus()
    // Further than rows are kept: what lies behind has to come again.
    while (Number(await grid().evaluate((box) => box.scrollTop)) < 36 * 4_500)
      await page.keyboard.press('Control+End')
    expect(await grid().getByRole('row').count()).toBeLessThan(60)
    await becomes(activeText, expect.stringMatching(/^Ada /))
    await page.keyboard.press('Control+Home')
    await becomes(activeText, 'Ada Chen 000008')
    await row(/Ada Chen 000008/).waitFor()
  })

  it('moves by arrows, opens with Enter, and comes back to where it was', async () => {
    await start('/contacts')
    await row(/Ada Chen 000008/).waitFor()
    await grid().focus()
    await page.keyboard.press('ArrowDown')
    await becomes(activeText, 'Ada Chen 000072')
    await page.keyboard.press('ArrowRight')
    await becomes(activeText, 'person72@example.test')
    await page.keyboard.press('End')
    await becomes(activeText, 'May 4, 2026, 10:48 PM')
    await page.keyboard.press('Home')
    await page.keyboard.press('PageDown')
    await becomes(activeText, expect.not.stringMatching(/^(Ada Chen 000072|May 4.*|)$/))
    const further = await activeText()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: String(further) }).waitFor()
    await becomes(
      () => page.evaluate(() => document.activeElement?.querySelector('h1')?.textContent),
      further,
    )
    await page.keyboard.press('u')
    await becomes(() => grid().evaluate((element) => element === document.activeElement), true)
    await becomes(activeText, further)
  })

  it('selects by keyboard and by pointer, all of them too, and takes a bulk edit back', async () => {
    await start('/contacts')
    await row(/Ada Chen 000008/).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('Shift+j')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('3 selected').waitFor()
    await row(/Ada Chen 000392/).click({ modifiers: ['Control'] })
    await page.getByText('4 selected').waitFor()
    await nothingForAxe('with a selection')
    await grid().focus()
    await page.keyboard.press('Control+a')
    await page.getByText('400 selected').waitFor()
    await page.getByRole('button', { name: 'Set a property' }).click()
    await page.getByLabel('Property', { exact: true }).selectOption('Lifecycle stage')
    await page.getByLabel('New value').selectOption('Customer')
    await nothingForAxe('the bulk edit')
    await page.getByRole('button', { name: 'Set', exact: true }).click()
    await page.getByText('Lifecycle stage set for 400 records.').waitFor()
    await becomes(() => grid().getByRole('gridcell', { name: 'Lead' }).count(), 0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await grid().getByRole('gridcell', { name: 'Lead' }).first().waitFor()
    await grid().focus()
    await page.keyboard.press('Escape')
    await becomes(() => selected().count(), 0)
    // What is chosen while the engine removes others stays chosen.
    await row(/Ada Chen 000008/).click({ modifiers: ['Control'] })
    const remove = page
      .getByRole('toolbar', { name: 'Selected records' })
      .getByRole('button', { name: 'Remove' })
    await remove.evaluate((button: HTMLElement) => {
      button.click()
      const other = [...document.querySelectorAll<HTMLElement>('[role="row"][aria-selected="false"]')][2]
      other?.dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))
    })
    await becomes(() => row(/Ada Chen 000008/).count(), 0)
    await becomes(() => selected().count(), 1)
  })

  it('stops selecting everything when that is not wanted any more', async () => {
    await start('/contacts', 100_000)
    await row(/person\d+@/)
      .first()
      .waitFor()
    await grid().focus()
    await page.keyboard.press('Control+a')
    const bar = page.getByRole('toolbar', { name: 'Selected records' })
    await bar.waitFor()
    await page.keyboard.press('Escape')
    await becomes(() => bar.count(), 0)
    await page.keyboard.press('x')
    await bar.getByText('1 selected').waitFor()
  })

  it('leaves what is typed into the search as it is typed', async () => {
    await start('/contacts')
    await row(/Ada Chen 000008/).waitFor()
    const search = page.getByRole('searchbox', { name: 'Search Contacts' })
    await search.pressSequentially('ada ')
    await becomes(() => new URL(page.url()).hash, '#/contacts?q=ada')
    await search.pressSequentially('chen')
    await becomes(() => new URL(page.url()).hash, expect.stringMatching(/q=ada.+chen$/))
    expect(await search.inputValue()).toBe('ada chen')
  })

  it('removes what is selected, and brings it back', async () => {
    await start('/contacts')
    await row(/Ada Chen 000008/).click({ modifiers: ['Control'] })
    await page
      .getByRole('toolbar', { name: 'Selected records' })
      .getByRole('button', { name: 'Remove' })
      .click()
    await becomes(() => row(/Ada Chen 000008/).count(), 0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(/Ada Chen 000008/).waitFor()
  })

  it('sorts by its headings, and says so', async () => {
    await start('/contacts')
    const head = grid().getByRole('columnheader', { name: 'Email' })
    await becomes(() => head.getAttribute('aria-sort'), 'none')
    await head.getByRole('button', { name: 'Email' }).click()
    await becomes(() => head.getAttribute('aria-sort'), 'ascending')
    await head.getByRole('button', { name: 'Email' }).click()
    await becomes(() => head.getAttribute('aria-sort'), 'descending')
    await becomes(() => new URL(page.url()).hash, '#/contacts?sort=-email')
    await row(/person99@/).waitFor()
    // The address says it all: it can be kept or sent.
    await page.reload()
    await row(/person99@/).waitFor()
  })

  it('makes a column as wide as one likes it, and remembers', async () => {
    await start('/contacts')
    const edge = page.getByRole('separator', { name: 'Width of Company' })
    await edge.press('ArrowRight')
    await edge.press('ArrowRight')
    await becomes(() => edge.getAttribute('aria-valuenow'), '200')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Job title' }).check()
    await page.getByRole('button', { name: 'Move Job title to the left' }).click()
    await nothingForAxe('the choice of columns')
    await page.keyboard.press('Escape')
    await grid().getByRole('columnheader', { name: 'Job title' }).waitFor()
    await page.goto(page.url().replace(/#.*/, '#/contacts'))
    await page.reload()
    await grid().getByRole('columnheader', { name: 'Job title' }).waitFor()
    await becomes(() => edge.getAttribute('aria-valuenow'), '200')
    // What another window remembers meanwhile is not forgotten by this one.
    const other = await context.newPage()
    await other.goto(page.url())
    await other.getByRole('button', { name: 'Columns' }).click()
    await other.getByRole('checkbox', { name: 'Notes' }).check()
    await other.getByRole('columnheader', { name: 'Notes' }).waitFor()
    await grid().getByRole('columnheader', { name: 'Notes' }).waitFor()
    await edge.press('ArrowLeft')
    await becomes(() => edge.getAttribute('aria-valuenow'), '184')
    await other.reload()
    await other.getByRole('columnheader', { name: 'Notes' }).waitFor()
    await other.close()
  })

  it('filters by any property, keeps that as a view, changes and removes it', async () => {
    await start('/contacts')
    await page.getByRole('button', { name: 'Add filter' }).click()
    await page.getByLabel('Property', { exact: true }).selectOption('Company')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Say what to compare with.').waitFor()
    await page.getByRole('combobox', { name: 'Find a company' }).fill('ross')
    await page.getByRole('option', { name: 'Rossi Luci' }).waitFor()
    await page.keyboard.press('Enter')
    await nothingForAxe('the filter')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('button', { name: 'Company is Rossi Luci', exact: true }).waitFor()
    await becomes(
      async () => (await page.locator('#records-title + span').innerText()).trim(),
      expect.stringMatching(/^100\b/),
    )
    await page.getByRole('button', { name: 'Save as view' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Rossi people')
    await page.getByRole('switch', { name: 'Share with everyone' }).check()
    await nothingForAxe('keeping a view')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const tab = page.getByRole('tab', { name: 'Rossi people' })
    await becomes(() => tab.getAttribute('aria-selected'), 'true')
    await tab.press('ArrowLeft')
    await becomes(() => page.getByRole('button', { name: /^Company is/ }).count(), 0)
    await page.getByRole('tab', { name: 'All contacts' }).press('ArrowRight')
    await page.getByRole('button', { name: 'Remove filter: Company is Rossi Luci' }).click()
    await page.getByRole('button', { name: 'Save changes' }).waitFor()
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.getByRole('button', { name: 'Company is Rossi Luci', exact: true }).waitFor()
    await page.getByRole('button', { name: 'View Rossi people' }).click()
    await page.getByRole('menuitem', { name: 'Remove view' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await becomes(() => tab.count(), 0)
  })

  it('says what an empty list is', async () => {
    await start('/contacts', 0)
    await page.getByText('No contacts yet').waitFor()
    await nothingForAxe('no contacts')
    await start('/contacts?q=nobody')
    await page.getByText('Nothing matches').waitFor()
    await page.getByRole('button', { name: 'Show everything' }).click()
    await row(/Ada Chen 000008/).waitFor()
    await becomes(() => page.getByRole('searchbox', { name: 'Search Contacts' }).inputValue(), '')
  })

  it('leads to the contact that has an address already', async () => {
    await start('/contacts')
    await page.getByRole('button', { name: 'New contact' }).click()
    await nothingForAxe('a new contact')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('Write an address or a name.').waitFor()
    await page.getByRole('textbox', { name: 'Email' }).fill('person3@example.test')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Open contact' }).click()
    await page.getByRole('heading', { level: 1, name: 'Dmitri Smith 000003' }).waitFor()
  })

  it('edits a property where it stands, and says what is wrong with it', async () => {
    await start('/deals')
    await grid('Deals')
      .getByRole('row', { name: /Forty lamps/ })
      .click()
    const amount = page.getByRole('textbox', { name: 'Amount' })
    await becomes(() => amount.inputValue(), '€1,200.00')
    await amount.fill('plenty')
    await amount.press('Enter')
    await page.getByText('Write an amount, like 1200 or 1,200.50.').waitFor()
    await amount.fill('1500,50')
    await amount.press('Enter')
    await becomes(() => amount.inputValue(), '€1,500.50')
    await page.getByLabel('Stage', { exact: true }).selectOption('Won')
    await page.getByText('€1,500.50 · Won').waitFor()
    await nothingForAxe('a deal')
  })

  it('is reached by keys and from the palette', async () => {
    await start('/open')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await row(/Ada Chen 000008/).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Type a command' }).fill('new deal')
    await page.getByRole('option', { name: /New deal/, selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'New deal' }).waitFor()
    await becomes(() => page.getByLabel('Stage', { exact: true }).inputValue(), expect.stringMatching(/./))
  })

  it.each(['light', 'dark'] as const)('fits and is accessible at every width, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    for (const width of [1440, 1000, 420]) {
      await page.setViewportSize({ width, height: 800 })
      await start('/contacts')
      await row(/Ada Chen 000008/).waitFor()
      await nothingForAxe(`the list at ${width} px`)
      await row(/Ada Chen 000008/).click()
      await page.getByRole('heading', { level: 1, name: 'Ada Chen 000008' }).waitFor()
      await nothingForAxe(`the page at ${width} px`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, `${width} px`).toBeLessThanOrEqual(0)
    }
    for (const route of ['/settings/properties', '/settings/pipelines']) {
      await start(route)
      await page.getByRole('heading', { level: 2 }).first().waitFor()
      await nothingForAxe(route)
    }
  })

  it('shows two lines a record on a small screen, sorted from a menu', async () => {
    await page.setViewportSize({ width: 420, height: 800 })
    await start('/contacts')
    await row('Ada Chen 000008 person8@example.test · Northwind · Customer').waitFor()
    await page.getByRole('button', { name: 'Sort' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Email' }).click()
    await row(/Ada Smith 000000 person0@example.test/).waitFor()
    await page.getByRole('button', { name: 'Show views' }).click()
    await page.getByRole('link', { name: 'Companies' }).click()
    await grid('Companies')
      .getByRole('row', { name: /Northwind/ })
      .waitFor()
    await becomes(() => page.getByRole('link', { name: 'Companies' }).count(), 0)
  })
})
