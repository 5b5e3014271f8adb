import type { Migration } from './index.ts'

/** Comments that are edited, removed, or have files. */
export const talk: Migration = {
  version: 18,
  name: 'talk',
  sql: ``,
}
