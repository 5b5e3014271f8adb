import type { ReadableDb } from '../store/statements.ts'
import {
  outboxOfMessages,
  outboxRecipientsOf,
  type OutboxRecipientRow,
  type OutboxState,
} from '../store/queries/outgoing.ts'
import type { DeliveryShape } from './shapes.ts'

/** How far an outbox item has come, for its users. */
export function deliveryOf(
  item: { id: string; state: OutboxState; server_text: string | null },
  recipients: readonly OutboxRecipientRow[],
): DeliveryShape {
  return {
    state: item.state,
    serverText: item.server_text,
    failedRecipients: recipients
      .filter((one) => one.outbox_id === item.id && one.state === 'failed')
      .map((one) => ({ address: one.address, serverText: one.server_text ?? '' })),
    reports: [],
  }
}

/** The delivery of each outgoing message, by message id: those without an outbox item left from another client (C6). */
export function deliveriesOfMessages(
  db: ReadableDb,
  messages: readonly { id: string; channel_id: string; message_id: string }[],
): Map<string, DeliveryShape> {
  const items = outboxOfMessages(db, messages)
  const unclean = [...items.values()].filter((item) => item.state !== 'sent').map((item) => item.id)
  const recipients = outboxRecipientsOf(db, unclean)
  return new Map(
    messages.map((message) => {
      const item = items.get(`${message.channel_id} ${message.message_id}`)
      return [
        message.id,
        item
          ? deliveryOf(item, recipients)
          : { state: 'other_client', serverText: null, failedRecipients: [], reports: [] },
      ]
    }),
  )
}
