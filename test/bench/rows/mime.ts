import type { Figure } from '../figures.ts'
import type { Bench } from '../lab.ts'
import { benchMime } from '../mime.ts'

/** CPU time for one message, in one thread, against the parsers that others use, bare. */
export const mime: Bench = {
  name: 'mime',
  async run() {
    const rows = await benchMime()
    const ours = rows.find(({ name }) => name === 'anteroom, one thread')!
    const pools = rows.filter(({ name }) => name.includes('pool'))
    return rows
      .filter(({ name }) => !name.startsWith('anteroom'))
      .map((peer): Figure => ({
        name: 'Parse a message (MIME), CPU',
        ours: ours.cpuMicros,
        unit: 'µs',
        peer: { name: peer.name, value: peer.cpuMicros },
        goal: null,
        note: pools.map(({ name, perSecond }) => `${name}: ${perSecond} a second`).join('; '),
      }))
  },
}
