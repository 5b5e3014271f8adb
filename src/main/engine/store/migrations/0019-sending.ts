import type { Migration } from './index.ts'

/** What a draft and an outbox item are told about sending. */
export const sending: Migration = {
  version: 19,
  name: 'sending',
  sql: ``,
}
