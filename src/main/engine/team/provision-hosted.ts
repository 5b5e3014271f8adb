import type { HostedSettings } from '../../../contract/hosted.ts'
import type { ProvisionFile } from '../../../contract/provision.ts'
import { channelByAddress } from '../store/queries/channels.ts'
import type { Store } from '../store/store.ts'
import { channelById } from '../store/tables/channels.ts'
import { isHosted } from '../store/tables/hosted.ts'
import { allInboxes } from '../store/tables/inboxes.ts'
import type { ReceiverHost } from '../sync/hosted/receiver-host.ts'
import { addressKey } from '../lib/address-key.ts'
import { channelIdOf } from './channel-actions.ts'
import { changeHosted, connectHosted } from './hosted-actions.ts'
import { same } from './provision-file.ts'

type HostedOfFile = Extract<ProvisionFile['channels'][number], { kind: 'hosted' }>

/** Connects a hosted address of a provisioning file, or changes what differs. @throws as connectHosted */
export function provisionHosted(store: Store, channel: HostedOfFile, changed: string[]): void {
  const { address, form, forwardingAddress, sender, parent } = channel
  const inboxId = allInboxes(store.read).find((row) => same(row.name, channel.inbox))?.id ?? ''
  const parentId =
    parent === undefined ? null : (channelByAddress(store.read, addressKey(parent))?.id ?? null)
  const settings = { inboxId, form, parentChannelId: parentId, address, forwardingAddress, sender }
  const row = channelById(store.read, channelIdOf(address))
  if (isHosted(row) && row.disconnected_at === null) {
    const differs = changeHosted(store, null, row.id, { sender, inboxId, parentChannelId: parentId })
    if (differs) changed.push(`channel ${address} changed`)
    return
  }
  connectHosted(store, null, settings as HostedSettings)
  changed.push(`channel ${address} connected`)
}

/** Sets up the receiver as the file says; it listens when this resolves, or says why not. */
export async function provisionReceiver(
  receiver: Pick<ReceiverHost, 'configure' | 'view'>,
  wanted: NonNullable<ProvisionFile['receiver']>,
  changed: string[],
): Promise<void> {
  const { enabled, host, port } = receiver.view()
  if (enabled === wanted.enabled && host === wanted.host && port === wanted.port) return
  await receiver.configure(wanted)
  changed.push(
    wanted.enabled
      ? `mail receiver at ${wanted.host}:${wanted.port} switched on`
      : 'mail receiver switched off',
  )
}
