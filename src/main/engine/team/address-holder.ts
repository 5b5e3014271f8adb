import { DomainError } from '../lib/domain-error.ts'
import { deliveryKey } from '../lib/delivery-key.ts'
import { channelByAddress } from '../store/queries/channels.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { hostedByForwarding } from '../store/tables/hosted.ts'
import { inboxById } from '../store/tables/inboxes.ts'
import { userById } from '../store/tables/users.ts'
import { addressKey } from '../lib/address-key.ts'

/** Who holds an address of the workspace (B2, B3). Every kind of channel asks here before it takes one. */
export type AddressHolder = {
  channel: ChannelRow
  /** Who, and as what. */
  words: string
  /** They are not there any more, so that an admin may take the address back. */
  releasable: boolean
}

/** The connected channel that holds an address, compared as its provider does; null when it is free. */
export function holderOf(db: ReadableDb, address: string): AddressHolder | null {
  const channel = channelByAddress(db, addressKey(address))
  if (channel) return describe(db, channel, channel.address, asWhat(channel))
  const forwarded = hostedByForwarding(db, deliveryKey(address))
  if (!forwarded) return null
  const what = `the forwarding address of ${forwarded.address} in`
  return describe(db, forwarded, forwarded.forwarding_address, what)
}

const asWhat = ({ purpose, kind }: ChannelRow): string =>
  purpose === 'personal'
    ? 'the personal address of'
    : kind === 'hosted'
      ? 'a hosted team address of'
      : 'a team address of'

function describe(db: ReadableDb, channel: ChannelRow, address: string, what: string): AddressHolder {
  const { name, present } = placeOf(db, channel)
  const words = `${address} is connected already, as ${what} ${name}.`
  return {
    channel,
    releasable: !present,
    words: present
      ? `${words} An address is connected once: disconnect it there first.`
      : `${words} They are no longer here, so an admin can release the address.`,
  }
}

/** Whom a channel belongs to, by name, and whether they still exist. */
function placeOf(db: ReadableDb, channel: ChannelRow): { name: string; present: boolean } {
  if (channel.purpose === 'personal') {
    const user = channel.user_id === null ? undefined : userById(db, channel.user_id)
    return { name: user?.name ?? 'somebody who was removed', present: user?.active === 1 }
  }
  const inbox = channel.inbox_id === null ? undefined : inboxById(db, channel.inbox_id)
  return {
    name: inbox ? `the inbox "${inbox.name}"` : 'an inbox that was removed',
    present: inbox !== undefined,
  }
}

/** @throws DomainError CONFLICT, naming the holder */
export function mustBeFree(db: ReadableDb, address: string): void {
  const holder = holderOf(db, address)
  if (holder) throw new DomainError('CONFLICT', holder.words, { field: 'address' })
}
