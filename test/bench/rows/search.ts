import { quantile, type Figure } from '../figures.ts'
import type { Bench, Lab } from '../lab.ts'
import { hasMbsync, hasMu, makeMbsync, makeMu } from '../peers.ts'
import { timed } from '../processes.ts'

/** What people type: common words, rare ones, two at once, a beginning, a name, a sender. */
const QUERIES = [
  ...'invoice order delivery question contract meeting refund server zamówienie reunión fattura dziękuję'.split(
    ' ',
  ),
  ...'printer network,password office,travel report,budget review,sample product'
    .split(',')
    .map((pair) => pair),
  ...'ada rossi nowak garcia'.split(' '),
  ...'from:rossi from:kowalska subject:invoice subject:order'.split(' '),
]

async function ours(lab: Lab, messages: number): Promise<{ p50: number; p99: number }> {
  const { mailbox, dataDir } = await lab.synced(messages)
  const { rpc, stop } = await lab.start(mailbox, { dataDir })
  const times: number[] = []
  for (let round = 0; round < 40; round++) {
    for (const query of QUERIES) {
      const begin = performance.now()
      await rpc.client.search.threads({ query, limit: 50 })
      if (round > 1) times.push(performance.now() - begin)
    }
  }
  await stop()
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}

/** Searching over RPC, against mu as it is used: a process per search. */
export const search: Bench = {
  name: 'search',
  async run(lab) {
    const mine = await ours(lab, lab.messages)
    const count = lab.messages.toLocaleString('en-GB')
    let peer: Figure['peer'] = null
    let note = `p50 ${mine.p50.toFixed(1)} ms`
    if (hasMbsync() && hasMu()) {
      const dir = lab.folder()
      const { mailbox } = await lab.synced(lab.messages)
      await makeMbsync(dir, mailbox, (await lab.dovecot()).port)()
      const mu = makeMu(dir)
      mu.init()
      await mu.index()
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        for (const query of QUERIES) {
          const args = [`--muhome=${mu.home}`, '--maxnum=50', '--sortfield=date', '--reverse']
          const { wallMs } = await timed('mu', ['find', ...args, '--nocolor', ...query.split(' ')])
          times.push(wallMs)
        }
      }
      peer = { name: 'mu find', value: quantile(times, 0.99) }
      note += `; mu find, process start included, p50 ${quantile(times, 0.5).toFixed(1)} ms`
    }
    const goal = { of: 'ratio', atMost: 1 } as const
    const figures: Figure[] = [
      { name: `Search p99, ${count} messages`, ours: mine.p99, unit: 'ms', peer, goal: peer && goal, note },
    ]
    if (lab.large !== null && lab.large !== lab.messages) {
      const many = await ours(lab, lab.large)
      const name = `Search p99, ${lab.large.toLocaleString('en-GB')} messages`
      figures.push({
        name,
        ours: many.p99,
        unit: 'ms',
        peer: { name: `at ${count}`, value: mine.p99 },
        goal: null,
      })
    }
    return figures
  },
}
