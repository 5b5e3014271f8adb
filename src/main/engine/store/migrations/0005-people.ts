import type { Migration } from './index.ts'

/** Teams, availability, inbox settings, routing, tickets, and personal addresses. */
export const people: Migration = {
  version: 5,
  name: 'people',
  sql: `
CREATE TABLE teams (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, removed_at INTEGER, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE team_members (
  team_id TEXT NOT NULL REFERENCES teams ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (team_id, user_id)
) STRICT, WITHOUT ROWID;

-- passphrase: how it was hashed and the hash (team/passphrase.ts); avatar: the hash of the picture's bytes in hex.
ALTER TABLE users ADD COLUMN availability TEXT NOT NULL DEFAULT 'available';
ALTER TABLE users ADD COLUMN passphrase TEXT;
ALTER TABLE users ADD COLUMN avatar TEXT;
ALTER TABLE users ADD COLUMN active INTEGER NOT NULL DEFAULT 1;

CREATE TABLE inbox_teams (
  inbox_id TEXT NOT NULL REFERENCES inboxes ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES teams ON DELETE CASCADE,
  PRIMARY KEY (inbox_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE routing_users (
  inbox_id TEXT NOT NULL REFERENCES inboxes ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  PRIMARY KEY (inbox_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE routing_teams (
  inbox_id TEXT NOT NULL REFERENCES inboxes ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES teams ON DELETE CASCADE,
  PRIMARY KEY (inbox_id, team_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE inboxes ADD COLUMN routing_automatic INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inboxes ADD COLUMN routing_method TEXT NOT NULL DEFAULT 'round_robin';
ALTER TABLE inboxes ADD COLUMN routing_only_available INTEGER NOT NULL DEFAULT 1;
ALTER TABLE inboxes ADD COLUMN ticket_create INTEGER NOT NULL DEFAULT 1;
ALTER TABLE inboxes ADD COLUMN ticket_pipeline TEXT NOT NULL DEFAULT 'Support';
ALTER TABLE inboxes ADD COLUMN ticket_status TEXT NOT NULL DEFAULT 'new';
ALTER TABLE inboxes ADD COLUMN ticket_priority TEXT NOT NULL DEFAULT 'medium';
ALTER TABLE inboxes ADD COLUMN ticket_category TEXT NOT NULL DEFAULT '';
ALTER TABLE inboxes ADD COLUMN ticket_owner_id TEXT;
ALTER TABLE inboxes ADD COLUMN attribute_forwards INTEGER NOT NULL DEFAULT 1;

ALTER TABLE threads ADD COLUMN team_id TEXT;

-- What was decided about a new thread, once; the id is the thread's. mail_state: none, due (the owner is away and is to
-- get the thread by mail), queued (their copy is in the outbox).
CREATE TABLE routings (
  id TEXT PRIMARY KEY, inbox_id TEXT NOT NULL, method TEXT NOT NULL, assignee_id TEXT, reason TEXT NOT NULL, at INTEGER NOT NULL,
  mail_state TEXT NOT NULL DEFAULT 'none'
) STRICT;
CREATE INDEX routings_mail_due ON routings (id) WHERE mail_state = 'due';
-- Who got the latest thread of an inbox by routing, and who before: the higher, the later.
CREATE TABLE routing_turns (
  inbox_id TEXT NOT NULL REFERENCES inboxes ON DELETE CASCADE, user_id TEXT NOT NULL, turn INTEGER NOT NULL,
  PRIMARY KEY (inbox_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
  id TEXT PRIMARY KEY, number INTEGER NOT NULL, thread_id TEXT NOT NULL, contact_id TEXT, subject TEXT NOT NULL,
  pipeline TEXT NOT NULL, status TEXT NOT NULL, priority TEXT NOT NULL, category TEXT NOT NULL, owner_id TEXT,
  created_at INTEGER NOT NULL, closed_at INTEGER
) STRICT;
CREATE INDEX tickets_by_thread ON tickets (thread_id, number);
CREATE INDEX tickets_by_number ON tickets (number);
CREATE TABLE ticket_properties (
  id TEXT PRIMARY KEY, ticket_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL
) STRICT;
CREATE INDEX ticket_properties_by_ticket ON ticket_properties (ticket_id, name);

ALTER TABLE contacts ADD COLUMN owner_id TEXT;

-- A personal address belongs to a user and to no inbox.
ALTER TABLE channels ALTER COLUMN inbox_id DROP NOT NULL;
ALTER TABLE channels ADD COLUMN user_id TEXT;
ALTER TABLE channels ADD COLUMN log_replies INTEGER NOT NULL DEFAULT 1;
ALTER TABLE channels ADD COLUMN track_opens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN font TEXT NOT NULL DEFAULT '';
`,
}
