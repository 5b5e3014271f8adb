import type { ReadableDb } from '../store/statements.ts'
import {
  outboxOfMessages,
  outboxRecipientsOf,
  type OutboxRecipientRow,
  type OutboxState,
} from '../store/queries/outgoing.ts'
import { reportsAbout } from '../store/tables/mail-reports.ts'
import { mailReportShape } from './mail-reports.ts'
import type { DeliveryShape, MailReportShape } from './shapes.ts'

/** What came back by mail about messages, by their Message-IDs. */
export const reportShapesAbout = (
  db: ReadableDb,
  messageIds: readonly string[],
): ReadonlyMap<string, MailReportShape[]> =>
  new Map([...reportsAbout(db, messageIds)].map(([id, rows]) => [id, rows.map(mailReportShape)]))

/**
 * How far an outbox item has come, for its users.
 * @param reports  what came back about it by mail; nothing does before it was sent
 */
export function deliveryOf(
  item: { id: string; state: OutboxState; server_text: string | null },
  recipients: readonly OutboxRecipientRow[],
  reports: MailReportShape[] = [],
): DeliveryShape {
  return {
    state: item.state,
    serverText: item.server_text,
    failedRecipients: recipients
      .filter((one) => one.outbox_id === item.id && one.state === 'failed')
      .map((one) => ({ address: one.address, serverText: one.server_text ?? '' })),
    reports,
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
  const about = reportShapesAbout(
    db,
    messages.map((message) => message.message_id),
  )
  return new Map(
    messages.map((message) => {
      const item = items.get(`${message.channel_id} ${message.message_id}`)
      const reports = about.get(message.message_id) ?? []
      return [
        message.id,
        item
          ? deliveryOf(item, recipients, reports)
          : { state: 'other_client', serverText: null, failedRecipients: [], reports },
      ]
    }),
  )
}
