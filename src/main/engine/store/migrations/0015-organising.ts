import type { Migration } from './index.ts'

/** Tags, priority, followers, views of one’s own. */
export const organising: Migration = {
  version: 15,
  name: 'organising',
  sql: ``,
}
