import { findRecipients } from '../../../src/main/engine/read/recipients.ts'
import { noteRecipients } from '../../../src/main/engine/store/tables/past-recipients.ts'
import { launchChromium } from '../../support/browser.ts'
import { seeded } from '../../support/random.ts'
import { makeWorkspace, START } from '../../support/workspace.ts'
import { openList } from '../chromium.ts'
import { median, quantile, type Figure } from '../figures.ts'
import type { Bench, Lab } from '../lab.ts'
import { install } from './open-thread.ts'
import { fill } from './records.ts'

/** What is typed into a recipient field: a letter that a tenth of all have, more of a name, a name, an address, nobody. */
const TYPED = ['r', 'ro', 'ros', 'rossi', 'ada r', 'ada rossi5', 'p77', 'p77@c', 'c77.test', 'zzz', '']
/** A frame at 60 a second, in ms. */
const FRAME = 16.7
const PAST = 5000

/** Whom a key offers, of 100,000 contacts and 5,000 people that were written to. */
function recipients(lab: Lab): Figure[] {
  lab.say('making 100,000 contacts')
  const ws = makeWorkspace()
  try {
    const { userId } = fill(ws)
    const random = seeded(5)
    ws.store.write(({ db }) => {
      for (let i = 0; i < PAST; i += 1) {
        const n = random.int(0, 99_999)
        const person = { name: `Rosa Past${i}`, address: `p${n}@past${i % 50}.test` }
        noteRecipients(db, userId, [person], START - random.int(0, 10_000_000_000))
      }
    })
    const times: number[] = []
    const slowest = { typed: '', ms: 0 }
    for (let round = 0; round < Math.max(lab.runs, 10) + 2; round += 1) {
      for (const typed of TYPED) {
        const before = performance.now()
        findRecipients(ws.store.read, userId, typed, 8)
        const ms = performance.now() - before
        if (round < 2) continue
        times.push(ms)
        if (ms > slowest.ms) Object.assign(slowest, { typed, ms })
      }
    }
    return [
      {
        name: 'Recipients for a key, of 100,000 contacts, p95',
        ours: quantile(times, 0.95),
        unit: 'ms',
        peer: null,
        goal: { of: 'ours', atMost: FRAME },
        note: `median ${median(times).toFixed(1)} ms, slowest ${slowest.ms.toFixed(1)} ms for "${slowest.typed}"`,
      },
    ]
  } finally {
    ws.stop()
  }
}

/** From the key to the paint of a composer whose first field has the cursor. */
async function opening(lab: Lab): Promise<Figure[]> {
  const { mailbox, dataDir } = await lab.synced(lab.messages)
  const on = await lab.start(mailbox, { dataDir })
  const browser = await launchChromium()
  try {
    const page = await openList(browser, on.app.url)
    await page.evaluate(install)
    const times: number[] = []
    for (let i = 0; i < 20; i += 1) {
      await page.evaluate(() =>
        window.arm(
          () =>
            document.activeElement?.matches('section[aria-label^="New message"] input') === true &&
            document.querySelector('section[aria-label^="New message"] .ProseMirror') !== null,
        ),
      )
      await page.keyboard.press('c')
      times.push(await page.evaluate(() => window.took))
      const composer = page.getByRole('region', { name: /^New message/ })
      await composer.getByRole('button', { name: 'Close (the draft stays)' }).click()
      await composer.waitFor({ state: 'detached' })
    }
    const [first = 0, ...others] = times
    return [
      {
        name: 'Open a new mail, key to paint, median',
        ours: median(others),
        unit: 'ms',
        peer: null,
        goal: null,
        note: `p95 ${quantile(others, 0.95).toFixed(0)} ms; the first, which loads the editor, ${first.toFixed(0)} ms`,
      },
    ]
  } finally {
    await browser.close()
    await on.stop()
  }
}

/** Writing a mail: the way to it, and whom it goes to. */
export const composing: Bench = {
  name: 'composing',
  run: async (lab) => [...recipients(lab), ...(await opening(lab))],
}
