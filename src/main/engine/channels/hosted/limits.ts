/** What the receiver allows a stranger. Bytes and ms. */
export type ReceiverLimits = {
  /** The largest message (E4). */
  message: number
  /** The largest head of a message; real ones have a few KB. */
  head: number
  /** Connections at once, of all clients and of one address. */
  connections: number
  connectionsOfOne: number
  /** New connections, and messages, of one address within a minute. */
  connectionsAMinute: number
  messagesAMinute: number
  /** Recipients of one message, and unknown ones of a connection before it is ended. */
  recipients: number
  unknownRecipients: number
  /** Bytes of messages on their way in, of all clients together. */
  buffered: number
  /** Silence before a client is sent away. */
  idle: number
  /** How long one message may take to come in, and a connection may last. */
  data: number
  connection: number
  /** Received fields before a message is taken to run in circles (RFC 5321 section 6.3); forwarded mail has a dozen. */
  hops: number
}

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
