import type { Migration } from './index.ts'

/** The first schema. Never edited: what changes later is a migration of its own. */
export const first: Migration = {
  version: 1,
  name: 'first',
  sql: `
CREATE TABLE revision (id INTEGER PRIMARY KEY CHECK (id = 1), rev INTEGER NOT NULL);
INSERT INTO revision VALUES (1, 0);

CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, is_sample INTEGER NOT NULL, created_at INTEGER NOT NULL
) STRICT;

-- What belongs to this machine and never replicates: its node id, its current user.
CREATE TABLE machine_settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, role TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE inboxes (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, access TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE inbox_members (
  inbox_id TEXT NOT NULL REFERENCES inboxes ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (inbox_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, purpose TEXT NOT NULL, inbox_id TEXT NOT NULL REFERENCES inboxes,
  address TEXT NOT NULL, address_key TEXT NOT NULL, from_name TEXT NOT NULL,
  imap_host TEXT, imap_port INTEGER, imap_security TEXT, imap_user TEXT,
  smtp_host TEXT, smtp_port INTEGER, smtp_security TEXT, smtp_user TEXT,
  junk_count INTEGER, last_mail_in_at INTEGER, disconnected_at INTEGER, created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX channels_address ON channels (address_key) WHERE disconnected_at IS NULL;

CREATE TABLE folders (
  id INTEGER PRIMARY KEY, channel_id TEXT NOT NULL REFERENCES channels, path TEXT NOT NULL, role TEXT NOT NULL,
  uid_validity TEXT, highest_modseq TEXT, server_count INTEGER, gone_at INTEGER,
  UNIQUE (channel_id, path)
) STRICT;

-- One row per message on a server: the cursor of sync, and the way from a message to its flags there.
-- state: raw (bytes safe, not yet understood), ingested, set_aside (three tries failed), too_large.
CREATE TABLE remote_messages (
  folder_id INTEGER NOT NULL REFERENCES folders ON DELETE CASCADE, uid INTEGER NOT NULL,
  state TEXT NOT NULL, raw_hash BLOB, internal_date INTEGER NOT NULL, size INTEGER NOT NULL,
  seen INTEGER NOT NULL, answered INTEGER NOT NULL,
  message_rowid INTEGER, attempts INTEGER NOT NULL DEFAULT 0, problem TEXT, vanished_at INTEGER,
  PRIMARY KEY (folder_id, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_messages_message ON remote_messages (message_rowid);
CREATE INDEX remote_messages_unfinished ON remote_messages (folder_id, state) WHERE state <> 'ingested';

-- Flags that were changed here and wait to be told to the server. Only changed flags are sent (fault 15).
CREATE TABLE flag_changes (
  folder_id INTEGER NOT NULL REFERENCES folders ON DELETE CASCADE, uid INTEGER NOT NULL,
  flag TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (folder_id, uid, flag)
) STRICT, WITHOUT ROWID;

-- Where in the segment files the bytes with a hash lie.
CREATE TABLE blobs (
  hash BLOB PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL, stored_size INTEGER NOT NULL, size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE companies (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, domain TEXT UNIQUE, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE contacts (
  id TEXT PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT NOT NULL, job_title TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '', notes TEXT NOT NULL DEFAULT '', company_id TEXT REFERENCES companies,
  first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, message_count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE VIRTUAL TABLE contacts_fts USING fts5(
  name, address, content='contacts', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3'
);
CREATE TRIGGER contacts_fts_insert AFTER INSERT ON contacts BEGIN
  INSERT INTO contacts_fts (rowid, name, address) VALUES (new.rowid, new.name, new.address);
END;
CREATE TRIGGER contacts_fts_update AFTER UPDATE OF name, address ON contacts BEGIN
  INSERT INTO contacts_fts (contacts_fts, rowid, name, address) VALUES ('delete', old.rowid, old.name, old.address);
  INSERT INTO contacts_fts (rowid, name, address) VALUES (new.rowid, new.name, new.address);
END;
CREATE TRIGGER contacts_fts_delete AFTER DELETE ON contacts BEGIN
  INSERT INTO contacts_fts (contacts_fts, rowid, name, address) VALUES ('delete', old.rowid, old.name, old.address);
END;

-- Derived from mail (facts) but for status and assignee_id (ops). sort_at is the newest message's.
CREATE TABLE threads (
  id TEXT PRIMARY KEY, inbox_id TEXT NOT NULL REFERENCES inboxes, channel_id TEXT NOT NULL REFERENCES channels,
  root_message_id TEXT NOT NULL, subject TEXT NOT NULL, snippet TEXT NOT NULL,
  sender_name TEXT NOT NULL, sender_address TEXT NOT NULL, contact_id TEXT REFERENCES contacts,
  status TEXT NOT NULL, assignee_id TEXT REFERENCES users,
  first_at INTEGER NOT NULL, sort_at INTEGER NOT NULL,
  message_count INTEGER NOT NULL, unread_count INTEGER NOT NULL, attachment_count INTEGER NOT NULL
) STRICT;
CREATE INDEX threads_by_status ON threads (status, sort_at, id);
CREATE INDEX threads_by_assignee ON threads (status, assignee_id, sort_at, id, inbox_id);
CREATE INDEX threads_by_inbox ON threads (inbox_id, status, sort_at, id);
CREATE INDEX threads_by_contact ON threads (contact_id, sort_at, id);
CREATE INDEX threads_unread ON threads (status, inbox_id, assignee_id) WHERE unread_count > 0;

-- A thread that was found to be part of another: links and ops that name it still arrive.
CREATE TABLE thread_aliases (alias_id TEXT PRIMARY KEY, thread_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX thread_aliases_thread ON thread_aliases (thread_id);

-- Every Message-ID seen or referred to, per channel: the graph that threads are the components of.
CREATE TABLE reference_nodes (
  channel_id TEXT NOT NULL, message_id TEXT NOT NULL, thread_id TEXT NOT NULL, has_parent INTEGER NOT NULL,
  PRIMARY KEY (channel_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_nodes_thread ON reference_nodes (thread_id, has_parent, message_id);

-- rowid is in date order (see store/tables/messages.ts). received_at is the server's INTERNALDATE. in_reply_to and
-- reference_ids hold Message-IDs, one a line: what an answer quotes, and what threading reads again (fault 51).
CREATE TABLE messages (
  rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel_id TEXT NOT NULL, thread_id TEXT NOT NULL REFERENCES threads,
  message_id TEXT NOT NULL, in_reply_to TEXT NOT NULL, reference_ids TEXT NOT NULL, received_at INTEGER NOT NULL,
  content_hash TEXT NOT NULL, direction TEXT NOT NULL,
  from_name TEXT NOT NULL, from_address TEXT NOT NULL, contact_id TEXT REFERENCES contacts,
  subject TEXT NOT NULL, snippet TEXT NOT NULL, sort_at INTEGER NOT NULL,
  seen INTEGER NOT NULL, answered INTEGER NOT NULL, size INTEGER NOT NULL, raw_hash BLOB NOT NULL,
  html_hash BLOB, has_remote_content INTEGER NOT NULL, attachment_count INTEGER NOT NULL,
  parsed INTEGER NOT NULL, automatic TEXT, thread_reason TEXT NOT NULL
) STRICT;
-- Covers the thread's counters, so that counting 5,000 messages touches no row.
CREATE INDEX messages_by_thread ON messages (thread_id, rowid, direction, seen, attachment_count);
CREATE INDEX messages_by_message_id ON messages (channel_id, message_id);
CREATE INDEX messages_by_contact ON messages (contact_id, rowid) WHERE contact_id IS NOT NULL;
CREATE INDEX messages_out ON messages (direction, rowid) WHERE direction = 'out';

CREATE TABLE message_recipients (
  message_rowid INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  kind TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL,
  PRIMARY KEY (message_rowid, kind, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_recipients_address ON message_recipients (address, message_rowid);
CREATE TABLE message_warnings (
  message_rowid INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
  position INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (message_rowid, position)
) STRICT, WITHOUT ROWID;
-- Apart from messages, so that lists and thread heads never read the text.
CREATE TABLE message_texts (
  message_rowid INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE, text TEXT NOT NULL
) STRICT;
CREATE TABLE attachments (
  id TEXT PRIMARY KEY, message_rowid INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE, position INTEGER NOT NULL,
  name TEXT NOT NULL, mime_type TEXT NOT NULL, size INTEGER NOT NULL, inline INTEGER NOT NULL,
  content_id TEXT, hash BLOB
) STRICT;
CREATE INDEX attachments_by_message ON attachments (message_rowid, position);
CREATE VIRTUAL TABLE messages_fts USING fts5(
  subject, people, body, files, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);

-- Whose mail may load what lies elsewhere: key is a message id or a sender's address (D9).
CREATE TABLE remote_content_permissions (scope TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID;

CREATE TABLE comments (
  id TEXT PRIMARY KEY, thread_id TEXT NOT NULL, author_id TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_by_thread ON comments (thread_id, at, id);
CREATE TABLE comment_mentions (
  comment_id TEXT NOT NULL REFERENCES comments ON DELETE CASCADE, user_id TEXT NOT NULL, PRIMARY KEY (comment_id, user_id)
) STRICT, WITHOUT ROWID;

-- What people and rules did. Append only; each row carries the hash of the one before.
CREATE TABLE ops (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hlc TEXT NOT NULL, actor_id TEXT, entity TEXT NOT NULL, entity_id TEXT NOT NULL,
  kind TEXT NOT NULL, change TEXT NOT NULL, at INTEGER NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX ops_by_entity ON ops (entity, entity_id, seq);
-- The last writer of each scalar field, and of each member of a set ("members:<id>", 1 or 0): its clock and what it
-- wrote. An op for a row that is not here yet is held in it. "created" carries the clock of the earliest create.
CREATE TABLE field_clocks (
  entity TEXT NOT NULL, entity_id TEXT NOT NULL, field TEXT NOT NULL, hlc TEXT NOT NULL, value ANY,
  PRIMARY KEY (entity, entity_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, mode TEXT NOT NULL, thread_id TEXT, source_message_id TEXT,
  channel_id TEXT NOT NULL, subject TEXT NOT NULL, html TEXT NOT NULL, quoted_html TEXT NOT NULL,
  version INTEGER NOT NULL, updated_at INTEGER NOT NULL, outbox_id TEXT
) STRICT;
CREATE INDEX drafts_by_user ON drafts (user_id, updated_at, id) WHERE outbox_id IS NULL;
CREATE INDEX drafts_by_thread ON drafts (thread_id) WHERE outbox_id IS NULL;
CREATE TABLE draft_recipients (
  draft_id TEXT NOT NULL REFERENCES drafts ON DELETE CASCADE, kind TEXT NOT NULL, position INTEGER NOT NULL,
  name TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (draft_id, kind, position)
) STRICT, WITHOUT ROWID;
-- Whole earlier states, as they were saved (C7).
CREATE TABLE draft_revisions (
  draft_id TEXT NOT NULL REFERENCES drafts ON DELETE CASCADE, version INTEGER NOT NULL, at INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (draft_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE draft_attachments (
  id TEXT PRIMARY KEY, draft_id TEXT NOT NULL REFERENCES drafts ON DELETE CASCADE, position INTEGER NOT NULL,
  name TEXT NOT NULL, mime_type TEXT NOT NULL, size INTEGER NOT NULL, inline INTEGER NOT NULL, content_id TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX draft_attachments_by_draft ON draft_attachments (draft_id, position);

-- state: held (undo time or send later), queued, sending, sent, partly_sent, failed, unknown.
-- end_of_data_at is set before the final dot leaves: with no answer after it, the outcome is unknown (fault 22).
-- copy_state: none (provider files it), pending, done (fault 25). filed_at: its copy is among the messages here.
-- A recipient is pending, accepted, deferred (a 4xx: tried again) or failed.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY, draft_id TEXT, author_id TEXT, thread_id TEXT, channel_id TEXT NOT NULL,
  message_id TEXT NOT NULL, from_name TEXT NOT NULL, from_address TEXT NOT NULL, subject TEXT NOT NULL, snippet TEXT NOT NULL,
  raw_hash BLOB NOT NULL, state TEXT NOT NULL, release_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
  end_of_data_at INTEGER, server_text TEXT, copy_state TEXT NOT NULL, copy_attempts INTEGER NOT NULL DEFAULT 0,
  copy_retry_at INTEGER NOT NULL DEFAULT 0, source_message_id TEXT, created_at INTEGER NOT NULL, sent_at INTEGER, filed_at INTEGER
) STRICT;
CREATE INDEX outbox_unfiled ON outbox (sent_at) WHERE sent_at IS NOT NULL AND filed_at IS NULL;
CREATE INDEX outbox_unfinished ON outbox (state, release_at) WHERE state NOT IN ('sent', 'partly_sent');
CREATE INDEX outbox_waiting ON outbox (created_at, id) WHERE state NOT IN ('sent', 'partly_sent');
CREATE INDEX outbox_copies ON outbox (copy_state) WHERE copy_state = 'pending';
CREATE INDEX outbox_by_thread ON outbox (thread_id);
CREATE INDEX outbox_by_message_id ON outbox (channel_id, message_id);
CREATE TABLE outbox_recipients (
  outbox_id TEXT NOT NULL REFERENCES outbox ON DELETE CASCADE, kind TEXT NOT NULL, position INTEGER NOT NULL,
  name TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL, server_text TEXT,
  PRIMARY KEY (outbox_id, kind, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox_log (
  outbox_id TEXT NOT NULL REFERENCES outbox ON DELETE CASCADE, position INTEGER NOT NULL,
  at INTEGER NOT NULL, state TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (outbox_id, position)
) STRICT, WITHOUT ROWID;
`,
}
