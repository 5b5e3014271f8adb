import type { Migration } from './index.ts'

/** Meeting links, articles, quotes and videos. */
export const insertables: Migration = {
  version: 17,
  name: 'insertables',
  sql: ``,
}
