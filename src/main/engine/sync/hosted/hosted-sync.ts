import type { ChannelHealth, ChannelProblem } from '../../../../contract/channels.ts'
import { ChannelError } from '../../channels/types.ts'
import type { Store } from '../../store/store.ts'
import { channelById } from '../../store/tables/channels.ts'
import { isHosted, type HostedRow } from '../../store/tables/hosted.ts'
import { receivedSetAside, releaseReceived } from '../../store/tables/received-mail.ts'
import type { Sync } from '../types.ts'
import type { ReceiverHost } from './receiver-host.ts'
import { sendingChannel } from './sending-channel.ts'
import type { Spool } from './spool.ts'

type HostedSyncDeps = { store: Store; receiver: ReceiverHost; spool: Spool }

const problem = (message: string, hint: string): ChannelProblem => ({
  code: 'unreachable',
  message,
  hint,
  serverText: null,
})

/** The sync of all channels: hosted addresses live on what they receive and send through. */
export function withHosted(sync: Sync, { store, receiver, spool }: HostedSyncDeps): Sync {
  const hostedRow = (channelId: string): HostedRow | null => {
    const row = channelById(store.read, channelId)
    return isHosted(row) ? row : null
  }
  /** The channel whose server is meant: for an alias its mailbox, for the receiver what it sends through. */
  const serverOf = (channelId: string): string => {
    const row = hostedRow(channelId)
    if (row === null) return channelId
    const through = sendingChannel(store.read, row)
    if (through) return through.id
    throw new ChannelError(
      problem(
        `${row.address} has no channel to send through.`,
        'Connect a mailbox of its domain, or choose a channel for it under Inbox settings, Channels.',
      ),
    )
  }

  const healthOf = (row: HostedRow): ChannelHealth => {
    const still: ChannelHealth = {
      state: 'stopped',
      since: row.disconnected_at ?? row.created_at,
      progress: null,
      retryAt: null,
      problem: null,
      lastMailInAt: row.last_mail_in_at,
      lastCheckedAt: null,
      setAside: receivedSetAside(store.read, row.id),
    }
    if (row.disconnected_at !== null) return still
    if (row.hosted_form === 'alias') {
      const parent = channelById(store.read, row.parent_channel_id ?? '')
      if (parent && parent.disconnected_at === null)
        return { ...sync.health(parent.id), lastMailInAt: row.last_mail_in_at, setAside: 0 }
      return {
        ...still,
        state: 'failing',
        since: parent?.disconnected_at ?? still.since,
        problem: problem(
          `The mailbox that ${row.address} lies on is no longer connected: its mail does not arrive.`,
          `Connect ${parent?.address ?? 'that mailbox'} again.`,
        ),
      }
    }
    const { listeningSince, problem: trouble, enabled } = receiver.view()
    if (listeningSince !== null) return { ...still, state: 'live', since: listeningSince }
    return {
      ...still,
      state: 'failing',
      problem: enabled
        ? problem(trouble ?? 'The mail receiver is starting.', 'See the receiver’s settings.')
        : problem(
            `The mail receiver of this computer is off: mail to ${row.forwarding_address} does not arrive.`,
            'Switch it on in the receiver’s settings.',
          ),
    }
  }

  return {
    ...sync,
    retry(channelId) {
      const row = hostedRow(channelId)
      if (row === null) sync.retry(channelId)
      else if (row.hosted_form === 'receiver') receiver.retry()
      else if (row.parent_channel_id !== null) sync.retry(row.parent_channel_id)
    },
    retrySetAside(channelId) {
      const row = hostedRow(channelId)
      if (row === null) return sync.retrySetAside(channelId)
      store.write(({ db, changed }) => {
        releaseReceived(db, channelId)
        changed('channels', channelId)
      })
      spool.wake()
    },
    flagsChanged(channelId) {
      const row = hostedRow(channelId)
      if (row === null) sync.flagsChanged(channelId)
      else if (row.parent_channel_id !== null) sync.flagsChanged(row.parent_channel_id)
    },
    health(channelId) {
      const row = hostedRow(channelId)
      return row === null ? sync.health(channelId) : healthOf(row)
    },
    async withSession(channelId, work) {
      return await sync.withSession(serverOf(channelId), work)
    },
  }
}
