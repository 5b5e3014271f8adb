import type { Migration } from './index.ts'

/** Automatic mail, forwards and what they are about. */
export const automaticMail: Migration = {
  version: 9,
  name: 'automatic-mail',
  sql: `
-- F1: a message whose subject marks a forward; the id is the message's. forwarder is its From. found is who wrote what
-- was forwarded, as its text says ('' where it does not). confidence: complete, partial, doubtful, none.
-- author is what somebody decided (ops), null while nobody did; messages.from_* is whom it counts as (crm/forwards).
CREATE TABLE forwards (
  id TEXT PRIMARY KEY, forwarder_name TEXT NOT NULL, forwarder_address TEXT NOT NULL,
  found_name TEXT NOT NULL, found_address TEXT NOT NULL, confidence TEXT NOT NULL,
  author_name TEXT, author_address TEXT
) STRICT;
ALTER TABLE inboxes ADD COLUMN forwards_by_members_only INTEGER NOT NULL DEFAULT 0;

-- What automatic mail says about messages, a row a recipient. kind: bounced, delayed, delivered, away, auto_reply, read,
-- deleted, spam. original_id is the Message-ID of what it is about, null where that is not known. confirmed: that is a
-- message of ours, which went to that address. until is a day ("2025-12-05").
CREATE TABLE mail_reports (
  message_rowid INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE, position INTEGER NOT NULL,
  message_id TEXT NOT NULL, kind TEXT NOT NULL, original_id TEXT, address TEXT NOT NULL, at INTEGER NOT NULL,
  status TEXT, reason TEXT, text TEXT NOT NULL, until TEXT, hard INTEGER NOT NULL, confirmed INTEGER NOT NULL,
  PRIMARY KEY (message_rowid, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_reports_by_original ON mail_reports (original_id, at) WHERE original_id IS NOT NULL;

-- Addresses that a hard bounce of a message of ours came back from, and nothing was heard of since.
CREATE TABLE bounced_addresses (
  address TEXT PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL, text TEXT NOT NULL, message_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
}
