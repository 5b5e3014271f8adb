import type {} from './shell-page/window.ts'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { becomes, hasFocus } from '../support/becomes.ts'
import { launchChromium, watchForErrors, violations } from '../support/browser.ts'
import { serveShellPage } from './shell-page/serve.ts'

/**
 * The frame, the views and the list over a double of the engine (shell-page/fake-engine.ts), for what the real
 * one cannot be brought to on demand. The same screens over the real engine are in test/e2e.
 */
describe('the frame, the views and the list', () => {
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
    page.on('response', (response) => response.status() === 404 && errors.push(response.url()))
  })
  afterEach(async () => {
    await context.close()
    expect(errors).toEqual([])
  })

  const start = async (scene = '', route = '') => {
    await page.goto(`${served.url}?${scene}${route && `#${route}`}`)
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
  }
  const list = () => page.getByRole('listbox', { name: 'Conversations' })
  const row = (text: string | RegExp): Locator => list().getByRole('option', { name: text })
  const active = () => list().getAttribute('aria-activedescendant')
  const nothingForAxe = async (what: string) => expect(await violations(page), what).toEqual([])

  it('names the views, and counts them without spoiling their names', async () => {
    await start('rows=5000')
    const unassigned = page.getByRole('link', { name: 'Unassigned', exact: true })
    await unassigned.waitFor()
    await becomes(() => unassigned.innerText(), 'Unassigned\n1,000+')
    await unassigned.hover()
    await page.getByText('There are more than 1,000.', { exact: true }).waitFor()
    for (const name of ['Assigned to me', 'All open', 'Closed', 'Sent', 'Drafts', 'Support', 'Sales']) {
      await page.getByRole('link', { name, exact: true }).waitFor()
    }
    expect(await page.getByRole('link', { name: 'Outbox' }).count()).toBe(0)
  })

  it('begins the name of a row with the sender, then the subject', async () => {
    await start()
    await row(/^Bo Chen Where is my parcel\? #1 ?, 2 messages/).waitFor()
  })

  it('pages through a million rows, forwards to where the height is capped and back', async () => {
    await start('rows=1000000', '/open')
    await row(/#0\b/).waitFor()
    // Far enough for pages to leave the window at its beginning.
    const last = async () =>
      Number(/#(\d+)/.exec((await list().getByRole('option').last().innerText()) ?? '')?.[1])
    await list().focus()
    for (let until = 500; until <= 5_000; until += 500) {
      while ((await last()) < until) await page.keyboard.press('End')
    }
    expect(await list().evaluate((box) => box.scrollHeight)).toBeLessThan(400_000)
    expect(await list().getByRole('option').count()).toBeLessThan(40)
    // And back by the scroll bar: every row comes again, in order and without gaps.
    await becomes(async () => {
      await list().evaluate((box) => box.scrollBy(0, -20_000))
      return (await row(/#0\b/).count()) > 0 && (await list().evaluate((box) => box.scrollTop)) === 0
    }, true)
    const numbers = await list()
      .getByRole('option')
      .evaluateAll((options) => options.map((option) => Number(/#(\d+)/.exec(option.textContent ?? '')?.[1])))
    expect(numbers.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('keeps what is in sight in its place while mail comes in above it', async () => {
    await start('rows=400', '/open')
    await row(/#0\b/).waitFor()
    await list().evaluate((box) => (box.scrollTop = 68 * 30 + 20))
    await row(/#35\b/).waitFor()
    const before = (await row(/#35\b/).boundingBox())?.y
    await page.evaluate(() => window.shell.engine.arrive(7))
    await becomes(() => list().evaluate((box) => box.scrollTop), 68 * 37 + 20)
    await becomes(async () => (await row(/#35\b/).boundingBox())?.y, before)
    // At the very top, what is new comes into sight.
    await list().evaluate((box) => (box.scrollTop = 0))
    await page.evaluate(() => window.shell.engine.arrive(1, { subject: 'Brand new' }))
    await row(/Brand new/).waitFor()
    await becomes(() => list().evaluate((box) => box.scrollTop), 0)
  })

  it('drops the late answer for a view that was left', async () => {
    await start('rows=40', '/open')
    await row(/#0\b/).waitFor()
    await page.evaluate(() => {
      // Mentions are looked for by themselves, whatever list is shown.
      const isShown = (input: unknown) => (input as { view: string }).view !== 'mentions'
      Object.assign(window, { held: window.shell.engine.hold('threads.list', isShown) })
    })
    const held = (script: string) => page.evaluate(`window.held.${script}`)
    await page.getByRole('link', { name: 'Assigned to me' }).click()
    await becomes(() => held('waiting()'), 1)
    await page.getByRole('link', { name: 'Unassigned' }).click()
    await becomes(() => held('waiting()'), 2)
    await held('release(1)')
    await row(/#1\b/).waitFor()
    await held('stop()')
    // "Assigned to me" is empty in the double: its answer would clear the list.
    await page.evaluate(() => new Promise((go) => setTimeout(go, 100)))
    expect(await row(/#1\b/).count()).toBe(1)
  })

  it('is worked by keyboard: moves, selects, closes, takes back', async () => {
    await start('rows=40', '/open')
    await row(/#0\b/).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await becomes(active, 'row-t1')
    await page.keyboard.press('k')
    await becomes(active, 'row-t0')
    await page.keyboard.press('x')
    await page.keyboard.press('Shift+j')
    await page.keyboard.press('Shift+j')
    await page.getByText('3 selected').first().waitFor()
    await nothingForAxe('with a selection')
    await page.keyboard.press('e')
    await page.getByText('3 conversations closed').waitFor()
    await becomes(() => row(/#0\b/).count(), 0)
    await becomes(active, 'row-t3')
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(/#0\b/).waitFor()
    // The key does the same, and each thing is taken back once.
    await page.keyboard.press('e')
    await page.getByText('Conversation closed').waitFor()
    await becomes(() => row(/#3\b/).count(), 0)
    await page.keyboard.press('z')
    await row(/#3\b/).waitFor()
    await page.getByText('Taken back.').waitFor()
  })

  it('selects with the pointer: one more, a range, and none again', async () => {
    await start('rows=40', '/open')
    await row(/#0\b/).click({ modifiers: ['Control'] })
    await row(/#4\b/).click({ modifiers: ['Shift'] })
    await page.getByText('5 selected').first().waitFor()
    await row(/#2\b/).click({ modifiers: ['Control'] })
    await page.getByText('4 selected').first().waitFor()
    await page.getByRole('button', { name: 'Clear selection' }).click()
    await becomes(() => list().locator('[aria-selected="true"]').count(), 0)
  })

  it('assigns what is chosen, from the bar and by key', async () => {
    await start('rows=40', '/unassigned')
    await row(/#1\b/).click({ modifiers: ['Control'] })
    await page.getByRole('button', { name: 'Assign selected' }).click()
    await page.getByRole('menuitem', { name: 'Cleo Cook' }).click()
    await page.getByText('Assigned to Cleo Cook').waitFor()
    await becomes(() => row(/#1\b/).count(), 0)
    await page.keyboard.press('j')
    await page.keyboard.press('i')
    const field = page.getByRole('combobox', { name: 'Assign to' })
    await field.fill('ben')
    await nothingForAxe('choosing an assignee')
    await field.press('Enter')
    await page.getByText('Assigned to Ben Bell').waitFor()
  })

  it('never takes a letter typed in a field for a shortcut', async () => {
    await start('rows=40', '/open')
    await row(/#0\b/).waitFor()
    await page.keyboard.press('/')
    await hasFocus(page.getByRole('searchbox', { name: 'Search' }))
    await page.keyboard.type('jex')
    await becomes(() => page.getByRole('searchbox', { name: 'Search' }).inputValue(), 'jex')
    const called = await page.evaluate(() => window.shell.engine.calls.map(({ path }) => path))
    expect(called).not.toContain('threads.close')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Type a command' }).waitFor()
  })

  it('searches as one types, marks the words, and says what it could not use', async () => {
    await start('rows=40', '/open')
    await page.getByRole('searchbox', { name: 'Search' }).fill('parcel before:soon')
    await page.getByText('before: wants a date like 2026-05-31.').waitFor()
    await row(/^Bo Chen Where is my parcel\? #1\b/).waitFor()
    await becomes(() => list().locator('mark').first().innerText(), 'parcel')
    await nothingForAxe('search')
    await page.getByRole('searchbox').fill('nothing like this')
    await page.getByText('No conversation matches').waitFor()
    await page.keyboard.press('Escape')
    await row(/#0\b/).waitFor()
  })

  it('filters and sorts, and shows what is filtered', async () => {
    await start('rows=40', '/open')
    await page.getByRole('button', { name: 'Filter', exact: true }).press('Enter')
    await page.getByRole('menuitemcheckbox', { name: 'Unread' }).waitFor()
    await nothingForAxe('the filter menu')
    await page.keyboard.press('Enter')
    await becomes(() => row(/#1\b/).count(), 0)
    await row(/#3\b/).waitFor()
    await page.getByRole('button', { name: 'Remove filter: Unread' }).click()
    await row(/#1\b/).waitFor()
  })

  it.each([
    ['nothing_here', '', 'No open conversations'],
    ['still_syncing', '', 'Mail is still coming in'],
    ['no_permission', '', 'You may not see this inbox'],
    ['nothing_here', 'channels', 'No mailbox is connected'],
  ])('says what an empty list is: %s %s', async (reason, scene, words) => {
    await start(`rows=0&empty=${reason}&${scene}`, '/open')
    await page.getByText(words, { exact: true }).waitFor()
    await nothingForAxe(words)
  })

  it('shows the health of a channel always, and what to do about it', async () => {
    await start()
    await page.getByRole('button', { name: 'support@acme.test Live' }).waitFor()
    const health = async (change: object, rest: object = {}) =>
      page.evaluate(
        ([now, more]) => {
          window.shell.engine.state.channels = [window.shell.fakeChannel(now, more)]
          window.shell.engine.announce({ entity: 'channels', ids: null })
        },
        [change, rest],
      )
    await health({ state: 'syncing', progress: { done: 312, total: 2000 } })
    await page.getByRole('button', { name: '312 of 2,000, newest first' }).waitFor()
    const problem = {
      code: 'login_refused',
      message: 'The server refused the login.',
      hint: 'Enter the password again.',
      serverText: 'NO [AUTHENTICATIONFAILED] <b>nope</b>',
    }
    await health({ state: 'failing', problem, setAside: 2 }, { junkCount: 1 })
    await page.getByRole('button', { name: /support@acme.test Not working since/ }).click()
    const dialog = page.getByRole('dialog', { name: 'support@acme.test' })
    await dialog.getByText('Enter the password again.').waitFor()
    // What a server says is text, never markup (fault 20).
    await dialog.getByText('NO [AUTHENTICATIONFAILED] <b>nope</b>').waitFor()
    await nothingForAxe('the details of a channel')
    await dialog.getByRole('button', { name: 'Try now' }).click()
    await becomes(
      () => page.evaluate(() => window.shell.engine.calls.some(({ path }) => path === 'channels.retry')),
      true,
    )
    await dialog.getByRole('button', { name: 'Look at junk' }).click()
    await page.getByRole('button', { name: /Prize Desk/ }).click()
    await page.getByText('Click to collect.').waitFor()
    expect(await page.locator('img').count()).toBe(0)
    await nothingForAxe('junk')
  })

  it('says when nothing can be saved, and what was repaired', async () => {
    await start('rows=40', '/open')
    await page.evaluate(() => {
      window.shell.engine.state.storageProblem = { message: 'the disk is full', since: Date.now() }
      window.shell.engine.state.recovery = { setAside: '/data/damaged.db', restoredFrom: 'yesterday' }
      window.shell.engine.announce({ entity: 'workspace', ids: null })
    })
    await page
      .getByRole('alert')
      .getByText(/the disk is full/)
      .waitFor()
    await page.getByText('The damaged file was kept: /data/damaged.db').waitFor()
    await nothingForAxe('notices')
    await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Dismiss' }).click()
    await becomes(() => page.getByText(/damaged file/).count(), 0)
  })

  it('reconnects by itself, says so meanwhile, and does not do a command twice or unseen', async () => {
    await start('rows=40', '/open')
    await row(/#0\b/).waitFor()
    await page.evaluate(() => {
      window.shell.reachable = false
      window.shell.engine.drop()
    })
    // A port says nothing when its other end dies: the missing signs of life do.
    await page.getByText('Not connected: reconnecting…').waitFor({ timeout: 60_000 })
    await nothingForAxe('without a connection')
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    await page.getByText(/Not connected, so nothing was done/).waitFor()
    // What happened meanwhile is there after the reconnection.
    await page.evaluate(() => {
      window.shell.engine.arrive(1, { subject: 'While you were away' })
      window.shell.reachable = true
    })
    // Which is at once, in the middle of a try that nothing answers; unless one by itself came before.
    const back = row(/While you were away/).waitFor()
    await Promise.any([page.getByRole('button', { name: 'Try now' }).click(), back])
    await back
    await becomes(() => page.getByText('Not connected: reconnecting…').count(), 0)
    errors.length = 0
  })

  it('keeps its user over a reconnection, whoever else the machine has now', async () => {
    await start('rows=40&nobody', '/open').catch(() => {})
    await page.getByRole('button', { name: /Ben Bell/ }).click()
    await page.getByRole('button', { name: /signed in as Ben Bell/ }).waitFor()
    await page.evaluate(() => {
      window.shell.engine.state.meId = null
      window.shell.engine.drop()
    })
    await expect
      .poll(
        () =>
          page.evaluate(() => window.shell.engine.calls.filter(({ path }) => path === 'users.signIn').length),
        { timeout: 60_000 },
      )
      .toBe(2)
    await page.getByRole('button', { name: /signed in as Ben Bell/ }).waitFor()
  })

  it('puts the unread number on the icon and announces new mail while the window is not looked at', async () => {
    await start('rows=40', '/open')
    await becomes(() => page.evaluate(() => window.shell.badge), 7)
    await page.evaluate(() => {
      document.hasFocus = () => false
      window.shell.engine.arrive(1, { subject: 'Ring ring', sender: { name: 'Zoe', address: 'zoe@x.test' } })
    })
    await becomes(
      () => page.evaluate(() => window.shell.notified.map(({ title, body }) => [title, body])),
      [['Zoe', 'Ring ring · Support']],
    )
    await page.evaluate(() => window.shell.openRoute(window.shell.notified[0]?.route ?? ''))
    await becomes(() => new URL(page.url()).hash.startsWith('#/open/0000'), true)
  })

  it('throws the sample away only after asking', async () => {
    await start()
    await page.getByRole('button', { name: /signed in as/ }).click()
    await nothingForAxe('the user menu')
    await page.getByRole('menuitem', { name: 'Throw the sample away' }).click()
    const question = page.getByRole('alertdialog', { name: 'Throw the sample away?' })
    await question.waitFor()
    await nothingForAxe('the question')
    await question.getByRole('button', { name: 'Cancel' }).click()
    await becomes(() => question.count(), 0)
    await page.getByRole('button', { name: /signed in as/ }).click()
    await page.getByRole('menuitem', { name: 'Throw the sample away' }).click()
    await question.getByRole('button', { name: 'Throw away' }).click()
    await becomes(() => page.getByRole('navigation', { name: 'Views' }).count(), 0)
  })

  it('lists every shortcut, and runs a command from the palette', async () => {
    await start('rows=40', '/open')
    await row(/#0\b/).waitFor()
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const words of ['Reply', 'Compose', 'Close conversation', 'Go to Sent', 'Next conversation']) {
      await dialog.getByText(words, { exact: true }).first().waitFor()
    }
    await nothingForAxe('the shortcuts')
    await page.keyboard.press('Escape')
    await becomes(() => dialog.count(), 0)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Type a command' }).fill('go to closed')
    await page.getByRole('option', { name: /Go to Closed/, selected: true }).waitFor()
    await nothingForAxe('the palette')
    await page.keyboard.press('Enter')
    await becomes(() => new URL(page.url()).hash, '#/closed')
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await becomes(() => new URL(page.url()).hash, '#/unassigned')
  })

  it('lets keys be changed by pressing them, names who has them, and gives them back', async () => {
    await start('rows=40', '/settings/shortcuts')
    const line = (id: string) => page.locator(`[data-command="${id}"]`)
    const keysOf = (id: string) => line(id).locator('kbd').allInnerTexts()
    const dialog = page.getByRole('dialog', { name: /^Keys for:/ })
    await line('conversation.close').waitFor()
    await nothingForAxe('the keys')

    // A sequence, by keyboard alone.
    await page.getByRole('button', { name: 'Change E of Close conversation' }).focus()
    await page.keyboard.press('Enter')
    await hasFocus(dialog.getByRole('application', { name: 'Press the keys' }))
    await page.keyboard.press('q')
    await page.keyboard.press('Shift+d')
    await becomes(() => dialog.locator('kbd').allInnerTexts(), ['Q', 'Shift', 'D'])
    await nothingForAxe('the keys that were pressed')
    for (const name of ['Remove these keys', 'Cancel', 'Save']) {
      await page.keyboard.press('Tab')
      await becomes(
        () =>
          dialog
            .getByRole('button', { name, exact: true })
            .evaluate((button) => button === document.activeElement),
        true,
      )
    }
    await page.keyboard.press('Enter')
    await becomes(() => keysOf('conversation.close'), ['Q', 'Shift', 'D'])

    // Keys that others have are named, and taken over or left.
    await page.getByRole('button', { name: 'Add keys to Reopen conversation' }).press('Enter')
    await hasFocus(dialog.getByRole('application', { name: 'Press the keys' }))
    await page.keyboard.press('q')
    await dialog.getByText('Close conversation').waitFor()
    await dialog.getByRole('button', { name: 'Leave them there' }).press('Enter')
    await dialog.getByText('Press the keys').last().waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('b')
    await dialog.getByRole('button', { name: 'Take them over' }).press('Enter')
    await becomes(() => keysOf('conversation.reopen'), ['Shift', 'E', 'B'])
    await becomes(() => keysOf('conversation.snooze'), [])
    // What every field needs is refused.
    await page.getByRole('button', { name: 'Add keys to Reopen conversation' }).press('Enter')
    await hasFocus(dialog.getByRole('application', { name: 'Press the keys' }))
    await page.keyboard.press('Control+c')
    await dialog.getByText('is needed for editing text.').waitFor()
    await page.keyboard.press('Escape')

    // They count at once, everywhere.
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await row(/#0\b/).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    await page.keyboard.press('q')
    await page.keyboard.press('Shift+d')
    await page.getByText('Conversation closed').waitFor()
    await becomes(() => row(/#0\b/).count(), 0)
    await page.keyboard.press('?')
    const shown = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await shown.getByText('Q, Shift + D').waitFor()
    await shown.getByRole('button', { name: 'Change keys' }).press('Enter')
    await becomes(() => new URL(page.url()).hash, '#/settings/shortcuts')

    // They stay, and are given back; without single letters only chords are left.
    await page.reload()
    await becomes(() => keysOf('conversation.close'), ['Q', 'Shift', 'D'])
    await page.getByRole('button', { name: 'Reset all' }).press('Enter')
    await becomes(() => keysOf('conversation.close'), ['E'])
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).press('Enter')
    await becomes(() => keysOf('conversation.close'), ['Q', 'Shift', 'D'])
    await page.getByRole('button', { name: 'Reset Close conversation' }).press('Enter')
    await becomes(() => keysOf('conversation.close'), ['E'])
    await page.getByLabel('Key map').selectOption('Only with Ctrl or Cmd')
    await becomes(() => keysOf('conversation.close'), [])
    await becomes(() => keysOf('search.focus'), ['Ctrl', 'F'])
  })

  it.each(['light', 'dark'] as const)('is accessible and fits at every width, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    await start('rows=40', '/open')
    for (const width of [1440, 1000, 640, 400]) {
      await page.setViewportSize({ width, height: 800 })
      await row(/#0\b/).waitFor()
      await nothingForAxe(`${width} px`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, `${width} px`).toBeLessThanOrEqual(0)
    }
    await page.getByRole('button', { name: 'Show views' }).click()
    await page.getByRole('link', { name: 'Closed' }).waitFor()
    await nothingForAxe('the views over a narrow window')
  })

  it('keeps the theme that was chosen, whatever the system has', async () => {
    await page.emulateMedia({ colorScheme: 'light' })
    await start()
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Type a command' }).fill('theme: dark')
    await page.getByRole('option', { name: /Theme: Dark/i, selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(ground).not.toBe(light)
    const dark = await ground()
    await page.reload()
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
    expect(await ground()).toBe(dark)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.getByRole('button', { name: /signed in as/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Light' }).click()
    await becomes(ground, light)
  })

  it('remembers the width of a pane that was changed by keyboard', async () => {
    await start()
    const handle = page.getByRole('separator', { name: 'Width of the views' })
    await handle.press('ArrowRight')
    await becomes(() => handle.getAttribute('aria-valuenow'), '224')
    await page.reload()
    await becomes(() => handle.getAttribute('aria-valuenow'), '224')
  })
})
