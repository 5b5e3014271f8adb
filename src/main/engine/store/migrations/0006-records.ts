import type { Migration } from './index.ts'

/** Records: several addresses and phones, deals, properties, associations, saved views, merges, undo. */
export const records: Migration = {
  version: 6,
  name: 'records',
  sql: `
ALTER TABLE workspaces ADD COLUMN phone_country TEXT NOT NULL DEFAULT '';

-- merged_into (ops) says in which record a row lives now. Derived from it, in the same transaction:
-- record_id, the record that a row's mail and entries belong to (its own id when not merged); listed, 1 for what lists and
-- searches show (not merged away; not removed, or in touch all the same); record_…, what all rows of a record add up to.
-- An additional address is a row of its own with merged_into and is_alias; email (derived) is the record's primary address:
-- primary_address where it is one of the record's, else its own, else the first of the others. A contact never seen in mail has 0 for the
-- times that it was seen, one never made by hand 0 for created_at.
-- name is first_name and last_name where there are any, else what somebody wrote, else seen_name, what the mail said.
ALTER TABLE contacts ALTER COLUMN address DROP NOT NULL;
ALTER TABLE contacts ADD COLUMN first_name TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN last_name TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN seen_name TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN lifecycle_stage TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN consent TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE contacts ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN removed_at INTEGER;
ALTER TABLE contacts ADD COLUMN primary_address TEXT;
ALTER TABLE contacts ADD COLUMN address_removed_at INTEGER;
ALTER TABLE contacts ADD COLUMN merged_into TEXT;
ALTER TABLE contacts ADD COLUMN merged_at INTEGER;
ALTER TABLE contacts ADD COLUMN is_alias INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN record_id TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN listed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE contacts ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN record_first_seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN record_last_seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN record_message_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN bounced_at INTEGER;
ALTER TABLE contacts ADD COLUMN bounce_reason TEXT NOT NULL DEFAULT '';
-- Without the reference: an op may name a company that is not here yet.
ALTER TABLE contacts RENAME COLUMN company_id TO referenced_company_id;
ALTER TABLE contacts ADD COLUMN company_id TEXT;
UPDATE contacts SET company_id = referenced_company_id, seen_name = name, record_id = id, email = address,
  record_first_seen_at = first_seen_at, record_last_seen_at = last_seen_at, record_message_count = message_count;
ALTER TABLE contacts DROP COLUMN referenced_company_id;
CREATE TRIGGER contacts_own_record AFTER INSERT ON contacts WHEN new.record_id = '' BEGIN
  UPDATE contacts SET record_id = id, email = coalesce(address, ''), record_first_seen_at = first_seen_at, record_last_seen_at = last_seen_at,
    record_message_count = message_count WHERE rowid = new.rowid;
END;
CREATE INDEX contacts_by_record ON contacts (record_id);
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contacts_by_name ON contacts (name COLLATE NOCASE, id) WHERE listed = 1;
CREATE INDEX contacts_by_last_name ON contacts (last_name COLLATE NOCASE, id) WHERE listed = 1;
CREATE INDEX contacts_by_email ON contacts (email, id) WHERE listed = 1;
CREATE INDEX contacts_by_last_seen ON contacts (record_last_seen_at, id) WHERE listed = 1;
CREATE INDEX contacts_by_owner ON contacts (owner_id, name COLLATE NOCASE, id) WHERE listed = 1;
CREATE INDEX contacts_by_stage ON contacts (lifecycle_stage, name COLLATE NOCASE, id) WHERE listed = 1;
CREATE INDEX contacts_by_company ON contacts (company_id, name COLLATE NOCASE, id) WHERE listed = 1;

-- number is E.164, or as it was written where it is no number. The one with the contact's own id was contacts.phone.
CREATE TABLE contact_phones (
  id TEXT PRIMARY KEY, contact_id TEXT NOT NULL, number TEXT NOT NULL, label TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL DEFAULT 0, removed_at INTEGER
) STRICT;
CREATE INDEX contact_phones_by_contact ON contact_phones (contact_id, position, id);
CREATE INDEX contact_phones_by_number ON contact_phones (number);
INSERT INTO contact_phones (id, contact_id, number) SELECT id, id, phone FROM contacts WHERE phone <> '';

-- As before. An additional domain is a row of its own with merged_into and is_alias, so that two rows may have one domain:
-- that row, and the company which shows it.
CREATE TABLE companies_6 (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, domain TEXT, phone TEXT NOT NULL DEFAULT '', website TEXT NOT NULL DEFAULT '',
  industry TEXT NOT NULL DEFAULT '', city TEXT NOT NULL DEFAULT '', country TEXT NOT NULL DEFAULT '', owner_id TEXT,
  notes TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, removed_at INTEGER,
  merged_into TEXT, merged_at INTEGER, is_alias INTEGER NOT NULL DEFAULT 0, record_id TEXT NOT NULL DEFAULT '',
  listed INTEGER NOT NULL DEFAULT 1
) STRICT;
INSERT INTO companies_6 (id, name, domain, created_at, record_id) SELECT id, name, domain, created_at, id FROM companies;
DROP TABLE companies;
ALTER TABLE companies_6 RENAME TO companies;
CREATE TRIGGER companies_own_record AFTER INSERT ON companies WHEN new.record_id = '' BEGIN
  UPDATE companies SET record_id = id WHERE rowid = new.rowid;
END;
CREATE INDEX companies_by_domain ON companies (domain) WHERE domain IS NOT NULL;
CREATE INDEX companies_by_any_name ON companies (name COLLATE NOCASE);
CREATE INDEX companies_by_record ON companies (record_id);
CREATE INDEX companies_merged ON companies (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX companies_by_name ON companies (name COLLATE NOCASE, id) WHERE listed = 1;
CREATE INDEX companies_by_listed_domain ON companies (coalesce(domain, ''), id) WHERE listed = 1;
CREATE INDEX companies_by_created ON companies (created_at, id) WHERE listed = 1;
CREATE INDEX companies_by_owner ON companies (owner_id, name COLLATE NOCASE, id) WHERE listed = 1;
CREATE VIRTUAL TABLE companies_fts USING fts5(
  name, domain, content='companies', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3'
);
INSERT INTO companies_fts (companies_fts) VALUES ('rebuild');
CREATE TRIGGER companies_fts_insert AFTER INSERT ON companies BEGIN
  INSERT INTO companies_fts (rowid, name, domain) VALUES (new.rowid, new.name, new.domain);
END;
CREATE TRIGGER companies_fts_update AFTER UPDATE OF name, domain ON companies BEGIN
  INSERT INTO companies_fts (companies_fts, rowid, name, domain) VALUES ('delete', old.rowid, old.name, old.domain);
  INSERT INTO companies_fts (rowid, name, domain) VALUES (new.rowid, new.name, new.domain);
END;
CREATE TRIGGER companies_fts_delete AFTER DELETE ON companies BEGIN
  INSERT INTO companies_fts (companies_fts, rowid, name, domain) VALUES ('delete', old.rowid, old.name, old.domain);
END;

CREATE TABLE pipelines (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
-- outcome: open, won, lost. probability in percent.
CREATE TABLE stages (
  id TEXT PRIMARY KEY, pipeline_id TEXT NOT NULL, name TEXT NOT NULL, outcome TEXT NOT NULL,
  probability INTEGER NOT NULL, position INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX stages_by_pipeline ON stages (pipeline_id, position, id);
-- amount in the currency's smallest unit, currency by ISO 4217, close_date as 2026-11-21 or empty.
CREATE TABLE deals (
  id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', amount INTEGER, currency TEXT NOT NULL DEFAULT '', stage_id TEXT,
  close_date TEXT NOT NULL DEFAULT '', owner_id TEXT, company_id TEXT, notes TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX deals_by_name ON deals (name COLLATE NOCASE, id) WHERE removed_at IS NULL;
CREATE INDEX deals_by_close_date ON deals (close_date, id) WHERE removed_at IS NULL;
CREATE INDEX deals_by_created ON deals (created_at, id) WHERE removed_at IS NULL;
CREATE INDEX deals_by_stage ON deals (stage_id, close_date, id) WHERE removed_at IS NULL;
CREATE INDEX deals_by_owner ON deals (owner_id, close_date, id) WHERE removed_at IS NULL;
CREATE INDEX deals_by_company ON deals (company_id, close_date, id) WHERE removed_at IS NULL;
CREATE VIRTUAL TABLE deals_fts USING fts5(
  name, content='deals', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3'
);
CREATE TRIGGER deals_fts_insert AFTER INSERT ON deals BEGIN
  INSERT INTO deals_fts (rowid, name) VALUES (new.rowid, new.name);
END;
CREATE TRIGGER deals_fts_update AFTER UPDATE OF name ON deals BEGIN
  INSERT INTO deals_fts (deals_fts, rowid, name) VALUES ('delete', old.rowid, old.name);
  INSERT INTO deals_fts (rowid, name) VALUES (new.rowid, new.name);
END;
CREATE TRIGGER deals_fts_delete AFTER DELETE ON deals BEGIN
  INSERT INTO deals_fts (deals_fts, rowid, name) VALUES ('delete', old.rowid, old.name);
END;

-- A ticket may have no conversation.
ALTER TABLE tickets ALTER COLUMN thread_id DROP NOT NULL;
ALTER TABLE tickets ADD COLUMN removed_at INTEGER;
CREATE INDEX tickets_by_created ON tickets (created_at, id) WHERE removed_at IS NULL;
CREATE INDEX tickets_listed_number ON tickets (number, id) WHERE removed_at IS NULL;
CREATE INDEX tickets_by_subject ON tickets (subject COLLATE NOCASE, id) WHERE removed_at IS NULL;
CREATE INDEX tickets_by_status ON tickets (status, created_at, id) WHERE removed_at IS NULL;
CREATE INDEX tickets_by_owner ON tickets (owner_id, created_at, id) WHERE removed_at IS NULL;
CREATE VIRTUAL TABLE tickets_fts USING fts5(
  subject, content='tickets', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3'
);
INSERT INTO tickets_fts (tickets_fts) VALUES ('rebuild');
CREATE TRIGGER tickets_fts_insert AFTER INSERT ON tickets BEGIN
  INSERT INTO tickets_fts (rowid, subject) VALUES (new.rowid, new.subject);
END;
CREATE TRIGGER tickets_fts_update AFTER UPDATE OF subject ON tickets BEGIN
  INSERT INTO tickets_fts (tickets_fts, rowid, subject) VALUES ('delete', old.rowid, old.subject);
  INSERT INTO tickets_fts (rowid, subject) VALUES (new.rowid, new.subject);
END;
CREATE TRIGGER tickets_fts_delete AFTER DELETE ON tickets BEGIN
  INSERT INTO tickets_fts (tickets_fts, rowid, subject) VALUES ('delete', old.rowid, old.subject);
END;

-- A company's own properties. options: one a line.
CREATE TABLE properties (
  id TEXT PRIMARY KEY, record_type TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, options TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX properties_by_type ON properties (record_type, created_at, id);
-- of_id: the row (before merges) that it is the value of. The id follows from both.
CREATE TABLE property_values (
  id TEXT PRIMARY KEY, property_id TEXT NOT NULL, of_id TEXT NOT NULL, value ANY
) STRICT;
CREATE INDEX property_values_of ON property_values (of_id, property_id, value);
CREATE INDEX property_values_by_value ON property_values (property_id, value, of_id);

-- The ends in ascending order of "type:id"; types are those of records, and thread. The id follows from both ends.
CREATE TABLE associations (
  id TEXT PRIMARY KEY, a_type TEXT NOT NULL, a_id TEXT NOT NULL, b_type TEXT NOT NULL, b_id TEXT NOT NULL,
  created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX associations_a ON associations (a_id, a_type, removed_at);
CREATE INDEX associations_b ON associations (b_id, b_type, removed_at);

-- settings: the list's settings as JSON, one value that is changed as a whole. Without an owner it is everybody's.
CREATE TABLE record_views (
  id TEXT PRIMARY KEY, record_type TEXT NOT NULL, name TEXT NOT NULL, owner_id TEXT, settings TEXT NOT NULL,
  created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX record_views_by_type ON record_views (record_type, created_at, id);

-- "These are not the same": the two ids in ascending order; the id follows from both.
CREATE TABLE duplicate_dismissals (
  id TEXT PRIMARY KEY, record_type TEXT NOT NULL, a_id TEXT NOT NULL, b_id TEXT NOT NULL, created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE INDEX duplicate_dismissals_pair ON duplicate_dismissals (a_id, b_id);

-- This machine's own: what one command did, so that it can be taken back. Each step is a field that an op of the clock hlc
-- wrote, with its value before; the field "created" stands for a row that was made.
CREATE TABLE undos (
  id TEXT PRIMARY KEY, actor_id TEXT, at INTEGER NOT NULL, undone_at INTEGER
) STRICT;
CREATE TABLE undo_steps (
  undo_id TEXT NOT NULL REFERENCES undos ON DELETE CASCADE, position INTEGER NOT NULL,
  entity TEXT NOT NULL, entity_id TEXT NOT NULL, field TEXT NOT NULL, hlc TEXT NOT NULL, before_value ANY,
  PRIMARY KEY (undo_id, position)
) STRICT, WITHOUT ROWID;
`,
}
