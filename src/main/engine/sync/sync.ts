import { ChannelError } from '../channels/types.ts'
import { channelById, connectedChannels, type ChannelRow } from '../store/tables/channels.ts'
import { channelsWithMoves } from '../store/tables/junk-moves.ts'
import { releaseSetAside, setAsideCount } from '../store/tables/remote-messages.ts'
import { ChannelSync, type ChannelSyncDeps } from './channel-sync.ts'
import type { Sync } from './types.ts'

const sameConnection = (a: ChannelRow, b: ChannelRow): boolean =>
  (['kind', 'purpose', 'address', 'imap_host', 'imap_port', 'imap_security', 'imap_user'] as const).every(
    (key) => a[key] === b[key],
  )

/** Keeps one ChannelSync for every connected channel. */
export function createSync(deps: ChannelSyncDeps): Sync {
  const running = new Map<string, ChannelSync>()
  const closing = new Set<Promise<void>>()
  /** The last one of a channel that is ending: the next begins when it has ended, so that no two work on one folder. */
  const ending = new Map<string, Promise<void>>()
  let open = false
  let off = (): void => {}

  const stop = (id: string): void => {
    const channel = running.get(id)
    if (!channel) return
    running.delete(id)
    const closed = channel.close().finally(() => {
      closing.delete(closed)
      if (ending.get(id) === closed) ending.delete(id)
    })
    closing.add(closed)
    ending.set(id, closed)
  }

  const follow = (): void => {
    if (!open) return
    // A hosted address has no mailbox: its mail comes by another channel, or by the receiver.
    const own = connectedChannels(deps.store.read).filter((row) => row.kind !== 'hosted')
    const wanted = new Map(own.map((row) => [row.id, row]))
    for (const [id, channel] of running) {
      const row = wanted.get(id)
      if (!row || !sameConnection(row, channel.channel)) stop(id)
    }
    for (const [id, row] of wanted)
      if (!running.has(id)) running.set(id, new ChannelSync(row, deps, ending.get(id)))
  }

  return {
    start() {
      open = true
      follow()
      off = deps.store.onChange(({ changes }) => {
        if (changes.some(({ entity }) => entity === 'threads'))
          for (const id of channelsWithMoves(deps.store.read)) running.get(id)?.flagsChanged()
      })
    },
    channelsChanged: follow,
    async settled() {
      await Promise.all(closing)
    },
    retry(channelId) {
      running.get(channelId)?.retry()
    },
    reconnect(channelId) {
      running.get(channelId)?.reconnect()
    },
    reconnectAll() {
      for (const channel of running.values()) channel.reconnect()
    },
    retrySetAside(channelId) {
      deps.store.write(({ db, changed }) => {
        releaseSetAside(db, channelId)
        changed('channels', channelId)
      })
      running.get(channelId)?.retry()
    },
    flagsChanged(channelId) {
      running.get(channelId)?.flagsChanged()
    },
    health(channelId) {
      const channel = running.get(channelId)
      const row = channelById(deps.store.read, channelId)
      if (channel) return { ...channel.health(), lastMailInAt: row?.last_mail_in_at ?? null }
      return {
        state: 'stopped',
        since: row?.disconnected_at ?? row?.created_at ?? deps.clock.now(),
        progress: null,
        retryAt: null,
        problem: null,
        lastMailInAt: row?.last_mail_in_at ?? null,
        lastCheckedAt: null,
        setAside: setAsideCount(deps.store.read, channelId),
      }
    },
    async withSession(channelId, work) {
      const channel = running.get(channelId)
      if (!channel) {
        throw new ChannelError({
          code: 'unreachable',
          message: 'This channel is not connected.',
          hint: 'Connect it again under Settings, Channels.',
          serverText: null,
        })
      }
      const session = await channel.connect()
      try {
        return await work(session)
      } finally {
        await session.close().catch(() => undefined)
      }
    },
    async close() {
      open = false
      off()
      for (const id of [...running.keys()]) stop(id)
      await Promise.all(closing)
    },
  }
}
