import type { Migration } from './index.ts'

/** Meeting links, articles, quotes and videos. */
export const insertables: Migration = {
  version: 17,
  name: 'insertables',
  sql: `
-- url: an article's public address, a meeting link's or video's page, a document's own; '' for none.
-- Of a meeting link: minutes, where, who invites, when ("1 540-720;3 540-720": day of the week and minutes of the day
-- in time_zone), and how many hours before at the latest.
ALTER TABLE library_items ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE library_items ADD COLUMN duration INTEGER NOT NULL DEFAULT 0;
ALTER TABLE library_items ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE library_items ADD COLUMN organiser TEXT NOT NULL DEFAULT '';
ALTER TABLE library_items ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE library_items ADD COLUMN weekly TEXT NOT NULL DEFAULT '';
ALTER TABLE library_items ADD COLUMN notice INTEGER NOT NULL DEFAULT 0;
-- The times that were proposed, in ms, with blanks between them.
ALTER TABLE library_uses ADD COLUMN times TEXT NOT NULL DEFAULT '';
CREATE INDEX library_uses_with_times ON library_uses (item_id, at) WHERE times <> '';

-- The id is the entry's in library_items. series: '' on the machine that the workspace was made on, else the machine's
-- id; serial: counted from 1 within it, so that two machines never give out the same number.
-- Amounts in the currency's smallest unit, rates in thousandths of a percent, days as "2026-11-21".
CREATE TABLE quotes (
  id TEXT PRIMARY KEY, series TEXT NOT NULL, serial INTEGER NOT NULL, author_id TEXT, deal_id TEXT, contact_id TEXT,
  currency TEXT NOT NULL, discount_rate INTEGER NOT NULL DEFAULT 0, discount_amount INTEGER NOT NULL DEFAULT 0,
  seller TEXT NOT NULL DEFAULT '', customer TEXT NOT NULL DEFAULT '', issued_on TEXT NOT NULL,
  valid_until TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT 'en', state TEXT NOT NULL,
  state_at INTEGER NOT NULL, pdf_hash TEXT, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX quotes_by_number ON quotes (series, serial);
CREATE INDEX quotes_by_deal ON quotes (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX quotes_by_contact ON quotes (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX quotes_by_author ON quotes (author_id, created_at);
CREATE INDEX quotes_by_pdf ON quotes (pdf_hash) WHERE pdf_hash IS NOT NULL;

-- quantity in thousandths.
CREATE TABLE quote_lines (
  id TEXT PRIMARY KEY, quote_id TEXT NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL, quantity INTEGER NOT NULL,
  price INTEGER NOT NULL, discount INTEGER NOT NULL, tax INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX quote_lines_by_quote ON quote_lines (quote_id, position, id) WHERE removed_at IS NULL;
`,
}
