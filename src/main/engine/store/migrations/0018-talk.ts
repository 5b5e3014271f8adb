import type { Migration } from './index.ts'

/** Comments that are edited, removed, or have files; what is being written; and which mentions were seen. */
export const talk: Migration = {
  version: 18,
  name: 'talk',
  sql: `
ALTER TABLE comments ADD COLUMN edited_at INTEGER;
ALTER TABLE comments ADD COLUMN removed_at INTEGER;

-- By op, like the comment that it goes with, whichever of them is here first.
CREATE TABLE comment_files (
  id TEXT PRIMARY KEY, comment_id TEXT NOT NULL, name TEXT NOT NULL, mime_type TEXT NOT NULL, size INTEGER NOT NULL,
  hash TEXT NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX comment_files_of ON comment_files (comment_id, id);

-- This machine's own: what somebody has begun to say, and the files that wait to go with it.
CREATE TABLE comment_drafts (
  user_id TEXT NOT NULL, thread_id TEXT NOT NULL, text TEXT NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, thread_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE comment_uploads (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, thread_id TEXT NOT NULL, name TEXT NOT NULL, mime_type TEXT NOT NULL,
  size INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX comment_uploads_of ON comment_uploads (user_id, thread_id, id);

-- Who of those that a comment mentions has seen it. The copy beside the mention keeps the count of unseen ones cheap.
CREATE TABLE comment_readers (
  comment_id TEXT NOT NULL REFERENCES comments ON DELETE CASCADE, user_id TEXT NOT NULL, PRIMARY KEY (comment_id, user_id)
) STRICT, WITHOUT ROWID;
ALTER TABLE comment_mentions ADD COLUMN is_read INTEGER NOT NULL DEFAULT 0;
-- What was said before anybody was told of it is nobody's news.
UPDATE comment_mentions SET is_read = 1;
CREATE INDEX comment_mentions_of ON comment_mentions (user_id, comment_id);
CREATE INDEX comment_mentions_unread ON comment_mentions (user_id, comment_id) WHERE is_read = 0;
CREATE TRIGGER comment_mentions_added AFTER INSERT ON comment_mentions
WHEN EXISTS (SELECT 1 FROM comment_readers WHERE comment_id = new.comment_id AND user_id = new.user_id) BEGIN
  UPDATE comment_mentions SET is_read = 1 WHERE comment_id = new.comment_id AND user_id = new.user_id;
END;
CREATE TRIGGER comment_readers_added AFTER INSERT ON comment_readers BEGIN
  UPDATE comment_mentions SET is_read = 1 WHERE comment_id = new.comment_id AND user_id = new.user_id;
END;
CREATE TRIGGER comment_readers_removed AFTER DELETE ON comment_readers BEGIN
  UPDATE comment_mentions SET is_read = 0 WHERE comment_id = old.comment_id AND user_id = old.user_id;
END;
`,
}
