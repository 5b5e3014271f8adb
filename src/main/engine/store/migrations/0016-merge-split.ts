import type { Migration } from './index.ts'

/** Conversations that people joined or parted. */
export const mergeSplit: Migration = {
  version: 16,
  name: 'merge-split',
  sql: ``,
}
