import type { Migration } from './index.ts'

/** What a draft and an outbox item are told about sending, and whom people write to. */
export const sending: Migration = {
  version: 19,
  name: 'sending',
  sql: `
-- Removed from its draft; kept as long as the draft is, so that it can come back.
ALTER TABLE draft_attachments ADD COLUMN removed_at INTEGER;
-- Put back by itself, because this message came into the conversation before it was due.
ALTER TABLE drafts ADD COLUMN returned_at INTEGER;
ALTER TABLE drafts ADD COLUMN returned_by TEXT;
-- "Only if nobody answers before": how many messages of others its conversation had when it was queued.
ALTER TABLE outbox ADD COLUMN quiet_count INTEGER;
CREATE INDEX outbox_if_quiet ON outbox (thread_id) WHERE quiet_count IS NOT NULL;
-- The largest message that the server took when it was last asked, in bytes (RFC 1870); null where it is not known.
ALTER TABLE channels ADD COLUMN smtp_max_bytes INTEGER;

-- Whom each user wrote to. rank is the time of the last mail in ms, and 30 days later for each doubling of how much
-- was written lately (see lib/frecency.ts): one number that orders by recency and frequency and never needs an update.
CREATE TABLE past_recipients (
  id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL, rank INTEGER NOT NULL,
  UNIQUE (user_id, address)
) STRICT;
CREATE INDEX past_recipients_by_rank ON past_recipients (user_id, rank);
CREATE VIRTUAL TABLE past_recipients_fts USING fts5(
  name, address, content='past_recipients', content_rowid='id', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3'
);
CREATE TRIGGER past_recipients_fts_insert AFTER INSERT ON past_recipients BEGIN
  INSERT INTO past_recipients_fts (rowid, name, address) VALUES (new.id, new.name, new.address);
END;
CREATE TRIGGER past_recipients_fts_update AFTER UPDATE OF name ON past_recipients WHEN old.name <> new.name BEGIN
  INSERT INTO past_recipients_fts (past_recipients_fts, rowid, name, address) VALUES ('delete', old.id, old.name, old.address);
  INSERT INTO past_recipients_fts (rowid, name, address) VALUES (new.id, new.name, new.address);
END;
INSERT INTO past_recipients (user_id, address, name, rank)
  SELECT user_id, address, max(name), max(at) + CAST(2592000000 * log2(count(*)) AS INTEGER) FROM (
    SELECT o.author_id AS user_id, lower(r.address) AS address, r.name, o.created_at AS at
      FROM outbox o JOIN outbox_recipients r ON r.outbox_id = o.id WHERE o.author_id IS NOT NULL
    UNION ALL
    SELECT c.user_id, lower(r.address), r.name, p.at
      FROM personal_messages p JOIN channels c ON c.id = p.channel_id JOIN personal_recipients r ON r.personal_id = p.id
      WHERE p.direction = 'out' AND c.user_id IS NOT NULL AND p.folder <> '' AND r.kind <> 'delivered'
  ) WHERE address LIKE '%_@_%' GROUP BY user_id, address;
`,
}
