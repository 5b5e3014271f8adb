import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import type { App } from '../support/app.ts'
import { becomes } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** Two records become one, and back, in the built application. */
describe('merging on screen', () => {
  let team: Team
  let app: App
  let browser: Browser
  let page: Page
  let api: Awaited<ReturnType<typeof connectApp>>
  let errors: string[] = []

  const nav = (name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true })
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true })
  const dialog = (name = 'Merge contacts') => page.getByRole('dialog', { name, exact: true })
  const field = (name: string) => dialog().getByRole('radiogroup', { name, exact: true })
  const pairs = () => page.getByRole('main').getByRole('article')
  const toast = () => page.getByRole('status', { name: 'Notifications' })
  const addresses = () => page.getByRole('region', { name: 'Email addresses' })
  /** By address, as they were before anything was merged. */
  const ids = new Map<string, string>()
  const idOf = (address: string) => ids.get(address) ?? ''
  const openContact = async (address: string) => {
    const id = idOf(address)
    await page.evaluate((to) => void (location.hash = to), `/contacts/${id}`)
    await addresses().getByText(address).waitFor()
  }

  beforeAll(async () => {
    team = await makeTeam()
    const people = ['carla@rossi.test', 'c.rossi@rossi.test', 'carla@home.test']
    people.forEach((address, index) =>
      team.dovecot.deliver(
        'support',
        buildMail({
          from: `Carla Rossi <${address}>`,
          to: team.dovecot.address('support'),
          subject: `Question ${index}`,
          messageId: `q${index}@customers.test`,
          date: Date.now() - index * 3_600_000,
          text: 'Where are my lamps?',
        }),
      ),
    )
    app = await team.start()
    api = await connectApp(app.url)
    for (const address of people)
      ids.set(
        address,
        await until(`the contact ${address}`, async () => {
          const found = await api.client.records.search({ query: address, types: ['contact'] })
          return found.find(({ detail }) => detail.includes(address))?.ref.id
        }),
      )
    await api.client.records.update({
      type: 'contact',
      ids: [idOf('carla@rossi.test')],
      values: { job_title: 'Buyer' },
    })
    await api.client.records.update({
      type: 'contact',
      ids: [idOf('c.rossi@rossi.test')],
      values: { job_title: 'Head of lamps', lifecycle_stage: 'customer' },
    })
    await api.client.activities.addNote({
      record: { type: 'contact', id: idOf('c.rossi@rossi.test') },
      text: 'Likes brass',
    })
    for (const domain of ['lamps.test', 'lights.test'])
      await api.client.records.create({
        type: 'company',
        values: { name: 'Lamps & Co', domain },
        associate: [],
      })
    browser = await launchChromium()
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    })
    page = await context.newPage()
    errors = watchForErrors(page)
    await page.goto(app.url)
    await nav('Contacts').waitFor()
  })
  afterAll(async () => {
    api?.close()
    await browser?.close()
    await team?.stop()
  })
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  it('suggests the two of one name at one company, and says why', async () => {
    await nav('Contacts').click()
    await page.getByRole('button', { name: 'Duplicates' }).click()
    await heading('Duplicates').waitFor()
    await becomes(() => pairs().count(), 1)
    await pairs().getByText('Same name and the same company domain, rossi.test').waitFor()
    await pairs().getByText('c.rossi@rossi.test').waitFor()
    await becomes(() => pairs().getByText('Head of lamps').count(), 1)
    expect(await violations(page)).toEqual([])
  })

  it('merges them as it was chosen field by field, and back', async () => {
    await pairs().getByRole('button', { name: 'Merge…' }).click()
    // The fuller one stays, unless somebody swaps them.
    await dialog().getByText('Stays').waitFor()
    await becomes(() => field('Job title').getByRole('radio', { checked: true }).count(), 1)
    expect(await field('Job title').getByRole('radio', { name: 'Head of lamps' }).isChecked()).toBe(true)
    await field('Job title').getByRole('radio', { name: 'Buyer' }).check()
    expect(await field('Lifecycle stage').getByRole('radio', { name: 'Customer' }).isChecked()).toBe(true)
    await dialog().getByText('Its address carla@rossi.test').waitFor()
    await dialog().getByText('1 message', { exact: true }).waitFor()
    expect(await violations(page)).toEqual([])
    await dialog().getByRole('button', { name: 'Merge', exact: true }).click()
    await toast().getByText('“Carla Rossi” was merged into “Carla Rossi”.').waitFor()
    await becomes(() => pairs().count(), 0)
    await page.getByText('No duplicates').waitFor()
    const kept = await api.client.records.get({
      type: 'contact',
      id: idOf('c.rossi@rossi.test'),
    })
    expect(kept.values).toMatchObject({ job_title: 'Buyer', lifecycle_stage: 'customer' })
    expect(kept.addresses.map(({ address }) => address).toSorted()).toEqual([
      'c.rossi@rossi.test',
      'carla@rossi.test',
    ])
    await toast().getByRole('button', { name: 'Undo' }).click()
    await becomes(() => pairs().count(), 1)
    await becomes(
      async () =>
        (await api.client.records.get({ type: 'contact', id: idOf('c.rossi@rossi.test') })).values[
          'job_title'
        ],
      'Head of lamps',
    )
  })

  it('merges from the page of a record by keyboard alone, opens the one that stays, and can be taken back', async () => {
    await openContact('carla@home.test')
    await page.getByRole('button', { name: 'Merge', exact: true }).focus()
    await page.keyboard.press('Enter')
    const find = dialog().getByRole('combobox', { name: 'Find a contact' })
    await becomes(() => find.evaluate((box) => box === document.activeElement), true)
    const wanted = dialog().getByRole('option', { name: /c\.rossi@rossi\.test/ })
    await becomes(async () => {
      if ((await wanted.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown')
      return await wanted.getAttribute('aria-selected')
    }, 'true')
    await page.keyboard.press('Enter')
    await dialog().getByText('1 note, call or task').waitFor()
    // Now this one is to stay: its note is not what comes over any more.
    const swap = dialog().getByRole('button', { name: 'Swap: keep the other one' })
    await swap.focus()
    await page.keyboard.press('Enter')
    await dialog().getByText('Its address carla@home.test').waitFor()
    await becomes(() => dialog().getByText('1 note, call or task').count(), 0)
    await dialog().getByRole('button', { name: 'Merge', exact: true }).press('Enter')
    await addresses().getByText('carla@home.test').waitFor()
    await addresses().getByText('c.rossi@rossi.test').waitFor()
    await becomes(() => page.url().includes(idOf('c.rossi@rossi.test')), true)
    const timeline = page.getByRole('region', { name: 'Timeline' })
    for (const what of ['Likes brass', 'Question 1', 'Question 2'])
      await timeline.getByText(what).first().waitFor()
    await toast().getByRole('button', { name: 'Undo' }).click()
    await toast().getByText('Taken back.').waitFor()
    await becomes(() => addresses().getByText('carla@home.test').count(), 0)
  })

  it('says what is wrong when one of the two goes away meanwhile', async () => {
    const { id } = await api.client.records.create({
      type: 'contact',
      values: { first_name: 'Short', last_name: 'Lived' },
      associate: [],
    })
    await page.getByRole('button', { name: 'Merge', exact: true }).click()
    await dialog().getByRole('combobox', { name: 'Find a contact' }).fill('Short Lived')
    await dialog()
      .getByRole('option', { name: /Short Lived/ })
      .click()
    await dialog().getByText('Nothing but what is chosen above.').waitFor()
    await api.client.records.remove({ type: 'contact', ids: [id] })
    await dialog().getByRole('button', { name: 'Merge', exact: true }).click()
    await dialog().getByRole('alert').getByText('does not exist').waitFor()
    await dialog().getByRole('button', { name: 'Choose another' }).click()
    await dialog().getByRole('combobox', { name: 'Find a contact' }).waitFor()
    await page.keyboard.press('Escape')
    await becomes(() => dialog().count(), 0)
  })

  it('merges companies too', async () => {
    await nav('Companies').click()
    await page.getByRole('button', { name: 'Duplicates' }).click()
    await pairs().getByText('Same name, Lamps & Co').waitFor()
    await pairs().getByRole('button', { name: 'Merge…' }).click()
    await dialog('Merge companies')
      .getByText(/^Its domain l/)
      .waitFor()
    await dialog('Merge companies').getByRole('button', { name: 'Merge', exact: true }).click()
    await becomes(() => pairs().count(), 0)
    await page.getByRole('link', { name: 'Back to Companies' }).click()
    await becomes(
      () =>
        page
          .getByRole('grid', { name: 'Companies' })
          .getByRole('row', { name: /Lamps & Co/ })
          .count(),
      1,
    )
  })

  it('does not suggest again what is not the same', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: /command/i }).fill('Find duplicates')
    await page.getByRole('option', { name: /Find duplicates/, selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await becomes(() => pairs().count(), 1)
    // A dialog that closes gives the focus back; whoever acts before that is overtaken by it.
    await page.getByRole('combobox', { name: /command/i }).waitFor({ state: 'detached' })
    await pairs().getByRole('button', { name: 'Not the same' }).press('Enter')
    await page.getByText('No duplicates').waitFor()
    // Who works by keyboard is not thrown back to the beginning of the page.
    await becomes(() => page.evaluate(() => document.activeElement?.textContent?.trim()), 'Duplicates')
    await page.reload()
    await page.getByText('No duplicates').waitFor()
  })

  it('takes two such answers in one moment', async () => {
    for (const last_name of ['Muster', 'Beispiel'])
      for (const box of ['m', 'max'])
        await api.client.records.create({
          type: 'contact',
          values: { email: `${box}@${last_name.toLowerCase()}.test`, first_name: 'Max', last_name },
          associate: [],
        })
    await becomes(() => pairs().count(), 2)
    await pairs()
      .getByRole('button', { name: 'Not the same' })
      .evaluateAll((buttons) => buttons.forEach((button) => (button as HTMLElement).click()))
    await page.getByText('No duplicates').waitFor()
  })

  for (const [name, colorScheme, width] of [
    ['light', 'light', 1440],
    ['dark', 'dark', 1440],
    ['narrow', 'light', 420],
  ] as const)
    it(`is accessible, ${name}`, async () => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await openContact('carla@home.test')
      await page.getByRole('button', { name: 'Merge', exact: true }).click()
      await dialog().getByRole('combobox', { name: 'Find a contact' }).fill('c.rossi')
      await dialog()
        .getByRole('option', { name: /c\.rossi@rossi\.test/ })
        .click()
      await field('Job title').waitFor()
      expect(await violations(page)).toEqual([])
      expect(
        await dialog().evaluate(
          (box) => [...box.querySelectorAll('*')].filter((each) => each.scrollWidth > box.clientWidth).length,
        ),
      ).toBe(0)
      await page.keyboard.press('Escape')
    })
})
