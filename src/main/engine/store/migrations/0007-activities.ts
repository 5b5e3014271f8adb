import type { Migration } from './index.ts'

/** Notes, calls and tasks. */
export const activities: Migration = {
  version: 7,
  name: 'activities',
  sql: '',
}
