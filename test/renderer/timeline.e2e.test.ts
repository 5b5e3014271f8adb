import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import type { App } from '../support/app.ts'
import { becomes } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import type { TestClient } from '../support/engine.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** What happened on a record, in the built application. */
describe('the timeline on screen', () => {
  let team: Team
  let app: App
  let browser: Browser
  let page: Page
  /** A colleague, in another window. */
  let client: TestClient
  let closeClient: () => void
  let errors: string[] = []
  /** The address of the record's page. */
  let record: string

  const timeline = () => page.getByRole('region', { name: 'Timeline' })
  const entries = (name?: string | RegExp) => timeline().getByRole('article', name ? { name } : {})
  const filter = (name: string) =>
    timeline().getByRole('group', { name: 'What is shown' }).getByRole('checkbox', { name, exact: true })
  const dialog = (name: string) => page.getByRole('dialog', { name, exact: true })

  beforeAll(async () => {
    team = await makeTeam()
    for (const index of [0, 1])
      team.dovecot.deliver(
        'support',
        buildMail({
          from: 'Carla Rossi <carla@rossi.test>',
          to: team.dovecot.address('support'),
          subject: `Question ${index}`,
          messageId: `q${index}@customers.test`,
          date: Date.now() - index * 40 * 86_400_000,
          text: 'Where are my lamps?',
        }),
      )
    app = await team.start()
    ;({ client, close: closeClient } = await connectApp(app.url))
    browser = await launchChromium()
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    })
    page = await context.newPage()
    errors = watchForErrors(page)
    await page.goto(app.url)
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('link', { name: 'Contacts', exact: true })
      .click()
    await page
      .getByRole('grid', { name: 'Contacts' })
      .getByRole('row', { name: /Carla Rossi/ })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Carla Rossi' }).waitFor()
    record = page.url()
  })
  afterAll(async () => {
    closeClient?.()
    await browser?.close()
    await team?.stop()
  })
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  it('shows the mail by month, newest first, and opens its conversation', async () => {
    await becomes(() => entries(/^Mail received: Question/).count(), 2)
    expect(await timeline().getByRole('heading', { level: 3 }).count()).toBe(2)
    expect(await entries().first().getAttribute('aria-label')).toContain('Question 0')
    await entries(/Question 1/)
      .getByRole('button', { name: 'Question 1' })
      .click()
    await page
      .getByRole('region', { name: 'Conversation' })
      .getByRole('heading', { name: 'Question 1' })
      .waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Carla Rossi' }).waitFor()
    await page.getByRole('button', { name: 'Note', exact: true }).waitFor()
  })

  it('takes a note, which outlives the window before it is saved, is changed, removed and brought back', async () => {
    await page.keyboard.press('n')
    await dialog('Note')
      .getByRole('textbox', { name: 'Note text' })
      .fill('Prefers <b>calls</b> in the morning')
    await page.reload()
    await page.getByRole('button', { name: 'Note', exact: true }).click()
    const box = dialog('Note').getByRole('textbox', { name: 'Note text' })
    await becomes(() => box.inputValue(), 'Prefers <b>calls</b> in the morning')
    await box.press('Control+Enter')
    // As it was written: nothing in it is markup (fault 68).
    await entries(/noted/).getByText('Prefers <b>calls</b> in the morning', { exact: true }).waitFor()
    await entries(/noted/).getByRole('button', { name: 'Edit' }).click()
    await dialog('Change note').getByRole('textbox', { name: 'Note text' }).fill('Prefers calls at noon')
    await dialog('Change note').getByRole('button', { name: 'Save' }).click()
    await entries(/noted/).getByText('Prefers calls at noon').waitFor()
    await entries(/noted/).getByRole('button', { name: 'Remove' }).click()
    await becomes(() => entries(/noted/).count(), 0)
    // What was done before can be taken back until then.
    const toast = page.getByRole('status', { name: 'Notifications' })
    await toast.getByText('Note removed').waitFor()
    await toast.getByRole('button', { name: 'Undo' }).click()
    await entries(/noted/).getByText('Prefers calls at noon').waitFor()
  })

  it('logs a call with its outcome and its minutes', async () => {
    await page.getByRole('button', { name: 'Call', exact: true }).click()
    const form = dialog('Call')
    await form.getByRole('textbox', { name: 'Number' }).fill('+39 06 698 12345')
    await form.getByRole('combobox', { name: 'Outcome' }).selectOption('Left a voicemail')
    await form.getByRole('textbox', { name: 'Minutes' }).fill('many')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('The minutes have to be a number').waitFor()
    await form.getByRole('textbox', { name: 'Minutes' }).fill('2')
    expect(await violations(page)).toEqual([])
    await form.getByRole('button', { name: 'Save' }).click()
    await entries(/logged a call/)
      .getByText('Left a voicemail · 2 minutes · +390669812345')
      .waitFor()
    // While a dialog closes, no key is a command.
    await becomes(() => form.count(), 0)
  })

  it('leaves to a colleague what a colleague changes meanwhile', async () => {
    const carla = { type: 'contact' as const, id: /contacts\/([\w-]+)/.exec(record)![1]! }
    const logged = async () =>
      (await client.activities.timeline({ record: carla, filters: ['call'] })).entries[0]!.call!
    await entries(/logged a call/)
      .getByRole('button', { name: 'Edit' })
      .click()
    const edit = dialog('Change call')
    await client.activities.updateCall({ id: (await logged()).id, outcome: 'busy' })
    await edit.getByRole('textbox', { name: 'What was said' }).fill('Calls back')
    await edit.getByRole('button', { name: 'Save' }).click()
    await becomes(() => edit.count(), 0)
    expect(await logged()).toMatchObject({ outcome: 'busy', text: 'Calls back', duration: 120 })

    // A number that was taken out stays out, whatever is changed of the contact.
    await client.records.update({ ...carla, ids: [carla.id], values: { phone: '+39 06 6982' } })
    await page.getByRole('button', { name: 'Call', exact: true }).click()
    const number = dialog('Call').getByRole('textbox', { name: 'Number' })
    await becomes(() => number.inputValue(), '+39066982')
    await number.fill('')
    await client.records.update({ ...carla, ids: [carla.id], values: { job_title: 'Buyer' } })
    await becomes(() => page.getByLabel('Job title', { exact: true }).inputValue(), 'Buyer')
    expect(await number.inputValue()).toBe('')
    await dialog('Call').getByRole('button', { name: 'Cancel' }).click()
    await becomes(() => dialog('Call').count(), 0)

    // A field that has the focus shows it too, as long as nothing is typed into it, and leaving it takes nothing back.
    const title = page.getByRole('textbox', { name: 'Job title' })
    await title.focus()
    await client.records.update({ ...carla, ids: [carla.id], values: { job_title: 'Head of buying' } })
    await becomes(() => title.inputValue(), 'Head of buying')
    await title.blur()
    expect((await client.records.get(carla)).values['job_title']).toBe('Head of buying')
  })

  it('makes a task, which is ticked in place', async () => {
    await page.keyboard.press('t')
    const form = dialog('Task')
    await form.getByRole('textbox', { name: 'Title' }).fill('Send the catalogue')
    await form.getByRole('button', { name: 'Tomorrow 9:00' }).click()
    await form.getByRole('button', { name: 'Save' }).click()
    const box = entries(/created a task/).getByRole('checkbox', { name: 'Send the catalogue' })
    await entries(/created a task/)
      .getByRole('button', { name: 'Edit' })
      .click()
    const edit = dialog('Change task')
    const [task] = (await client.activities.myTasks({})).tasks
    const dueAt = task!.dueAt! + 7 * 86_400_000
    await client.activities.updateTask({ id: task!.id, dueAt })
    await edit.getByRole('textbox', { name: 'Details' }).fill('The large one')
    await edit.getByRole('button', { name: 'Save' }).click()
    await becomes(() => edit.count(), 0)
    expect((await client.activities.myTasks({})).tasks[0]).toMatchObject({ dueAt, text: 'The large one' })
    await box.click()
    await entries(/did a task/).waitFor()
    await becomes(
      () =>
        entries(/created a task/)
          .getByRole('checkbox')
          .isChecked(),
      true,
    )
  })

  it('shows only what is asked for', async () => {
    await filter('Notes').click({ force: true })
    await becomes(() => entries().count(), 1)
    await filter('Calls').click({ force: true })
    await becomes(() => entries().count(), 2)
    await filter('Notes').click({ force: true })
    await filter('Calls').click({ force: true })
    await filter('Tickets').click({ force: true })
    await timeline().getByText('Nothing of this kind').waitFor()
    await filter('Tickets').click({ force: true })
    await entries(/Question 0/).waitFor()
  })

  it('stands beside the conversation too, and a call from there belongs to both', async () => {
    await entries(/Question 0/)
      .getByRole('button', { name: 'Question 0' })
      .click()
    const contact = page.getByRole('region', { name: 'Contact' })
    await contact.getByRole('button', { name: 'Call', exact: true }).click()
    await dialog('Call').getByRole('button', { name: 'Save' }).click()
    await contact
      .getByRole('article', { name: /logged a call/ })
      .first()
      .waitFor()
    await becomes(() => contact.getByRole('article', { name: /logged a call/ }).count(), 2)
  })

  for (const [name, colorScheme, width] of [
    ['light', 'light', 1440],
    ['dark', 'dark', 1440],
    ['narrow', 'light', 420],
  ] as const)
    it(`is accessible, ${name}`, async () => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.goto(record)
      await page.reload()
      await entries().first().waitFor()
      expect(await violations(page)).toEqual([])
    })
})
