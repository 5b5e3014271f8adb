import type { Page } from 'playwright-core'
import { launchChromium } from '../../support/browser.ts'
import { openCopy, openList, WINDOW } from '../chromium.ts'
import { median, quantile } from '../figures.ts'
import type { Bench } from '../lab.ts'

const THREADS = 40

declare global {
  interface Window {
    /** Arms the page: from the next keydown until the frame is painted in which `done` holds. */
    arm(done: () => boolean): void
    took: Promise<number>
    panes: string[]
    turn: number
  }
}

/** Gives a page `arm`. */
export function install(): void {
  window.arm = (done) => {
    window.took = new Promise((resolve, reject) => {
      addEventListener(
        'keydown',
        (event) => {
          const look = (): void => {
            if (performance.now() - event.timeStamp > 10_000) {
              return reject(new Error(`nothing was shown within 10 s of a key, at ${location.hash}`))
            }
            if (!done()) return void requestAnimationFrame(look)
            // This runs before the frame is painted; a task that it posts runs after.
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => resolve(performance.now() - event.timeStamp)
            port2.postMessage(null)
          }
          requestAnimationFrame(look)
        },
        { capture: true, once: true },
      )
    })
  }
}

/** Presses j in a page that is armed; in ms. */
async function press(page: Page): Promise<number> {
  await page.keyboard.press('j')
  return await page.evaluate(() => window.took)
}

/** Waits for the conversation of the next row, its bodies included. */
async function openNext(page: Page): Promise<number> {
  await page.evaluate(() => {
    const before = location.hash
    window.arm(() => {
      const pane = document.querySelector('section[aria-label="Conversation"]')
      const row = document.querySelector('[role=option].active')
      const title = pane?.querySelector('h1, h2')?.textContent?.trim()
      const frames = [...(pane?.querySelectorAll('iframe') ?? [])]
      return (
        location.hash !== before &&
        !!title &&
        !!row?.textContent?.includes(title) &&
        !!pane?.querySelector('article .reader') &&
        frames.every((frame) => !!frame.contentDocument?.body?.firstElementChild)
      )
    })
  })
  return await press(page)
}

/** The conversation's pane as it stands, mail frames with their content in them. */
async function paneOf(page: Page): Promise<string> {
  // In one step, and only once every frame is filled: being marked as read may just be filling them anew.
  const html = await page.waitForFunction(() => {
    const pane = document.querySelector('section[aria-label="Conversation"]')!
    const copy = pane.cloneNode(true) as HTMLElement
    const frames = [...pane.querySelectorAll('iframe')]
    for (const [i, frame] of [...copy.querySelectorAll('iframe')].entries()) {
      const document = frames[i]?.contentDocument
      if (!document?.body?.firstElementChild) return null
      frame.srcdoc = document.documentElement.outerHTML
    }
    return copy.innerHTML
  })
  return (await html.jsonValue())!
}

/** The floor: a page of the same size whose keydown puts finished HTML into the pane. */
async function staticPage(app: Page, floor: Page, panes: string[]): Promise<void> {
  await openCopy(app, floor)
  await floor.evaluate((all) => {
    window.panes = all
    window.turn = 0
    addEventListener('keydown', () => {
      const pane = document.querySelector('section[aria-label="Conversation"]')!
      pane.innerHTML = window.panes[window.turn++ % window.panes.length]!
    })
  }, panes)
}

async function nextStatic(page: Page): Promise<number> {
  await page.evaluate(() => {
    const pane = document.querySelector('section[aria-label="Conversation"]')!
    window.arm(() =>
      [...pane.querySelectorAll('iframe')].every((frame) => !!frame.contentDocument?.body?.firstElementChild),
    )
  })
  return await press(page)
}

/** The next conversation by key, from the key to the paint with its text, as a person goes through a morning's mail. */
export const openThread: Bench = {
  name: 'open-thread',
  async run(lab) {
    const { mailbox, dataDir } = await lab.synced(lab.messages)
    const on = await lab.start(mailbox, { dataDir })
    const browser = await launchChromium()
    try {
      const page = await openList(browser, on.app.url)
      await page.evaluate(install)
      await page.getByRole('option').first().click()
      await page.locator('section[aria-label="Conversation"] article .reader').first().waitFor()
      const ours: number[] = []
      const panes: string[] = []
      for (let i = 0; i < THREADS; i++) {
        const took = await openNext(page)
        // The first ones load and compile what they need.
        if (i >= 5) ours.push(took)
        if (i >= 5) panes.push(await paneOf(page))
      }
      const floor = await browser.newPage(WINDOW)
      await staticPage(page, floor, panes)
      await floor.evaluate(install)
      const bare: number[] = []
      for (let i = 0; i < THREADS; i++) {
        const took = await nextStatic(floor)
        if (i >= 5) bare.push(took)
      }
      return [
        {
          name: 'Open a conversation, key to paint, median',
          ours: median(ours),
          unit: 'ms',
          peer: { name: 'a static page', value: median(bare) },
          goal: null,
          note: `p95 ${quantile(ours, 0.95).toFixed(0)} ms against ${quantile(bare, 0.95).toFixed(0)} ms`,
        },
      ]
    } finally {
      await browser.close()
      await on.stop()
    }
  },
}
