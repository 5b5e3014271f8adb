import type { Migration } from './index.ts'

/** Conversations that people joined or parted. */
export const mergeSplit: Migration = {
  version: 16,
  name: 'merge-split',
  sql: `
-- Headers decide a message's origin, people what of it is a conversation of its own and which conversations are shown as
-- one (ops: messages.split_root, threads.merged_into). thread_id is where all that shows it; the two others are how it got
-- there, both null where nobody had a hand in it. See store/grouping.
ALTER TABLE threads ADD COLUMN merged_into TEXT;
-- The message that its conversation was split off at (an id), or '': it stays though what it answers was split off.
ALTER TABLE messages ADD COLUMN split_root TEXT;
ALTER TABLE messages ADD COLUMN part_id TEXT;
ALTER TABLE messages ADD COLUMN origin_id TEXT;
CREATE INDEX messages_by_part ON messages (part_id, rowid) WHERE part_id IS NOT NULL;
CREATE INDEX messages_by_origin ON messages (origin_id, part_id) WHERE origin_id IS NOT NULL;
CREATE INDEX messages_split ON messages (split_root) WHERE split_root IS NOT NULL;

-- The thread that it was said in, where that is shown as part of another.
ALTER TABLE comments ADD COLUMN part_id TEXT;
CREATE INDEX comments_by_part ON comments (part_id) WHERE part_id IS NOT NULL;
-- spoken_for: its conversation is shown as part of one that has a ticket; no list shows it, and it keeps its thread.
ALTER TABLE tickets ADD COLUMN part_id TEXT;
ALTER TABLE tickets ADD COLUMN spoken_for INTEGER NOT NULL DEFAULT 0;

-- Threads that are not shown by themselves: what makes their row again. What was decided about them is in the ops.
CREATE TABLE thread_parts (
  id TEXT PRIMARY KEY, inbox_id TEXT, user_id TEXT, channel_id TEXT NOT NULL, root_message_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Threads that headers showed to be part of another, for good. thread_aliases says where every id that is no
-- conversation is shown.
CREATE TABLE thread_folds (alias_id TEXT PRIMARY KEY, thread_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX thread_folds_thread ON thread_folds (thread_id);
INSERT INTO thread_folds SELECT alias_id, thread_id FROM thread_aliases;
-- Conversations that were ever split off, the message that they begin at, and its origin.
CREATE TABLE thread_splits (id TEXT PRIMARY KEY, seed_id TEXT NOT NULL, origin_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX thread_splits_origin ON thread_splits (origin_id);

-- What is merged into a thread, also while one of the two is not here.
CREATE INDEX field_clocks_merged ON field_clocks (value) WHERE entity = 'thread' AND field = 'merged_into';
-- Everything that ever was, for the history.
CREATE INDEX ops_merged ON ops (change ->> 'merged_into') WHERE entity = 'thread' AND kind = 'set' AND change ->> 'merged_into' IS NOT NULL;
-- Conversations and tickets that a command changed, where mail came in since.
CREATE INDEX undo_steps_of_state ON undo_steps (entity_id, field) WHERE field IN ('status', 'snoozed_until', 'snoozed_until_reply');
CREATE INDEX drafts_of_thread ON drafts (thread_id) WHERE thread_id IS NOT NULL;
`,
}
