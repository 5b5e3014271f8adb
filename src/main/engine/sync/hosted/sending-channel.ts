import { domainOf } from '../../lib/delivery-key.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { connectedChannels, type ChannelRow } from '../../store/tables/channels.ts'
import { isHosted } from '../../store/tables/hosted.ts'

/**
 * The connected channel that a channel's mail leaves through: itself, unless it is a hosted address. An alias sends
 * through the channel that it lies on. An address of the receiver sends through the channel chosen for it, else through
 * one whose address has the same domain as its From, else through one of the same inbox; of several, through the oldest.
 * Null when there is none: then it can receive and not send.
 */
export function sendingChannel(db: ReadableDb, row: ChannelRow): ChannelRow | null {
  if (!isHosted(row)) return row
  const all = connectedChannels(db).filter((one) => !isHosted(one) && one.purpose === 'team')
  const chosen = all.find((one) => one.id === row.parent_channel_id)
  if (chosen || row.hosted_form === 'alias') return chosen ?? null
  const domain = domainOf(row.custom_from ?? row.address)
  return (
    all.find((one) => domainOf(one.address) === domain) ??
    all.find((one) => domainOf(one.address) === domainOf(row.address)) ??
    all.find((one) => one.inbox_id === row.inbox_id) ??
    null
  )
}
