import type { Page } from 'playwright-core'
import { launchChromium } from '../../support/browser.ts'
import { openCopy, openList, WINDOW } from '../chromium.ts'
import type { Bench } from '../lab.ts'

const FRAMES = 300
const STEP = 60

type Ride = { dropped: number; blank: number; longest: number }

/**
 * Scrolls the list by 60 px a frame, 3,600 px a second. Dropped: frames of 1/60 s in which nothing new was drawn;
 * blank: frames with no row in the middle of the list.
 */
const ride = (page: Page): Promise<Ride> =>
  page.evaluate(
    ({ frames, step }) =>
      new Promise<Ride>((resolve) => {
        const list = document.querySelector('[role=listbox]')!
        const { left, top, width, height } = list.getBoundingClientRect()
        const result = { dropped: 0, blank: 0, longest: 0 }
        let last = 0
        let count = 0
        const frame = (now: number): void => {
          if (count > 0) {
            const took = now - last
            result.dropped += Math.max(0, Math.round(took / (1000 / 60)) - 1)
            result.longest = Math.max(result.longest, took)
            const there = document.elementFromPoint(left + width / 2, top + height / 2)
            if (!there?.closest('[role=option]')) result.blank += 1
          }
          last = now
          count += 1
          if (count > frames) return resolve(result)
          list.scrollTop += step
          requestAnimationFrame(frame)
        }
        requestAnimationFrame(frame)
      }),
    { frames: FRAMES, step: STEP },
  )

/** The same rows as plain HTML, all of them there from the start. */
async function staticList(app: Page, floor: Page): Promise<void> {
  await openCopy(app, floor)
  await floor.evaluate((pixels) => {
    const list = document.querySelector('[role=listbox]')!
    const rows = [...list.querySelectorAll<HTMLElement>('[role=option]')]
    const height = rows[0]!.getBoundingClientRect().height
    const inner = rows[0]!.parentElement!
    const wanted = Math.ceil(pixels / height) + rows.length
    inner.replaceChildren(
      ...Array.from({ length: wanted }, (_, i) => {
        const row = rows[i % rows.length]!.cloneNode(true) as HTMLElement
        row.style.transform = `translateY(${i * height}px)`
        return row
      }),
    )
    inner.style.height = `${wanted * height}px`
    list.scrollTop = 0
  }, FRAMES * STEP)
}

export const scroll: Bench = {
  name: 'scroll',
  async run(lab) {
    const { mailbox, dataDir } = await lab.synced(lab.messages)
    const on = await lab.start(mailbox, { dataDir })
    const browser = await launchChromium()
    try {
      const page = await openList(browser, on.app.url)
      const floor = await browser.newPage(WINDOW)
      await staticList(page, floor)
      const total = { ours: { dropped: 0, blank: 0, longest: 0 }, bare: { dropped: 0, blank: 0, longest: 0 } }
      const rides = 3
      for (let i = 0; i < rides; i++) {
        for (const [key, one] of [
          ['ours', page],
          ['bare', floor],
        ] as const) {
          await one.bringToFront()
          await one.evaluate(() => void (document.querySelector('[role=listbox]')!.scrollTop = 0))
          const result = await ride(one)
          total[key].dropped += result.dropped
          total[key].blank += result.blank
          total[key].longest = Math.max(total[key].longest, result.longest)
        }
      }
      const share = ({ dropped }: Ride) => (100 * dropped) / (dropped + FRAMES * rides)
      return [
        {
          name: 'Scroll the list, frames dropped',
          ours: share(total.ours),
          unit: '%',
          peer: { name: 'a static list', value: share(total.bare) },
          goal: null,
          note:
            `longest frame ${total.ours.longest.toFixed(0)} ms against ${total.bare.longest.toFixed(0)} ms; ` +
            `${total.ours.blank} of ${FRAMES * rides} frames without a row in the middle`,
        },
      ]
    } finally {
      await browser.close()
      await on.stop()
    }
  },
}
