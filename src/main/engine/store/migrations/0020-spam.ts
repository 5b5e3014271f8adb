import type { Migration } from './index.ts'

/** Conversations that are spam, and senders that are blocked. */
export const spam: Migration = {
  version: 20,
  name: 'spam',
  sql: ``,
}
