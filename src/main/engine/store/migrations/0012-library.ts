import type { Migration } from './index.ts'

/** What composers insert: templates, snippets and documents, and how often each was used. */
export const library: Migration = {
  version: 12,
  name: 'library',
  sql: `
-- owner_id: only that user's. team_id: only that team's. Neither: everyone's. folder: '' for none.
-- hash: of a document's bytes, in hexadecimal, as ops carry text.
CREATE TABLE library_items (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL DEFAULT '',
  content TEXT NOT NULL DEFAULT '', shortcut TEXT NOT NULL DEFAULT '', folder TEXT NOT NULL DEFAULT '',
  owner_id TEXT, team_id TEXT, author_id TEXT, mime_type TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0, hash TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL DEFAULT 0,
  removed_at INTEGER
) STRICT;
CREATE INDEX library_items_by_name ON library_items (name COLLATE NOCASE, id) WHERE removed_at IS NULL;
CREATE INDEX library_items_by_folder ON library_items (folder, name COLLATE NOCASE, id) WHERE removed_at IS NULL;
CREATE INDEX library_items_by_shortcut ON library_items (shortcut) WHERE removed_at IS NULL AND shortcut <> '';
-- One row each time one was inserted.
CREATE TABLE library_uses (
  id TEXT PRIMARY KEY, item_id TEXT NOT NULL, user_id TEXT, at INTEGER NOT NULL
) STRICT;
CREATE INDEX library_uses_by_item ON library_uses (item_id, at);
`,
}
