import type { z } from 'zod'
import type { HostedView, ProviderGuide } from '../../../contract/hosted.ts'
import type { ReadableDb } from '../store/statements.ts'
import { confirmationsOf, hostedChannels, type HostedRow } from '../store/tables/hosted.ts'
import { fromStateOf, senderSettingsOf } from '../outbox/sender.ts'
import { sendingChannel } from '../sync/hosted/sending-channel.ts'
import { canSee, type Access } from '../team/access.ts'

/** The hosted addresses of the inboxes that the user can see. */
export const hostedShapes = (
  db: ReadableDb,
  access: Access,
  inboxId?: string,
): z.input<typeof HostedView>[] =>
  hostedChannels(db)
    .filter((row) => canSee(access, row.inbox_id) && (inboxId === undefined || row.inbox_id === inboxId))
    .map((row) => hostedShape(db, row))

function hostedShape(db: ReadableDb, row: HostedRow): z.input<typeof HostedView> {
  const through = sendingChannel(db, row)
  return {
    channelId: row.id,
    inboxId: row.inbox_id,
    form: row.hosted_form,
    parentChannelId: row.parent_channel_id,
    address: row.address,
    forwardingAddress: row.forwarding_address,
    sender: senderSettingsOf(row),
    fromState: fromStateOf(db, row.custom_from, row.address),
    confirmations: confirmationsOf(db, row.id).map(({ provider, code, link, at }) => ({
      provider,
      code,
      link,
      at,
    })),
    sendsThrough: through && { channelId: through.id, address: through.address },
  }
}

/** Fills the two addresses into a guide's text. */
export function filledGuide(
  guide: ProviderGuide,
  addresses: { address?: string | undefined; forwardingAddress?: string | undefined },
): ProviderGuide {
  const markdown = guide.markdown
    .replaceAll('{{address}}', addresses.address ?? 'your team address')
    .replaceAll('{{forwarding_address}}', addresses.forwardingAddress ?? 'the forwarding address')
  return { ...guide, markdown }
}
