import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import type { App } from '../support/app.ts'
import { becomes, hasFocus } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import type { TestClient } from '../support/engine.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** Tags, priority, following, views that people make, and all of it in bulk, in the built application. */
describe('conversations in order', () => {
  let team: Team
  let app: App
  let browser: Browser
  let page: Page
  let client: TestClient
  let closeClient: () => void
  let errors: string[] = []

  const SUBJECTS = ['Broken lamp', 'Where is my parcel', 'Money back', 'Thank you']
  const views = () => page.getByRole('navigation', { name: 'Views' })
  const view = (name: string) => views().getByRole('link', { name, exact: true })
  const rows = () => page.getByRole('listbox', { name: 'Conversations' }).getByRole('option')
  const row = (subject: string) => rows().filter({ hasText: subject })
  const shown = async () => {
    const texts = await rows().allInnerTexts()
    return SUBJECTS.filter((subject) => texts.some((text) => text.includes(subject)))
  }
  const reader = () => page.getByRole('region', { name: 'Conversation', exact: true })
  const toast = (text: string | RegExp) => page.getByRole('status').filter({ hasText: text })

  beforeAll(async () => {
    team = await makeTeam()
    for (const [index, subject] of SUBJECTS.entries())
      team.dovecot.deliver(
        'support',
        buildMail({
          from: 'Carla Rossi <carla@rossi.test>',
          to: team.dovecot.address('support'),
          subject,
          messageId: `q${index}@customers.test`,
          date: Date.now() - index * 60_000,
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
    await view('All open').click()
    for (const subject of SUBJECTS) await row(subject).waitFor()
  })
  afterAll(async () => {
    closeClient?.()
    await browser?.close()
    await team?.stop()
  })
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  it('tags the open conversation by keyboard: a new tag, an old one, and back', async () => {
    await row('Broken lamp').click()
    await reader().getByRole('heading', { name: 'Broken lamp' }).waitFor()
    await page.keyboard.press('l')
    const picker = page.getByRole('dialog', { name: 'Tags of the conversation' })
    await hasFocus(picker)
    await page.keyboard.type('Refund')
    await picker.getByRole('option', { name: 'Make the tag “Refund”' }).waitFor()
    await page.keyboard.press('Enter')
    await picker.getByRole('option', { name: 'Refund on' }).waitFor()
    await page.keyboard.type('VIP')
    await picker.getByRole('option', { name: 'Make the tag “VIP”' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await picker.getByRole('option', { name: 'VIP on' }).waitFor()
    await page.keyboard.press('Escape')
    await picker.waitFor({ state: 'detached' })
    const tags = reader().getByRole('list', { name: 'Tags' }).getByRole('listitem')
    await becomes(() => tags.allInnerTexts(), ['Refund', 'VIP'])
    await row('Broken lamp').filter({ hasText: 'tags Refund, VIP' }).waitFor()
    await page.keyboard.press('z')
    await becomes(() => tags.allInnerTexts(), ['Refund'])
    await view('Refund').waitFor()
    await becomes(() => view('VIP').count(), 0)
    // Quick fingers: what is on is taken off, also before the picker knows what is on.
    const other = (await client.threads.list({ view: 'open' })).rows.find(
      ({ subject }) => subject === 'Where is my parcel',
    )!
    const [refund] = await client.tags.list({})
    await client.threads.tag({ ids: [other.threadId!], add: [refund!.id] })
    await row('Where is my parcel').filter({ hasText: 'tag Refund' }).click()
    await reader().getByRole('heading', { name: 'Where is my parcel' }).waitFor()
    await page.keyboard.press('l')
    await hasFocus(picker)
    await page.keyboard.type('Refund')
    await page.keyboard.press('Enter')
    await becomes(async () => (await client.threads.get({ id: other.threadId! })).tagIds, [])
    await page.keyboard.press('Escape')
    await picker.waitFor({ state: 'detached' })
    await row('Broken lamp').click()
    await reader().getByRole('heading', { name: 'Broken lamp' }).waitFor()
  })

  it('sets the priority, which is the ticket’s, and follows', async () => {
    const [open] = (await client.threads.list({ view: 'open' })).rows
    await client.tickets.create({ threadId: open!.threadId! })
    await reader().getByRole('button', { name: 'Priority: Medium' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Urgent' }).click()
    await reader().getByRole('button', { name: 'Priority: Urgent' }).waitFor()
    await row('Broken lamp').filter({ hasText: 'Priority: Urgent' }).waitFor()
    expect((await client.tickets.ofThread({ threadId: open!.threadId! }))?.priority).toBe('urgent')
    await page.keyboard.press('w')
    await reader().getByRole('button', { name: 'Follow', pressed: true }).waitFor()
    expect(await violations(page)).toEqual([])
    await view('Following').click()
    await becomes(shown, ['Broken lamp'])
    await page.keyboard.press('z')
    await becomes(shown, [])
    await view('All open').click()
    await becomes(shown, SUBJECTS)
  })

  it('chooses several by keyboard and pointer, and does things with all of them', async () => {
    const list = page.getByRole('listbox', { name: 'Conversations' })
    expect(await list.getAttribute('aria-multiselectable')).toBe('true')
    await row('Where is my parcel').click({ modifiers: ['ControlOrMeta'] })
    await row('Thank you').click({ modifiers: ['Shift'] })
    await becomes(
      () => list.getByRole('option', { selected: true }).filter({ hasNotText: 'Broken lamp' }).count(),
      3,
    )
    const bar = page.getByRole('toolbar', { name: 'Selected conversations' })
    await bar.getByRole('button', { name: 'Tag selected' }).click()
    const picker = page.getByRole('dialog', { name: 'Tags of 3 conversations' })
    await picker.getByRole('option', { name: 'Refund' }).click()
    await picker.getByRole('option', { name: 'Refund on' }).waitFor()
    await page.keyboard.press('Escape')
    await bar.getByRole('button', { name: 'Set the priority of selected' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Low' }).click()
    await row('Thank you').filter({ hasText: 'Priority: Low' }).filter({ hasText: 'tag Refund' }).waitFor()
    await page.keyboard.press('z')
    await row('Thank you').filter({ hasNotText: 'Priority: Low' }).waitFor()
    await row('Thank you').filter({ hasText: 'tag Refund' }).waitFor()
    // What is chosen while the engine does it with others stays chosen.
    await row('Where is my parcel').click({ modifiers: ['ControlOrMeta'] })
    const unread = bar.getByRole('button', { name: 'Mark unread' })
    await unread.evaluate((button: HTMLElement, subject) => {
      button.click()
      const rows = [...document.querySelectorAll<HTMLElement>('[role="option"]')]
      const other = rows.find((each) => each.textContent.includes(subject))
      other?.dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))
    }, 'Thank you')
    await row('Where is my parcel').filter({ hasText: 'unread' }).waitFor()
    const chosen = list.getByRole('option', { selected: true }).filter({ hasNotText: 'Broken lamp' })
    await becomes(
      async () => (await chosen.allInnerTexts()).map((text) => text.includes('Thank you')),
      [true],
    )
    await page.keyboard.press('Escape')
    await becomes(() => chosen.count(), 0)
  })

  it('closes one after the other, as quick as the keys are pressed', async () => {
    await row('Broken lamp').click()
    await reader().getByRole('heading', { name: 'Broken lamp' }).waitFor()
    await page.evaluate(() => {
      const press = () =>
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ']', bubbles: true }))
      press()
      press()
    })
    await becomes(shown, ['Money back', 'Thank you'])
    await reader().getByRole('heading', { name: 'Money back' }).waitFor()
    for (const left of [3, 4]) {
      await page.keyboard.press('z')
      await becomes(async () => (await shown()).length, left)
    }
  })

  it('keeps a filter as a view, which counts, is changed and removed, each of it taken back', async () => {
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Urgent' }).click()
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Refund' }).click()
    await becomes(shown, ['Broken lamp'])
    await page.getByRole('button', { name: 'View', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Save as view' }).click()
    const dialog = page.getByRole('dialog', { name: 'New view' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Urgent refunds')
    await dialog.getByRole('switch', { name: 'Share with everyone' }).check()
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Urgent refunds' }).waitFor()
    await becomes(shown, ['Broken lamp'])
    await becomes(async () => {
      const { counts } = await client.threads.counts({})
      return counts.find(({ view: key }) => key.startsWith('view-'))?.count
    }, 1)

    await page.getByRole('button', { name: 'View', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Edit view' }).click()
    const edit = page.getByRole('dialog', { name: 'Edit view' })
    // Somebody else renames it meanwhile.
    const [before] = await client.threadViews.list({})
    const { id, settings } = before!
    await client.threadViews.save({ id, name: 'Dear refunds', shared: true, settings })
    await edit.getByRole('combobox', { name: 'Conditions' }).selectOption('Any of them')
    await edit.getByRole('button', { name: 'Add condition' }).click()
    const third = edit.getByRole('group', { name: 'Condition 3' })
    await third.getByRole('combobox', { name: 'What' }).selectOption('Words')
    await edit.getByRole('button', { name: 'Save' }).click()
    await becomes(() => third.getByRole('textbox', { name: 'Value' }).getAttribute('aria-invalid'), 'true')
    await third.getByRole('textbox', { name: 'Value' }).fill('thank')
    await edit.getByRole('button', { name: 'Save' }).click()
    await edit.waitFor({ state: 'detached' })
    await becomes(shown, SUBJECTS)
    expect((await client.threadViews.list({}))[0]?.name).toBe('Dear refunds')
    await page.keyboard.press('z')
    await becomes(shown, ['Broken lamp'])
    await client.threadViews.save({ id, name: 'Urgent refunds', shared: true, settings })
    await view('Urgent refunds').waitFor()

    await page.getByRole('button', { name: 'View', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Remove view' }).click()
    await becomes(() => view('Urgent refunds').count(), 0)
    await page.keyboard.press('z')
    await view('Urgent refunds').click()
    await becomes(shown, ['Broken lamp'])
  })

  it('manages tags in the settings', async () => {
    await page.goto(new URL('/#/settings/tags', app.url).href)
    await page.getByRole('heading', { name: 'Tags', exact: true }).waitFor()
    const list = page.getByRole('list', { name: 'Tags' })
    await list.getByRole('listitem').filter({ hasText: '4 conversations' }).waitFor()
    await page.getByRole('button', { name: 'Edit the tag Refund' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit the tag Refund' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Money back')
    await dialog.getByRole('radio', { name: 'Violet' }).check({ force: true })
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await list.getByText('Money back').waitFor()
    await becomes(
      () => client.tags.list({}),
      [{ id: expect.any(String) as string, name: 'Money back', color: 'violet' }],
    )
    // Somebody else gives it another colour while its name is being changed.
    await page.getByRole('button', { name: 'Edit the tag Money back' }).click()
    const again = page.getByRole('dialog', { name: 'Edit the tag Money back' })
    await again.getByRole('radio', { name: 'Violet', checked: true }).waitFor({ state: 'attached' })
    const [tag] = await client.tags.list({})
    await client.tags.update({ id: tag!.id, color: 'teal' })
    await again.getByRole('textbox', { name: 'Name' }).fill('Money')
    await again.getByRole('button', { name: 'Save' }).click()
    await list.getByText('Money', { exact: true }).waitFor()
    expect(await client.tags.list({})).toMatchObject([{ name: 'Money', color: 'teal' }])
    await client.tags.update({ id: tag!.id, name: 'Money back' })
    await page.getByRole('button', { name: 'Remove the tag Money back' }).click()
    await page.getByText('No tags yet').waitFor()
    await toast('Tag Money back removed').getByRole('button', { name: 'Undo' }).click()
    await list.getByText('Money back').waitFor()
    expect(await violations(page)).toEqual([])
  })
})
