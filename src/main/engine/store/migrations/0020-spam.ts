import type { Migration } from './index.ts'

/** Conversations that are spam, and senders that are blocked. */
export const spam: Migration = {
  version: 20,
  name: 'spam',
  sql: `
-- Set by ops together with the status 'spam': since when (ms), and the block that it came in under; null where a person
-- said so.
ALTER TABLE threads ADD COLUMN spam_at INTEGER;
ALTER TABLE threads ADD COLUMN spam_block_id TEXT;

-- Whose new mail is spam. key: an address as lib/address-key.ts compares it, or '@' and a domain with all those under it.
-- thread_id: the conversation that was marked as spam and taught it; null where it was written into the list.
CREATE TABLE blocked_senders (
  id TEXT PRIMARY KEY, pattern TEXT NOT NULL, key TEXT NOT NULL, thread_id TEXT,
  blocked_by TEXT, blocked_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX blocked_senders_by_key ON blocked_senders (key) WHERE removed_at IS NULL;
CREATE INDEX blocked_senders_listed ON blocked_senders (blocked_at, id) WHERE removed_at IS NULL;
CREATE INDEX blocked_senders_by_thread ON blocked_senders (thread_id) WHERE removed_at IS NULL AND thread_id IS NOT NULL;

-- The Junk folder of a mailbox; '' where it has none, null while nobody has looked.
ALTER TABLE channels ADD COLUMN junk_path TEXT;
-- Where the copies in a mailbox's INBOX of a message that is, or was, spam should be, and how far that has come.
-- folder_id: the INBOX. state: waiting, done, no_junk (the mailbox has no such folder), failed (in the server's words).
CREATE TABLE junk_moves (
  folder_id INTEGER NOT NULL REFERENCES folders ON DELETE CASCADE, message_rowid INTEGER NOT NULL,
  wanted TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, problem TEXT,
  PRIMARY KEY (folder_id, message_rowid)
) STRICT, WITHOUT ROWID;
CREATE INDEX junk_moves_waiting ON junk_moves (folder_id, state) WHERE state <> 'done';
CREATE INDEX junk_moves_by_message ON junk_moves (message_rowid);
-- Where they lie in Junk, as far as the server told: what they are taken back by.
CREATE TABLE junk_places (
  folder_id INTEGER NOT NULL REFERENCES folders ON DELETE CASCADE, message_rowid INTEGER NOT NULL,
  uid_validity TEXT NOT NULL, uid INTEGER NOT NULL,
  PRIMARY KEY (folder_id, message_rowid, uid_validity, uid)
) STRICT, WITHOUT ROWID;

-- The attachment of the original that a forward takes along; null for what was attached otherwise.
ALTER TABLE draft_attachments ADD COLUMN source_id TEXT;
`,
}
