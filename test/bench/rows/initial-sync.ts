import { makeMbsync, makeMu, makeNotmuch, hasMbsync, hasMu, hasNotmuch } from '../peers.ts'
import { syncTimeout, untilSearchable, type Bench, type Lab, type Mailbox } from '../lab.ts'
import type { Figure } from '../figures.ts'
import { cpuMs } from '../processes.ts'

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/**
 * From the start of the process until the channel is live and a search finds the oldest message, which comes
 * last. Its data folder then serves the other rows.
 */
async function ours(lab: Lab, mailbox: Mailbox): Promise<{ wallMs: number; cpu: number }> {
  const on = await lab.start(mailbox)
  await untilSearchable(on.rpc, syncTimeout(mailbox.messages))
  const result = { wallMs: performance.now() - on.startedAt, cpu: cpuMs(on.app.pid) }
  await on.stop()
  lab.keepSynced(mailbox, on.dataDir)
  return result
}

export const initialSync: Bench = {
  name: 'initial-sync',
  async run(lab) {
    const count = lab.messages.toLocaleString('en-GB')
    // Each client meets the mailbox as the server has it before anybody opened it.
    const mine = await ours(lab, await lab.mailbox(lab.messages))
    const figures: Figure[] = []
    const figure = (name: string, peer: Figure['peer'], atMost: number, note: string): void => {
      const goal = { of: 'ratio', atMost } as const
      figures.push({ name, ours: mine.wallMs / 1000, unit: 's', peer, goal, note })
    }
    if (!hasMbsync()) {
      lab.say('mbsync is not installed: the initial sync stands without its peers')
      figures.push({
        name: `Initial sync of ${count}, searchable`,
        ours: mine.wallMs / 1000,
        unit: 's',
        peer: null,
        goal: null,
      })
      return figures
    }
    const dir = lab.folder()
    const pull = await makeMbsync(dir, await lab.mailbox(lab.messages), (await lab.dovecot()).port)()
    const cpu = (peer: number) => `CPU ${seconds(mine.cpu)} against ${seconds(peer)}`
    if (hasMu()) {
      const mu = makeMu(dir)
      mu.init()
      const index = await mu.index()
      figure(
        `Initial sync of ${count}, searchable`,
        { name: 'mbsync + mu index', value: (pull.wallMs + index.wallMs) / 1000 },
        0.5,
        `${cpu(pull.cpuMs + index.cpuMs)}; mbsync ${seconds(pull.wallMs)}`,
      )
    }
    if (hasNotmuch()) {
      const index = await makeNotmuch(dir)()
      figure(
        `Initial sync of ${count}, searchable`,
        { name: 'mbsync + notmuch new', value: (pull.wallMs + index.wallMs) / 1000 },
        0.25,
        cpu(pull.cpuMs + index.cpuMs),
      )
    }
    if (lab.large !== null && lab.large !== lab.messages) {
      const many = await ours(lab, await lab.mailbox(lab.large))
      figures.push({
        name: `Initial sync, a message at ${lab.large.toLocaleString('en-GB')}`,
        ours: (many.wallMs / lab.large) * 1000,
        unit: 'µs',
        peer: { name: `at ${count}`, value: (mine.wallMs / lab.messages) * 1000 },
        goal: null,
      })
    }
    return figures
  },
}
