import { median, type Figure } from '../figures.ts'
import type { Bench, Lab } from '../lab.ts'
import { timed } from '../processes.ts'

async function startMs(lab: Lab, messages: number, runs: number): Promise<number> {
  const { mailbox, dataDir } = await lab.synced(messages)
  const times: number[] = []
  for (let i = 0; i <= runs; i++) {
    const on = await lab.start(mailbox, { dataDir })
    // The first one warms the disk's cache and is not counted.
    if (i > 0) times.push(on.readyMs)
    await on.stop()
  }
  return median(times)
}

/** From the process to the line that says that the first screen can be served. */
export const engineStart: Bench = {
  name: 'engine-start',
  async run(lab) {
    const bare: number[] = []
    for (let i = 0; i <= lab.runs; i++) {
      const { wallMs } = await timed(process.execPath, ['-e', ''])
      if (i > 0) bare.push(wallMs)
    }
    const small = await startMs(lab, 1000, lab.runs)
    const figures: Figure[] = []
    for (const messages of new Set([lab.messages, lab.large ?? lab.messages])) {
      const ms = await startMs(lab, messages, lab.runs)
      const count = messages.toLocaleString('en-GB')
      const name = `Start of the engine, ${count} messages`
      if (messages === lab.messages)
        figures.push({
          name,
          ours: ms,
          unit: 'ms',
          peer: { name: 'bare Node', value: median(bare) },
          goal: null,
        })
      figures.push({ name, ours: ms, unit: 'ms', peer: { name: 'at 1,000', value: small }, goal: null })
    }
    return figures
  },
}
