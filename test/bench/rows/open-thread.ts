import type { Page } from 'playwright-core'
import { launchChromium } from '../../support/browser.ts'
import { stylesOf, untilRows } from '../chromium.ts'
import { median, quantile } from '../figures.ts'
import type { Bench } from '../lab.ts'

const THREADS = 40

/** Resolves with the ms from the next keydown until the frame is painted in which `done` holds. */
type KeyToPaint = (done: () => boolean) => Promise<number>
declare global {
  interface Window {
    keyToPaint: KeyToPaint
    panes: string[]
    turn: number
  }
}

function install(): void {
  window.keyToPaint = (done) =>
    new Promise((resolve) => {
      addEventListener(
        'keydown',
        (event) => {
          const look = (): void => {
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

/** Presses j and waits for the conversation of the next row, its bodies included. */
async function openNext(page: Page): Promise<number> {
  const took = page.evaluate(() => {
    const before = location.hash
    return window.keyToPaint(() => {
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
  await page.keyboard.press('j')
  return await took
}

/** The conversation's pane as it stands, mail frames with their content in them. */
const paneOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const pane = document.querySelector('section[aria-label="Conversation"]')!
    const copy = pane.cloneNode(true) as HTMLElement
    const frames = [...pane.querySelectorAll('iframe')]
    for (const [i, frame] of [...copy.querySelectorAll('iframe')].entries())
      frame.srcdoc = frames[i]?.contentDocument?.documentElement.outerHTML ?? ''
    return copy.innerHTML
  })

/** The floor: a page of the same size whose keydown puts finished HTML into the pane. */
async function staticPage(app: Page, floor: Page, panes: string[]): Promise<void> {
  await floor.setContent(
    await app.evaluate(() => document.documentElement.outerHTML.replace(/<script.*?<\/script>/gs, '')),
  )
  await floor.addStyleTag({ content: await stylesOf(app) })
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
  const took = page.evaluate(() => {
    const pane = document.querySelector('section[aria-label="Conversation"]')!
    return window.keyToPaint(() =>
      [...pane.querySelectorAll('iframe')].every((frame) => !!frame.contentDocument?.body?.firstElementChild),
    )
  })
  await page.keyboard.press('j')
  return await took
}

/** The next conversation by key, from the key to the paint with its text, as a person goes through a morning's mail. */
export const openThread: Bench = {
  name: 'open-thread',
  async run(lab) {
    const { mailbox, dataDir } = await lab.synced(lab.messages)
    const on = await lab.start(mailbox, { dataDir })
    const browser = await launchChromium()
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.goto(`${on.app.url}#/open`)
      await untilRows(page)
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
      const floor = await browser.newPage({ viewport: { width: 1440, height: 900 } })
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
