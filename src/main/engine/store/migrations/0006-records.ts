import type { Migration } from './index.ts'

/** Records: several addresses and phones, deals, properties, associations, saved views, merges. */
export const records: Migration = {
  version: 6,
  name: 'records',
  sql: '',
}
