import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../support/app.ts'
import { becomes } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { buildMail } from '../support/mail.ts'
import { makeTeam, type Team } from '../support/team.ts'

/** Conversations are merged, split and looked back on by keyboard, in the built application. */
describe('merging and splitting conversations on screen', () => {
  let team: Team
  let app: App
  let browser: Browser
  let page: Page
  let errors: string[] = []

  const rows = () => page.getByRole('listbox', { name: 'Conversations' }).getByRole('option')
  const dialog = (name: string) => page.getByRole('dialog', { name, exact: true })
  const toast = () => page.getByRole('status', { name: 'Notifications' })
  const messages = () => page.getByRole('region', { name: 'Conversation' }).getByRole('article')

  beforeAll(async () => {
    team = await makeTeam()
    let minute = 60
    const mail = (messageId: string, subject: string, text: string, inReplyTo?: string) =>
      team.dovecot.deliver(
        'support',
        buildMail({
          from: 'Carla Rossi <carla@rossi.test>',
          to: team.dovecot.address('support'),
          subject,
          messageId,
          ...(inReplyTo && { inReplyTo, references: [inReplyTo] }),
          // A minute apart: headers tell seconds.
          date: Date.now() - minute-- * 60_000,
          text,
        }),
      )
    mail('a@rossi.test', 'Broken lamp', 'The lamp is broken.')
    mail('b@rossi.test', 'Still broken', 'It is still broken.')
    mail('c@rossi.test', 'Re: Still broken', 'And the other one too.', 'b@rossi.test')
    app = await team.start()
    browser = await launchChromium()
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    })
    page = await context.newPage()
    errors = watchForErrors(page)
    await page.goto(app.url)
    await rows().nth(1).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await team?.stop()
  })
  afterEach(() => expect(errors.splice(0)).toEqual([]))

  it('merges with one that is searched for, and takes it apart again', async () => {
    await rows().filter({ hasText: 'Broken lamp' }).click()
    await becomes(() => messages().count(), 1)
    await page.keyboard.press('&')
    const search = page.getByRole('searchbox', { name: 'Search conversations' })
    await search.waitFor()
    // Nothing typed: the sender's others.
    await page
      .getByRole('option', { name: /Still broken/ })
      .first()
      .waitFor()
    await search.press('Enter')
    await dialog('Merge conversations')
      .getByRole('radio', { name: /Broken lamp/ })
      .waitFor()
    expect(
      await dialog('Merge conversations')
        .getByRole('radio', { name: /Broken lamp/ })
        .isChecked(),
    ).toBe(true)
    expect(await violations(page)).toEqual([])
    await dialog('Merge conversations').getByRole('button', { name: 'Merge', exact: true }).press('Enter')
    await toast().getByText('1 conversation merged').waitFor()
    await becomes(() => rows().count(), 1)
    await becomes(() => messages().count(), 3)
    await page.getByRole('button', { name: '1 conversation merged in' }).press('Enter')
    await dialog('What was merged into this conversation')
      .getByRole('button', { name: 'Take apart: Still broken' })
      .press('Enter')
    await page.getByText('Nothing is merged into it any more.').waitFor()
    await page.keyboard.press('Escape')
    await becomes(() => rows().count(), 2)
    await becomes(() => messages().count(), 1)
  })

  it('splits off a message, and z puts it back', async () => {
    await rows().filter({ hasText: 'Still broken' }).click()
    await becomes(() => messages().count(), 2)
    await messages()
      .last()
      .getByRole('button', { name: /^Actions for the message/ })
      .press('Enter')
    await page.getByRole('menuitem', { name: 'Split' }).press('Enter')
    await becomes(() => dialog('Split the conversation').getByRole('checkbox', { checked: true }).count(), 1)
    expect(await violations(page)).toEqual([])
    await dialog('Split the conversation').getByRole('button', { name: 'Split', exact: true }).press('Enter')
    await toast().getByText('1 message split off').waitFor()
    await becomes(() => rows().count(), 3)
    await becomes(() => messages().count(), 1)
    await page.keyboard.press('z')
    await becomes(() => rows().count(), 2)
    await becomes(() => messages().count(), 2)
  })

  it('shows what happened, and how the conversation was at each moment', async () => {
    await page.keyboard.press('h')
    const history = dialog('History')
    const entries = history.getByRole('listbox', { name: 'What happened, newest first' })
    await entries.getByRole('option', { name: /Ada Agent split .* off/ }).waitFor()
    await history.getByText(/The log is unbroken/).waitFor()
    const state = history.getByRole('region', { name: 'As it was then' })
    await state.getByText('2 messages', { exact: true }).waitFor()
    // From putting back to splitting off.
    await entries.press('ArrowDown')
    await entries.press('ArrowDown')
    await becomes(() => entries.getByRole('option', { selected: true }).count(), 1)
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await becomes(() => history.count(), 0)
  })
})
