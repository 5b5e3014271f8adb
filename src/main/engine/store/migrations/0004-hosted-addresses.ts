import type { Migration } from './index.ts'

/** Hosted addresses (H), what their mail was checked for (E4, E5), and the domains of custom senders (H3). */
export const hostedAddresses: Migration = {
  version: 4,
  name: 'hosted-addresses',
  sql: `
-- A hosted address is a channel of kind 'hosted'. hosted_form: alias (its mail lies on parent_channel_id) or receiver
-- (it comes to this machine by SMTP; parent_channel_id, if set, is what its answers are sent through).
ALTER TABLE channels ADD COLUMN hosted_form TEXT;
ALTER TABLE channels ADD COLUMN parent_channel_id TEXT;
ALTER TABLE channels ADD COLUMN forwarding_address TEXT;
ALTER TABLE channels ADD COLUMN forwarding_key TEXT;
ALTER TABLE channels ADD COLUMN from_name_kind TEXT;
ALTER TABLE channels ADD COLUMN company_name TEXT;
ALTER TABLE channels ADD COLUMN custom_from TEXT;
ALTER TABLE channels ADD COLUMN signature_html TEXT;
CREATE UNIQUE INDEX channels_forwarding ON channels (forwarding_key)
  WHERE forwarding_key IS NOT NULL AND disconnected_at IS NULL;
-- H8: providers were told this address, so nothing changes it while it is connected.
CREATE TRIGGER channels_forwarding_fixed BEFORE UPDATE OF forwarding_address, forwarding_key ON channels
WHEN old.forwarding_key IS NOT NULL AND old.disconnected_at IS NULL
  AND (new.forwarding_key IS NOT old.forwarding_key OR new.forwarding_address IS NOT old.forwarding_address)
BEGIN
  SELECT RAISE(ABORT, 'the forwarding address of a connected channel is fixed');
END;

-- F3: mail that reached a hosted address through an automatic forward is attributed to its original sender (F2).
ALTER TABLE inboxes ADD COLUMN attribute_automatic_forwards INTEGER NOT NULL DEFAULT 1;

-- What the receiver took: the bytes are on the disk and the sender was told so (fault 31).
-- state: spooled (not yet understood), ingested, set_aside (three tries failed). reached_id is the message it became.
CREATE TABLE received_mail (
  id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, raw_hash BLOB NOT NULL, size INTEGER NOT NULL, received_at INTEGER NOT NULL,
  envelope_from TEXT NOT NULL, client TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  problem TEXT, reached_id TEXT
) STRICT;
CREATE INDEX received_mail_unfinished ON received_mail (received_at, id) WHERE state <> 'ingested';
CREATE INDEX received_mail_by_channel ON received_mail (channel_id, received_at);

-- state: refused (the sender was told, no bytes are here), quarantined, released. raw_hash only for the latter two.
CREATE TABLE refused_mail (
  id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, inbox_id TEXT NOT NULL, at INTEGER NOT NULL,
  from_address TEXT NOT NULL, to_address TEXT NOT NULL, subject TEXT NOT NULL, size INTEGER NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, client TEXT NOT NULL, raw_hash BLOB, thread_id TEXT
) STRICT;
CREATE INDEX refused_mail_by_inbox ON refused_mail (inbox_id, at, id);

-- The results of SPF, DKIM, DMARC and ARC of a row of received_mail or refused_mail.
CREATE TABLE mail_checks (
  mail_id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, result TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (mail_id, position)
) STRICT, WITHOUT ROWID;

-- connected_at: ownership was proved (an op); checks are what this machine saw in the DNS when it last looked.
CREATE TABLE domains (
  id TEXT PRIMARY KEY, domain TEXT NOT NULL UNIQUE, token TEXT NOT NULL, created_at INTEGER NOT NULL,
  connected_at INTEGER, checked_at INTEGER
) STRICT;
CREATE TABLE domain_checks (
  domain_id TEXT NOT NULL REFERENCES domains ON DELETE CASCADE, name TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (domain_id, name)
) STRICT, WITHOUT ROWID;

-- Mails of providers that ask to confirm a forwarding (H10), by the message here that they came as.
CREATE TABLE forwarding_confirmations (
  message_id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, provider TEXT NOT NULL, code TEXT, link TEXT, at INTEGER NOT NULL
) STRICT;
CREATE INDEX forwarding_confirmations_by_channel ON forwarding_confirmations (channel_id, at);
`,
}
