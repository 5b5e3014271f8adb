import type { ReceiverLimits } from '../../types.ts'

/** What a real mail server stays far below. */
export const RECEIVER_LIMITS: ReceiverLimits = {
  message: 30 * 1024 * 1024,
  head: 1024 * 1024,
  connections: 200,
  connectionsOfOne: 40,
  connectionsAMinute: 240,
  messagesAMinute: 600,
  recipients: 100,
  unknownRecipients: 10,
  buffered: 160 * 1024 * 1024,
  idle: 60_000,
  data: 10 * 60_000,
  connection: 30 * 60_000,
  hops: 25,
}
