import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../support/app.ts'
import { becomes } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** The timeline has tests of its own. */
const WITHOUT_TIMELINE = { without: ['[aria-labelledby="timeline-title"]'] }

/** Records in the built application, with contacts that mail made. */
describe('records on screen', () => {
  let team: Team
  let app: App
  let browser: Browser
  let page: Page
  let errors: string[] = []

  const grid = (name = 'Contacts') => page.getByRole('grid', { name, exact: true })
  const row = (text: string | RegExp) => grid().getByRole('row', { name: text })
  const nav = (name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true })
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true })
  const names = () =>
    grid()
      .getByRole('row')
      .evaluateAll((rows) =>
        rows.slice(1).map((each) => each.querySelector('[role="gridcell"]')?.textContent?.trim()),
      )
  /** A part of a record's page: the timeline names the same things. */
  const part = (name: string) => page.getByRole('region', { name, exact: true })
  const openRecord = async (type: string, name: string) => {
    await nav(type).click()
    await grid(type)
      .getByRole('row', { name: new RegExp(name) })
      .click()
    await heading(name).waitFor()
  }

  beforeAll(async () => {
    team = await makeTeam()
    const people = ['Carla Rossi <carla@rossi.test>', 'Bo Chen <bo@lamps.test>', 'Ewa Nowak <ewa@rossi.test>']
    people.forEach((from, index) =>
      team.dovecot.deliver(
        'support',
        buildMail({
          from,
          to: team.dovecot.address('support'),
          subject: `Question ${index}`,
          messageId: `q${index}@customers.test`,
          date: Date.now() - index * 3_600_000,
          text: 'Where are my lamps?',
        }),
      ),
    )
    app = await team.start()
    browser = await launchChromium()
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    })
    page = await context.newPage()
    errors = watchForErrors(page)
    await page.goto(app.url)
    await nav('Contacts').click()
    for (const name of ['Carla Rossi', 'Bo Chen', 'Ewa Nowak']) await row(new RegExp(name)).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await team?.stop()
  })
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  it('lists whom mail came from, with their companies, in the order of names', async () => {
    await becomes(names, ['Bo Chen', 'Carla Rossi', 'Ewa Nowak'])
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
  })

  it('makes a contact, and leads to the one that has an address already', async () => {
    await page.getByRole('button', { name: 'New contact' }).click()
    await page.getByRole('textbox', { name: 'Email' }).fill('ada@lovelace.test')
    await page.getByRole('textbox', { name: 'First name' }).fill('Ada')
    await page.getByRole('textbox', { name: 'Last name' }).fill('Lovelace')
    await page.getByRole('button', { name: 'Create' }).click()
    await heading('Ada Lovelace').waitFor()
    await page.getByRole('region', { name: 'Email addresses' }).getByText('ada@lovelace.test').waitFor()
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
    await nav('Contacts').click()
    await becomes(names, ['Ada Lovelace', 'Bo Chen', 'Carla Rossi', 'Ewa Nowak'])
    await page.getByRole('button', { name: 'New contact' }).click()
    await page.getByRole('textbox', { name: 'Email' }).fill('BO@lamps.test')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Open contact' }).click()
    await heading('Bo Chen').waitFor()
  })

  it('edits where it stands: text, choice, owner, company, phone, addresses', async () => {
    await openRecord('Contacts', 'Ada Lovelace')
    const about = page.getByRole('region', { name: 'About' })
    await about.getByRole('textbox', { name: 'Job title' }).fill('Countess')
    await page.keyboard.press('Enter')
    await about.getByLabel('Lifecycle stage').selectOption('Opportunity')
    await about.getByLabel('Owner').selectOption('Ben Bell')
    await page.getByRole('button', { name: 'Change Company' }).click()
    await page.getByRole('combobox', { name: 'Find a company' }).fill('Analytical Engines')
    await page.getByRole('option', { name: 'Create “Analytical Engines”' }).waitFor()
    await page.keyboard.press('Enter')
    await about.getByRole('link', { name: 'Analytical Engines' }).waitFor()
    await page.getByRole('button', { name: 'Add a phone number' }).click()
    await page.getByRole('textbox', { name: 'New number' }).fill('+39 06 6982')
    await page.getByRole('textbox', { name: /^Label/ }).fill('Office')
    await page.keyboard.press('Enter')
    const phones = page.getByRole('region', { name: 'Phones' })
    await becomes(() => phones.getByRole('link').getAttribute('href'), 'tel:+39066982')
    for (const number of ['+39 06 6983', '+39 06 6984']) {
      await page.getByRole('button', { name: 'Add a phone number' }).click()
      await page.getByRole('textbox', { name: 'New number' }).fill(number)
      await page.keyboard.press('Enter')
      await phones.getByRole('link', { name: number.slice(4) }).waitFor()
    }
    // Two go in one moment, before the engine answered the first.
    const further = phones.getByRole('button', { name: /^Remove .*698[34]$/ })
    expect(await further.count()).toBe(2)
    await further.evaluateAll((buttons) => buttons.forEach((button) => (button as HTMLElement).click()))
    await becomes(() => phones.getByRole('link').count(), 1)
    expect(await phones.getByRole('link').getAttribute('href')).toBe('tel:+39066982')
    await page.getByRole('button', { name: 'Add an address' }).click()
    await page.getByRole('textbox', { name: 'New address' }).fill('countess@lovelace.test')
    await page.keyboard.press('Enter')
    const addresses = page.getByRole('region', { name: 'Email addresses' })
    await becomes(() => addresses.getByRole('listitem').count(), 2)
    await page.getByRole('button', { name: 'Address countess@lovelace.test' }).click()
    await page.getByRole('menuitem', { name: 'Make primary' }).click()
    await becomes(
      async () => (await addresses.getByRole('listitem').first().innerText()).split('\n'),
      ['countess@lovelace.test', 'Primary'],
    )
    // All of it is in the engine, not only on screen.
    await page.reload()
    await heading('Ada Lovelace').waitFor()
    await page.getByText('Countess · Analytical Engines').waitFor()
    await becomes(() => about.getByLabel('Owner').inputValue().then(Boolean), true)
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
  })

  it('writes to the contact', async () => {
    await page.locator('main header').getByRole('button', { name: 'Email', exact: true }).click()
    const to = page.getByRole('list', { name: 'To: recipients' }).getByRole('listitem')
    await becomes(() => to.allInnerTexts(), [expect.stringContaining('countess@lovelace.test')])
    await page.getByRole('button', { name: 'Discard draft' }).click()
    // An untouched draft goes without a question.
    await becomes(() => to.count(), 0)
  })

  it('sorts and filters the list, edits several at once, and takes that back', async () => {
    await nav('Contacts').click()
    await grid().getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
    await becomes(names, ['Ewa Nowak', 'Carla Rossi', 'Bo Chen', 'Ada Lovelace'])
    await page.getByRole('button', { name: 'Add filter' }).click()
    await page.getByLabel('Property', { exact: true }).selectOption('Email')
    await page.getByLabel('Value', { exact: true }).fill('rossi')
    await page.keyboard.press('Enter')
    await becomes(names, ['Ewa Nowak', 'Carla Rossi'])
    await grid().focus()
    await page.keyboard.press('Control+a')
    await page.getByText('2 selected').waitFor()
    await page.getByRole('button', { name: 'Set a property' }).click()
    await page.getByLabel('Property', { exact: true }).selectOption('Lifecycle stage')
    await page.getByLabel('New value').selectOption('Customer')
    await page.getByRole('button', { name: 'Set', exact: true }).click()
    await page.getByText('Lifecycle stage set for 2 records.').waitFor()
    await becomes(() => grid().getByRole('gridcell', { name: 'Customer' }).count(), 2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Taken back.').waitFor()
    await becomes(() => grid().getByRole('gridcell', { name: 'Customer' }).count(), 0)
  })

  it('keeps what is shown as a view, which comes back after a reload', async () => {
    await page.getByRole('button', { name: 'Save as view' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('The Rossis')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('tab', { name: 'The Rossis' }).waitFor()
    await nav('Contacts').click()
    await becomes(names, ['Ada Lovelace', 'Bo Chen', 'Carla Rossi', 'Ewa Nowak'])
    await page.reload()
    await page.getByRole('tab', { name: 'The Rossis' }).click()
    await becomes(names, ['Ewa Nowak', 'Carla Rossi'])
  })

  it('finds by the beginnings of words', async () => {
    await nav('Contacts').click()
    await page.getByRole('searchbox', { name: 'Search Contacts' }).fill('ross car')
    await becomes(names, ['Carla Rossi'])
    await page.getByRole('searchbox', { name: 'Search Contacts' }).fill('')
    await becomes(names, ['Ada Lovelace', 'Bo Chen', 'Carla Rossi', 'Ewa Nowak'])
  })

  it('makes a deal for a contact, in its first stage, and moves it on', async () => {
    await openRecord('Contacts', 'Carla Rossi')
    await page.getByRole('button', { name: 'Add a deal' }).click()
    await page.getByRole('button', { name: 'New deal' }).click()
    const dialog = page.getByRole('dialog', { name: 'New deal' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Forty lamps')
    await dialog.getByRole('textbox', { name: 'Amount' }).fill('1,200.50')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await part('Deals').getByRole('link', { name: 'Forty lamps' }).click()
    await heading('Forty lamps').waitFor()
    await part('Contacts').getByRole('link', { name: 'Carla Rossi' }).waitFor()
    const stage = part('About').getByLabel('Stage', { exact: true })
    const stages = await stage.locator('option').allInnerTexts()
    await becomes(() => page.getByText(`€1,200.50 · ${stages[0]}`).count(), 1)
    await stage.selectOption({ index: 1 })
    await page.getByText(`€1,200.50 · ${stages[1]}`).waitFor()
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
    await nav('Deals').click()
    await grid('Deals')
      .getByRole('row', { name: /Forty lamps.*€1,200\.50/ })
      .waitFor()
  })

  it('shows and changes beside the conversation what it belongs to', async () => {
    await nav('All open')
      .or(page.getByRole('link', { name: /^All open/ }))
      .first()
      .click()
    await page.getByRole('option', { name: /Bo Chen/ }).click()
    const contact = page.getByRole('region', { name: 'Contact' })
    await contact.getByLabel('Lifecycle stage').selectOption('Lead')
    await contact.getByRole('button', { name: 'Associate a record' }).click()
    await page.getByRole('combobox', { name: 'Find a record' }).fill('forty')
    await page.getByRole('option', { name: /Forty lamps/ }).waitFor()
    await page.keyboard.press('Enter')
    const associated = contact.getByRole('region', { name: 'Associated records' })
    await associated.getByRole('link', { name: 'Forty lamps' }).waitFor()
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
    await page.getByRole('button', { name: 'Undo' }).click()
    await associated.getByText('This conversation belongs to no other record.').waitFor()
    // The same beside an answer.
    await page.getByRole('button', { name: 'Reply', exact: true }).click()
    await page.getByRole('button', { name: 'Associate the conversation with a record' }).click()
    await page.getByRole('combobox', { name: 'Find a record' }).fill('carla')
    await page.getByRole('option', { name: 'Carla Rossi carla@rossi.test' }).waitFor()
    await page.keyboard.press('Enter')
    await associated.getByRole('link', { name: 'Carla Rossi' }).waitFor()
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
    const answer = page.getByRole('group', { name: 'Associated records' })
    await answer.getByRole('button', { name: 'Remove the association with Carla Rossi' }).click()
    await associated.getByText('This conversation belongs to no other record.').waitFor()
    await contact.getByRole('link', { name: 'Open contact' }).click()
    await heading('Bo Chen').waitFor()
    await becomes(() => part('About').getByLabel('Lifecycle stage').inputValue(), 'lead')
    await page
      .getByRole('region', { name: 'Conversations' })
      .getByRole('link', { name: /Question 1/ })
      .waitFor()
  })

  it('has properties of the company\u2019s own, and pipelines with its stages', async () => {
    await page.goto(page.url().replace(/#.*/, '#/settings/properties'))
    await page.getByRole('button', { name: 'Add property' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Favourite lamp')
    await page.getByLabel('Kind of value').selectOption('Choice')
    await page.getByRole('textbox', { name: 'Options' }).fill('Desk\nCeiling')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Edit Favourite lamp' }).waitFor()
    await page.getByRole('link', { name: 'Deal pipelines' }).click()
    await page.getByRole('button', { name: 'Add pipeline' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Renewals')
    await page.getByRole('textbox', { name: 'Name of stage 1' }).fill('Reminded')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('region', { name: 'Renewals' }).getByText('Reminded').waitFor()
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
    await openRecord('Contacts', 'Carla Rossi')
    await part('About').getByLabel('Favourite lamp').selectOption('Ceiling')
    await page.reload()
    await becomes(() => part('About').getByLabel('Favourite lamp').inputValue(), 'Ceiling')
  })

  it('makes companies and tickets by hand', async () => {
    await nav('Companies').click()
    await page.getByRole('button', { name: 'New company' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Northwind')
    await page.getByRole('button', { name: 'Create' }).click()
    await heading('Northwind').waitFor()
    await nav('Tickets').click()
    await page.getByRole('button', { name: 'New ticket' }).click()
    await page.getByRole('textbox', { name: 'Subject' }).fill('The lamp flickers')
    await page.getByRole('button', { name: 'Create' }).click()
    await heading('The lamp flickers').waitFor()
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
  })

  it('fits a small screen', async () => {
    await page.setViewportSize({ width: 420, height: 800 })
    await page.getByRole('button', { name: 'Show views' }).click()
    await nav('Contacts').click()
    await row(/Ada Lovelace countess@lovelace.test/).click()
    await heading('Ada Lovelace').waitFor()
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0)
    expect(await violations(page, WITHOUT_TIMELINE)).toEqual([])
  })
})
