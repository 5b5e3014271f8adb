import type { Migration } from './index.ts'

/** Where a folder had been read to, so that mail which came later is known as new however a pass ends. */
export const nextUid: Migration = {
  version: 2,
  name: 'next-uid',
  sql: `
-- UIDNEXT of the last pass that was finished; null while the folder was never read to its end.
ALTER TABLE folders ADD COLUMN next_uid INTEGER;
UPDATE folders SET next_uid = (SELECT coalesce(max(uid), 0) + 1 FROM remote_messages r WHERE r.folder_id = folders.id)
WHERE highest_modseq IS NOT NULL;
`,
}
