import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BLANK, startCold } from '../chromium.ts'
import { median, type Figure } from '../figures.ts'
import type { AppOn, Bench, Lab } from '../lab.ts'

const TITLE = /·/

/** A browser with a new profile on the running app: until its list is drawn and takes input. */
async function inboxMs(lab: Lab, { app }: AppOn): Promise<number> {
  const cold = await startCold(lab.folder(), app.url, TITLE)
  await cold.close()
  return cold.drawnAfterMs
}

export const coldStart: Bench = {
  name: 'cold-start',
  async run(lab) {
    const sizes = [...new Set([1000, lab.messages, lab.large ?? lab.messages])]
    const copies = new Map<number, Awaited<ReturnType<Lab['synced']>>>()
    for (const messages of sizes) copies.set(messages, await lab.synced(messages))
    const server = createServer((_, res) => res.setHeader('content-type', 'text/html').end(BLANK))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const blankUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const blank: number[] = []
    const pages = new Map<number, number[]>(sizes.map((messages) => [messages, []]))
    const whole: number[] = []
    try {
      // In turns, so that whatever else the machine does is shared by all.
      for (let i = 0; i <= lab.runs; i++) {
        const counted = i > 0
        const bare = await startCold(lab.folder(), blankUrl, /Blank/)
        await bare.close()
        if (counted) blank.push(bare.drawnAfterMs)
        for (const messages of sizes) {
          const { mailbox, dataDir } = copies.get(messages)!
          const on = await lab.start(mailbox, { dataDir })
          try {
            const ms = await inboxMs(lab, on)
            if (counted) pages.get(messages)!.push(ms)
            if (counted && messages === lab.messages) whole.push(on.readyMs + ms)
          } finally {
            await on.stop()
          }
        }
      }
    } finally {
      server.close()
    }
    const floor = { name: 'a blank page', value: median(blank) }
    const goal = { of: 'ratio', atMost: 1.5 } as const
    const at = (messages: number) => messages.toLocaleString('en-GB')
    const figures: Figure[] = [
      {
        name: `Cold start of the browser to the inbox, ${at(lab.messages)}`,
        ours: median(pages.get(lab.messages)!),
        unit: 'ms',
        peer: floor,
        goal,
        note: 'the engine runs already, as it does when a window is opened again',
      },
      {
        name: `Cold start of engine, then browser, ${at(lab.messages)}`,
        ours: median(whole),
        unit: 'ms',
        peer: floor,
        goal,
      },
    ]
    const small = { name: 'at 1,000', value: median(pages.get(1000)!) }
    for (const messages of sizes.filter((one) => one !== 1000)) {
      figures.push({
        name: `Cold start of the browser to the inbox, ${at(messages)}`,
        ours: median(pages.get(messages)!),
        unit: 'ms',
        peer: small,
        goal: { of: 'ratio', atMost: 1.1 },
      })
    }
    return figures
  },
}
