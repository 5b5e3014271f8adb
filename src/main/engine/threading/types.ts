/** The headers that decide where a message belongs. Ids without angle brackets. */
export type ThreadingHeaders = {
  messageId: string
  inReplyTo: readonly string[]
  /** Oldest first, bounded. */
  references: readonly string[]
  subject: string
  fromAddress: string
}
