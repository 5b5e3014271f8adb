import { seedMaildir, syntheticMailbox } from '../../support/mail.ts'
import { until } from '../../support/ports.ts'
import { startProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import type { Figure } from '../figures.ts'
import { FLAGGED, flaggable, renamed, type Bench, type Lab, type Mailbox } from '../lab.ts'
import { hasMbsync, makeMbsync } from '../peers.ts'
import { channelOf, hits, isLive } from '../rpc.ts'

const ARRIVED = 'zzarrivedzz'
const NEW = 100

type Cost = { ms: number; kb: number }
const sum = ({ bytes }: TcpProxy) => (bytes.to_server + bytes.to_client) / 1024

/** 100 messages arrive and 500 are read on another machine. */
async function change(lab: Lab, mailbox: Mailbox): Promise<void> {
  const imap = await lab.dovecot()
  const start = Date.UTC(2026, 0, 5)
  const mails = [...syntheticMailbox(NEW, 99, { to: mailbox.address, start })]
  seedMaildir(
    imap,
    mailbox.user,
    mails.map((mail, i) => renamed(mail, `Number ${i} ${ARRIVED}`)),
  )
  const client = await imap.client(mailbox.user)
  // Opening it makes the server take note of the new files: that is its work, and not what is measured.
  await client.mailboxOpen('INBOX')
  await client.messageFlagsAdd(flaggable(mailbox.messages).join(','), ['\\Seen'], { uid: true })
  await client.logout()
}

async function measure(lab: Lab, messages: number): Promise<{ ours: Cost; peer: Cost | null }> {
  const { mailbox, dataDir } = await lab.synced(messages)
  const { port } = await lab.dovecot()
  const proxy = await startProxy(port)
  const peerProxy = await startProxy(port)
  const pull = hasMbsync() ? makeMbsync(lab.folder(), mailbox, peerProxy.port) : null
  await pull?.()
  const on = await lab.start(mailbox, { dataDir, port: proxy.port })
  try {
    await until('the channel to be live', () => isLive(on.rpc), 60_000)
    proxy.refuse()
    proxy.cut()
    await until(
      'the channel to wait',
      async () => (await channelOf(on.rpc)).health.state === 'waiting',
      60_000,
    )
    await change(lab, mailbox)

    const before = sum(proxy)
    proxy.accept()
    const begin = performance.now()
    await on.rpc.client.channels.retry({ id: (await channelOf(on.rpc)).id })
    await until(
      'the changes to be here',
      async () =>
        (await hits(on.rpc, ARRIVED, NEW)) === NEW && (await hits(on.rpc, `${FLAGGED} is:unread`)) === 0,
      60_000,
    )
    const ms = performance.now() - begin
    // Until it is quiet: what it still says afterwards is part of the price.
    await until('the channel to be live again', () => isLive(on.rpc), 60_000)
    const ours = { ms, kb: sum(proxy) - before }

    const peerBefore = sum(peerProxy)
    const again = await pull?.()
    return { ours, peer: again ? { ms: again.wallMs, kb: sum(peerProxy) - peerBefore } : null }
  } finally {
    await on.stop()
    await proxy.close()
    await peerProxy.close()
  }
}

/** What a reconnection costs after 100 new messages and 500 changed flags, on the screen's side of the engine. */
export const catchUp: Bench = {
  name: 'catch-up',
  async run(lab) {
    const figures: Figure[] = []
    const at = (messages: number) => messages.toLocaleString('en-GB')
    const { ours, peer } = await measure(lab, lab.messages)
    const flags = flaggable(lab.messages).length
    const named = (what: string, messages: number) =>
      `+${NEW} messages, ${flags} flags at ${at(messages)}: ${what}`
    const push = (
      messages: number,
      cost: Cost,
      other: Cost | null,
      name: string,
      atMost: number | null,
    ): void => {
      const goal = atMost === null ? null : ({ of: 'ratio', atMost } as const)
      figures.push(
        {
          name: named('time', messages),
          ours: cost.ms,
          unit: 'ms',
          peer: other && { name, value: other.ms },
          goal,
        },
        {
          name: named('bytes', messages),
          ours: cost.kb,
          unit: 'KB',
          peer: other && { name, value: other.kb },
          goal,
        },
      )
    }
    push(lab.messages, ours, peer, 'mbsync, not indexed', null)
    if (lab.large !== null && lab.large !== lab.messages) {
      const many = await measure(lab, lab.large)
      push(lab.large, many.ours, ours, `at ${at(lab.messages)}`, 1.2)
      push(lab.large, many.ours, many.peer, 'mbsync, not indexed', null)
    }
    return figures
  },
}
