import type { Migration } from './index.ts'

/** Conversations that come back later. */
export const snooze: Migration = {
  version: 14,
  name: 'snooze',
  sql: `
-- Until a time (ms), or until the contact answers; both are set by ops on open threads.
ALTER TABLE threads ADD COLUMN snoozed_until INTEGER;
ALTER TABLE threads ADD COLUMN snoozed_until_reply INTEGER NOT NULL DEFAULT 0;
-- Which lists show it: its status, or 'snoozed'. Every list of threads walks an index that begins with it.
ALTER TABLE threads ADD COLUMN listed_as TEXT GENERATED ALWAYS AS
  (CASE WHEN status = 'open' AND (snoozed_until IS NOT NULL OR snoozed_until_reply = 1) THEN 'snoozed' ELSE status END) VIRTUAL;
DROP INDEX threads_by_status;
DROP INDEX threads_by_assignee;
DROP INDEX threads_by_inbox;
DROP INDEX threads_unread;
CREATE INDEX threads_by_status ON threads (listed_as, sort_at, id);
CREATE INDEX threads_by_assignee ON threads (listed_as, assignee_id, sort_at, id, inbox_id);
CREATE INDEX threads_by_inbox ON threads (inbox_id, listed_as, sort_at, id);
CREATE INDEX threads_unread ON threads (listed_as, inbox_id, assignee_id) WHERE unread_count > 0;
CREATE INDEX threads_snoozed ON threads (snoozed_until) WHERE snoozed_until IS NOT NULL;
`,
}
