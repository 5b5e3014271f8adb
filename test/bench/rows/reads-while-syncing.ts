import { quantile } from '../figures.ts'
import { syncTimeout, untilSearchable, type Bench } from '../lab.ts'
import { isLive, type Rpc } from '../rpc.ts'

const NAMES = ['list', 'counts', 'thread', 'search'] as const

/** One of each read that a screen makes; the time of each in ms. */
async function reads({ client }: Rpc): Promise<Record<(typeof NAMES)[number], number>> {
  const time = async <T>(run: () => Promise<T>): Promise<[number, T]> => {
    const begin = performance.now()
    const answer = await run()
    return [performance.now() - begin, answer]
  }
  const [list, { rows }] = await time(() => client.threads.list({ view: 'open', limit: 50 }))
  const [counts] = await time(() => client.threads.counts({}))
  const id = rows[Math.floor(rows.length / 2)]?.threadId
  const thread = id ? (await time(() => client.threads.get({ id })))[0] : 0
  const [search] = await time(() => client.search.threads({ query: 'invoice', limit: 50 }))
  return { list, counts, thread, search }
}

/** Reads over RPC while the first sync runs, against the same reads once it is done. */
export const readsWhileSyncing: Bench = {
  name: 'reads-while-syncing',
  async run(lab) {
    const mailbox = await lab.mailbox(lab.messages)
    const on = await lab.start(mailbox)
    const { rpc } = on
    const deadline = performance.now() + syncTimeout(lab.messages)
    const busy: Record<string, number[]> = { list: [], counts: [], thread: [], search: [] }
    while (!(await isLive(rpc))) {
      if (performance.now() > deadline) throw new Error('the sync did not end')
      const took = await reads(rpc)
      for (const name of NAMES) busy[name]!.push(took[name])
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await untilSearchable(rpc, syncTimeout(lab.messages))
    const idle: number[] = []
    for (let i = 0; i < 100; i++) idle.push(...Object.values(await reads(rpc)))
    await on.stop()
    const all = Object.values(busy).flat()
    return [
      {
        name: 'Read RPC p99 while syncing',
        ours: quantile(all, 0.99),
        unit: 'ms',
        peer: { name: 'the same when idle', value: quantile(idle, 0.99) },
        goal: { of: 'ours', atMost: 50 },
        note:
          `${all.length} reads, p50 ${quantile(all, 0.5).toFixed(1)} ms; p99 of ` +
          NAMES.map((name) => `${name} ${quantile(busy[name]!, 0.99).toFixed(1)}`).join(', '),
      },
    ]
  },
}
