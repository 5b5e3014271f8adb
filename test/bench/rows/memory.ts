import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BLANK, startCold } from '../chromium.ts'
import type { Bench } from '../lab.ts'
import { processTree, pssMb } from '../processes.ts'

/** PSS of the engine and of the whole browser, with the inbox open and a conversation in it. */
export const memory: Bench = {
  name: 'memory',
  async run(lab) {
    if (!existsSync('/proc/self/smaps_rollup')) throw new Error('PSS is told by Linux only')
    const { mailbox, dataDir } = await lab.synced(lab.messages)
    const on = await lab.start(mailbox, { dataDir })
    const server = createServer((_, res) => res.setHeader('content-type', 'text/html').end(BLANK))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const blankUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const bare = await startCold(lab.folder(), blankUrl, /Blank/)
      const blank = pssMb(processTree(bare.pid))
      await bare.close()

      const cold = await startCold(lab.folder(), `${on.app.url}#/open`, /·/)
      await cold.page.getByRole('option').first().click()
      await cold.page.locator('section[aria-label="Conversation"] article .reader').first().waitFor()
      const browser = pssMb(processTree(cold.pid))
      const engine = pssMb(processTree(on.app.pid))
      await cold.close()
      const count = lab.messages.toLocaleString('en-GB')
      return [
        {
          name: `Memory of all processes, ${count} messages`,
          ours: engine + browser,
          unit: 'MB',
          peer: { name: 'the browser with a blank page', value: blank },
          goal: null,
          note: `engine ${engine.toFixed(0)} MB, browser ${browser.toFixed(0)} MB`,
        },
      ]
    } finally {
      server.close()
      await on.stop()
    }
  },
}
