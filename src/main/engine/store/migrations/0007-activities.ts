import type { Migration } from './index.ts'

/** Notes, calls and tasks. */
export const activities: Migration = {
  version: 7,
  name: 'activities',
  sql: `
-- What people write down on records. record_type and record_id name the row that it was written on; where that was
-- merged into another one since, it shows there. Times in ms; removed_at: taken away, and undone by null.
CREATE TABLE notes (
  id TEXT PRIMARY KEY, record_type TEXT NOT NULL, record_id TEXT NOT NULL, author_id TEXT NOT NULL, text TEXT NOT NULL,
  at INTEGER NOT NULL, edited_at INTEGER, removed_at INTEGER
) STRICT;
CREATE INDEX notes_by_record ON notes (record_id, at) WHERE removed_at IS NULL;

-- number: E.164 where it is a number, else as it was dialled. duration in seconds.
CREATE TABLE calls (
  id TEXT PRIMARY KEY, record_type TEXT NOT NULL, record_id TEXT NOT NULL, author_id TEXT NOT NULL,
  direction TEXT NOT NULL, number TEXT NOT NULL, outcome TEXT NOT NULL, duration INTEGER NOT NULL, text TEXT NOT NULL,
  at INTEGER NOT NULL, thread_id TEXT, removed_at INTEGER
) STRICT;
CREATE INDEX calls_by_record ON calls (record_id, at) WHERE removed_at IS NULL;

-- A task without a record is its author's and its assignee's. dismissed_at: its reminder was seen.
CREATE TABLE tasks (
  id TEXT PRIMARY KEY, record_type TEXT, record_id TEXT, author_id TEXT NOT NULL, assignee_id TEXT NOT NULL,
  title TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, due_at INTEGER, remind_at INTEGER, dismissed_at INTEGER,
  done_at INTEGER, done_by TEXT, removed_at INTEGER
) STRICT;
CREATE INDEX tasks_by_record ON tasks (record_id, at) WHERE removed_at IS NULL;
CREATE INDEX tasks_done_by_record ON tasks (record_id, done_at) WHERE done_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX tasks_open ON tasks (assignee_id, due_at IS NULL, due_at, id) WHERE done_at IS NULL AND removed_at IS NULL;
CREATE INDEX tasks_done ON tasks (assignee_id, done_at) WHERE done_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX tasks_to_remind ON tasks (remind_at)
  WHERE remind_at IS NOT NULL AND dismissed_at IS NULL AND done_at IS NULL AND removed_at IS NULL;
CREATE INDEX tasks_to_remind_of ON tasks (assignee_id, remind_at)
  WHERE remind_at IS NOT NULL AND dismissed_at IS NULL AND done_at IS NULL AND removed_at IS NULL;

-- A contact's tickets by the time that they were made.
CREATE INDEX tickets_by_contact ON tickets (contact_id, created_at, id) WHERE contact_id IS NOT NULL;
`,
}
