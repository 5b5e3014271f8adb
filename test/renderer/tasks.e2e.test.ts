import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import type { App } from '../support/app.ts'
import { becomes } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { makeTeam, type Team } from '../support/team.ts'

const HOUR = 3_600_000

/** One's own tasks and the reminders of them, in the built application. */
describe('tasks on screen', () => {
  let team: Team
  let app: App
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let api: Awaited<ReturnType<typeof connectApp>>
  let errors: string[] = []
  /** Titles of the system's notifications, of all windows. */
  const told: string[] = []

  const nav = (name: string | RegExp) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true })
  const show = (name: string) =>
    page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name, exact: true })
  const group = (name: string) => page.getByRole('region', { name, exact: true })
  const box = (title: string) => page.getByRole('main').getByRole('checkbox', { name: title, exact: true })
  const dialog = (name: string) => page.getByRole('dialog', { name, exact: true })
  const toast = () => page.getByRole('status', { name: 'Notifications' })
  const reminders = () => page.getByRole('region', { name: 'Reminders', exact: true })
  const add = (title: string, dueAt: number | null, more: { remindAt?: number; record?: string } = {}) =>
    api.client.activities.addTask({
      title,
      dueAt,
      remindAt: more.remindAt ?? null,
      record: more.record ? { type: 'contact', id: more.record } : null,
    })

  beforeAll(async () => {
    team = await makeTeam()
    app = await team.start()
    api = await connectApp(app.url)
    const { id: carla } = await api.client.records.create({
      type: 'contact',
      values: { email: 'carla@rossi.test', first_name: 'Carla', last_name: 'Rossi' },
    })
    await add('Send the catalogue', Date.now() - HOUR, { record: carla })
    await add('Count the lamps', new Date().setHours(23, 59, 59, 999))
    await add('Renew the contract', Date.now() + 30 * 24 * HOUR)
    await add('Think about brass', null)
    browser = await launchChromium()
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
    await context.exposeFunction('tell', (title: string) => void told.push(title))
    // The system's own notifications cannot be seen from here; their double says what it was asked to show.
    await context.addInitScript(() => {
      class Told extends EventTarget {
        static permission = 'granted'
        constructor(title: string) {
          super()
          void (window as unknown as { tell: (title: string) => Promise<void> }).tell(title)
        }
        close(): void {}
      }
      Object.assign(window, { Notification: Told })
    })
    page = await context.newPage()
    errors = watchForErrors(page)
    await page.goto(app.url)
  })
  afterAll(async () => {
    api?.close()
    await browser?.close()
    await team?.stop()
  })
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  it('shows them by when they are due, with their number beside the way there', async () => {
    await nav(/^Tasks/).waitFor()
    await becomes(() => nav('Tasks 2 due').count(), 1)
    await page.keyboard.press('g')
    await page.keyboard.press('k')
    await group('Overdue').getByRole('checkbox', { name: 'Send the catalogue' }).waitFor()
    await group('Today').getByRole('checkbox', { name: 'Count the lamps' }).waitFor()
    await group('Later').getByRole('checkbox', { name: 'Renew the contract' }).waitFor()
    await group('No date').getByRole('checkbox', { name: 'Think about brass' }).waitFor()
    expect(await violations(page)).toEqual([])
  })

  it('are finished and brought back by keyboard', async () => {
    await box('Send the catalogue').focus()
    await page.keyboard.press('ArrowDown')
    await becomes(() => box('Count the lamps').evaluate((each) => each === document.activeElement), true)
    await page.keyboard.press('Space')
    await becomes(() => box('Count the lamps').count(), 0)
    await becomes(() => nav('Tasks 1 due').count(), 1)
    // The next one can be ticked at once.
    await becomes(() => box('Renew the contract').evaluate((each) => each === document.activeElement), true)
    await toast().getByRole('button', { name: 'Undo' }).click()
    await group('Today').getByRole('checkbox', { name: 'Count the lamps' }).waitFor()
  })

  it('are written, changed and removed', async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await page.keyboard.press('t')
    await dialog('Task').getByRole('textbox', { name: 'Title' }).fill('Call the printer')
    await dialog('Task').getByRole('button', { name: 'Save' }).click()
    // A dialog that closes gives the focus back; whoever acts before that is overtaken by it.
    await becomes(() => dialog('Task').count(), 0)
    await group('No date').getByRole('checkbox', { name: 'Call the printer' }).focus()
    await page.keyboard.press('Enter')
    await dialog('Change task').getByRole('textbox', { name: 'Title' }).fill('Call the printers')
    await dialog('Change task').getByRole('button', { name: 'Save' }).click()
    await box('Call the printers').hover()
    await page.getByRole('button', { name: 'Remove “Call the printers”' }).click()
    await becomes(() => box('Call the printers').count(), 0)
    await toast().getByRole('button', { name: 'Undo' }).click()
    // It goes with the click: nothing is left to be looked at.
    await box('Call the printers').click()
    await becomes(() => box('Call the printers').count(), 0)
    await show('Done').click()
    await box('Call the printers').waitFor()
    expect(await violations(page)).toEqual([])
    await box('Call the printers').click()
    await page.getByText('Nothing is done yet').waitFor()
    await show('Open').click()
    await box('Call the printers').waitFor()
  })

  it('lead to their records', async () => {
    await group('Overdue').getByRole('link', { name: 'Carla Rossi' }).click()
    await page.getByRole('heading', { level: 1, name: 'Carla Rossi' }).waitFor()
    await page.goBack()
    await box('Send the catalogue').waitFor()
  })

  it('remind of themselves once, in every window, until one says something', async () => {
    const other = await context.newPage()
    await other.goto(app.url)
    await other.getByRole('navigation', { name: 'Views' }).waitFor()
    await add('Water the plants', Date.now() + HOUR, { remindAt: Date.now() + 1_000 })
    await reminders().getByRole('link', { name: 'Water the plants' }).waitFor()
    await other.getByRole('region', { name: 'Reminders', exact: true }).waitFor()
    await becomes(() => told, ['Water the plants'])
    expect(await violations(page)).toEqual([])
    await page.reload()
    await reminders().getByRole('link', { name: 'Water the plants' }).waitFor()
    // What comes later is told; what was told before it is not told again.
    await add('Feed the cat', null, { remindAt: Date.now() })
    await becomes(() => told, ['Water the plants', 'Feed the cat'])
    await reminders().getByRole('link', { name: 'Water the plants' }).click()
    await becomes(() => box('Water the plants').evaluate((each) => each === document.activeElement), true)
    await other.close()
  })

  it('are dismissed, or put off', async () => {
    const one = (title: string) => reminders().getByRole('listitem').filter({ hasText: title })
    await one('Feed the cat').getByRole('button', { name: 'Dismiss' }).click()
    await becomes(() => one('Feed the cat').count(), 0)
    const before = Date.now()
    await one('Water the plants').getByRole('button', { name: 'In an hour' }).click()
    await becomes(() => reminders().count(), 0)
    await page.reload()
    await box('Water the plants').waitFor()
    expect(await reminders().count()).toBe(0)
    const { tasks } = await api.client.activities.myTasks({})
    const put = tasks.find(({ title }) => title === 'Water the plants')?.remindAt ?? 0
    expect(put).toBeGreaterThanOrEqual(before + HOUR)
    expect(put).toBeLessThan(Date.now() + HOUR)
    // The form knows the time that it was put off to, and leaves it as it is.
    await box('Water the plants').press('Enter')
    await dialog('Change task').getByRole('button', { name: 'Save' }).click()
    await becomes(() => dialog('Change task').count(), 0)
    const after = (await api.client.activities.myTasks({})).tasks
    expect(after.find(({ title }) => title === 'Water the plants')?.remindAt).toBe(put)
  })

  it('are put off to tomorrow at nine', async () => {
    await add('Order paper', null, { remindAt: Date.now() })
    await reminders().getByRole('button', { name: 'Tomorrow 9:00' }).click()
    await becomes(() => reminders().count(), 0)
    const { tasks } = await api.client.activities.myTasks({})
    const at = new Date(tasks.find(({ title }) => title === 'Order paper')?.remindAt ?? 0)
    expect([at.getHours(), at.getMinutes()]).toEqual([9, 0])
    expect(at.getTime()).toBeGreaterThan(Date.now())
  })

  for (const [name, colorScheme, width] of [
    ['light', 'light', 1440],
    ['dark', 'dark', 1440],
    ['narrow', 'light', 420],
  ] as const)
    it(`is accessible, ${name}`, async () => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await add(`Look at it, ${name}`, Date.now() - HOUR, { remindAt: Date.now() })
      await reminders()
        .getByRole('link', { name: `Look at it, ${name}` })
        .waitFor()
      await box('Send the catalogue').waitFor()
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    })
})
