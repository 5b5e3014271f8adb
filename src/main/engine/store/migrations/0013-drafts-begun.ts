import type { Migration } from './index.ts'

/** What of its conversation a draft was begun with (D6). */
export const draftsBegun: Migration = {
  version: 13,
  name: 'drafts-begun',
  sql: `
-- The newest message of the thread at that time; null where it is not known, as of older drafts.
ALTER TABLE drafts ADD COLUMN begun_rowid INTEGER;
`,
}
