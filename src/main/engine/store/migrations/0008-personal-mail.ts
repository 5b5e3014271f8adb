import type { Migration } from './index.ts'

/** What is known of personal mail, and why it was logged or not. */
export const personalMail: Migration = {
  version: 8,
  name: 'personal-mail',
  sql: `
-- Of a personal message this machine keeps what the verdict needs: its head, never its body. The id is a UUIDv5 of the
-- channel's address and the Message-ID. in_reply_to and reference_ids hold Message-IDs, one a line. at is when it counts
-- as having happened (Date, else arrival), received_at the server's INTERNALDATE.
-- state: known (from before the connection; a thread may have begun with it, but it is no mail that arrived),
-- judged (not logged), pending (logged, the bytes still to be fetched), stored (logged and here), gone (logged, but the
-- server has it no more).
-- make: addresses that become contacts when it is filed, one a line, because somebody asked for it.
-- The verdict as it was given: code is the rule's short name, trace the facts as JSON (LoggingFact of the contract).
CREATE TABLE personal_messages (
  id TEXT PRIMARY KEY, channel_id TEXT NOT NULL REFERENCES channels,
  folder TEXT NOT NULL, uid INTEGER, uid_validity TEXT,
  message_id TEXT NOT NULL, in_reply_to TEXT NOT NULL, reference_ids TEXT NOT NULL, direction TEXT NOT NULL,
  from_name TEXT NOT NULL, from_address TEXT NOT NULL, subject TEXT NOT NULL,
  at INTEGER NOT NULL, received_at INTEGER NOT NULL, size INTEGER NOT NULL, automatic INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL, logged INTEGER NOT NULL DEFAULT 0, by_hand INTEGER NOT NULL DEFAULT 0,
  code TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', step TEXT NOT NULL DEFAULT 'none',
  step_text TEXT NOT NULL DEFAULT '', trace TEXT NOT NULL DEFAULT '[]', decided_at INTEGER,
  make TEXT NOT NULL DEFAULT '', message_rowid INTEGER, attempts INTEGER NOT NULL DEFAULT 0, retry_at INTEGER NOT NULL DEFAULT 0, problem TEXT
) STRICT;
-- The list of decisions, newest first; what is only known is in none.
CREATE INDEX personal_messages_decided ON personal_messages (channel_id, at, id) WHERE decided_at IS NOT NULL;
CREATE INDEX personal_messages_by_logged ON personal_messages (channel_id, logged, at, id) WHERE decided_at IS NOT NULL;
CREATE INDEX personal_messages_by_message_id ON personal_messages (message_id, channel_id);
CREATE INDEX personal_messages_pending ON personal_messages (channel_id, retry_at) WHERE state = 'pending';
CREATE INDEX personal_messages_by_message ON personal_messages (message_rowid) WHERE message_rowid IS NOT NULL;
CREATE TABLE personal_recipients (
  personal_id TEXT NOT NULL REFERENCES personal_messages ON DELETE CASCADE,
  kind TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL,
  PRIMARY KEY (personal_id, kind, position)
) STRICT, WITHOUT ROWID;

-- pattern: an address, a domain, or either with wildcards, lower case. user_id null: for the whole workspace.
CREATE TABLE never_log (
  id TEXT PRIMARY KEY, pattern TEXT NOT NULL, user_id TEXT, added_by TEXT NOT NULL, at INTEGER NOT NULL, removed_at INTEGER
) STRICT;

-- log_replies = 0 is "off"; else log_all says "all mail with contacts" instead of "replies only". log_folders: paths that
-- are looked at beside INBOX (G6), one a line.
ALTER TABLE channels ADD COLUMN log_all INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN log_folders TEXT NOT NULL DEFAULT '';

-- Aliases that log, instead of the plus-addresses of a connected channel.
ALTER TABLE workspaces ADD COLUMN log_bcc_address TEXT;
ALTER TABLE workspaces ADD COLUMN log_forward_address TEXT;

-- The Log box (G3) and "also log the original" (G4) of mail from a personal address.
ALTER TABLE drafts ADD COLUMN log INTEGER NOT NULL DEFAULT 1;
ALTER TABLE drafts ADD COLUMN log_original INTEGER NOT NULL DEFAULT 0;
-- The personal message that is answered, while no message of it is here.
ALTER TABLE drafts ADD COLUMN source_personal_id TEXT;
ALTER TABLE outbox ADD COLUMN source_personal_id TEXT;
ALTER TABLE outbox ADD COLUMN log INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN log_original INTEGER NOT NULL DEFAULT 0;

-- Logged personal mail lies in no inbox; user_id is whose mail it is. Its status is 'logged'.
ALTER TABLE threads ALTER COLUMN inbox_id DROP NOT NULL;
ALTER TABLE threads ADD COLUMN user_id TEXT;
CREATE INDEX threads_logged ON threads (user_id, sort_at, id) WHERE inbox_id IS NULL;

-- E2: what came instead of an attachment is a scanner's placeholder; held_back names the scanner.
ALTER TABLE attachments ADD COLUMN held_back TEXT;
CREATE TABLE held_back_messages (
  message_rowid INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  attempts INTEGER NOT NULL, retry_at INTEGER NOT NULL
) STRICT;
CREATE INDEX held_back_messages_due ON held_back_messages (retry_at);
`,
}
