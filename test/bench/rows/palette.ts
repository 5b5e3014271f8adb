import { searchRecords } from '../../../src/main/engine/read/records/search.ts'
import { searchContacts } from '../../../src/main/engine/store/queries/contacts.ts'
import { accessOf } from '../../../src/main/engine/team/access.ts'
import { launchChromium } from '../../support/browser.ts'
import { makeWorkspace } from '../../support/workspace.ts'
import { openList, WINDOW } from '../chromium.ts'
import { median, quantile, type Figure } from '../figures.ts'
import type { Bench, Lab } from '../lab.ts'
import { install } from './open-thread.ts'
import { fill } from './records.ts'

/** What is typed: a beginning that a tenth of all have, more of a name, two words, an address, nobody. */
const TYPED = ['ro', 'ros', 'rossi', 'ada r', 'ada rossi5', 'p77', 'p77 c77', 'c77', 'zzz']
/** A frame at 60 a second, in ms. */
const FRAME = 16.7
/** As the palette asks (features/shortcuts/use-finder.ts). */
const OTHERS = ['company', 'deal', 'ticket'] as const
const MOST = 6

/** What the engine finds for a key among 100,000 contacts, against as many rows by their primary key. */
function found(lab: Lab): Figure[] {
  lab.say('making 100,000 contacts')
  const ws = makeWorkspace()
  try {
    const { userId, ids } = fill(ws)
    const access = accessOf(ws.store.read, userId)!
    const times: number[] = []
    const floor: number[] = []
    const slowest = { typed: '', ms: 0 }
    for (let round = 0; round < Math.max(lab.runs, 10) + 2; round += 1) {
      for (const [i, typed] of TYPED.entries()) {
        const begin = performance.now()
        const people = searchContacts(ws.store.read, typed.split(' '), 2 * MOST)
        if (people.length < MOST)
          searchRecords(ws.store.read, access, { query: typed, types: ['contact'], limit: MOST })
        searchRecords(ws.store.read, access, { query: typed, types: OTHERS, limit: MOST })
        const end = performance.now()
        for (let n = 0; n < MOST; n += 1)
          ws.store.read.get('SELECT * FROM contacts WHERE id = ?', [
            ids[(round * 997 + i * 101 + n) % ids.length]!,
          ])
        if (round < 2) continue
        times.push(end - begin)
        floor.push(performance.now() - end)
        if (end - begin > slowest.ms) Object.assign(slowest, { typed, ms: end - begin })
      }
    }
    return [
      {
        name: 'Palette: records for a key, of 100,000 contacts, p95',
        ours: quantile(times, 0.95),
        unit: 'ms',
        peer: { name: `${MOST} rows by primary key`, value: median(floor) },
        goal: { of: 'ours', atMost: FRAME },
        note: `median ${median(times).toFixed(1)} ms, slowest ${slowest.ms.toFixed(1)} ms for "${slowest.typed}"`,
      },
    ]
  } finally {
    ws.stop()
  }
}

/** From a key in the palette to the paint of what fits, against a key in a page with a field and nothing else. */
async function painted(lab: Lab): Promise<Figure[]> {
  const { mailbox, dataDir } = await lab.synced(lab.messages)
  const on = await lab.start(mailbox, { dataDir })
  const browser = await launchChromium()
  try {
    const page = await openList(browser, on.app.url)
    const bare = await browser.newPage(WINDOW)
    await bare.setContent('<!doctype html><title>Field</title><input autofocus>')
    await bare.locator('input').focus()
    const times: number[] = []
    const floor: number[] = []
    for (const each of [page, bare]) {
      await each.bringToFront()
      await each.evaluate(install)
      if (each === page) {
        await page.keyboard.press('Control+k')
        await page.getByRole('combobox', { name: 'Type a command' }).waitFor()
      }
      for (let i = 0; i < 12; i += 1) {
        for (const [at, letter] of [...'assign', ...Array<string>(6).fill('Backspace')].entries()) {
          await each.evaluate(() => {
            const field = document.activeElement as HTMLInputElement
            const before = field.value
            window.arm(() => field.value !== before)
          })
          await each.keyboard.press(letter)
          const took = await each.evaluate(() => window.took)
          if (i > 0 || at > 5) (each === page ? times : floor).push(took)
        }
      }
    }
    return [
      {
        name: 'Palette: key to paint, median',
        ours: median(times),
        unit: 'ms',
        peer: { name: 'a field alone', value: median(floor) },
        goal: { of: 'ours', atMost: 2 * FRAME },
        note: `p95 ${quantile(times, 0.95).toFixed(1)} ms, of the field alone ${quantile(floor, 0.95).toFixed(1)} ms`,
      },
    ]
  } finally {
    await browser.close()
    await on.stop()
  }
}

/** The palette while one types: what fits of what is there, and what the engine finds. */
export const palette: Bench = {
  name: 'palette',
  run: async (lab) => [...found(lab), ...(await painted(lab))],
}
