import type { Migration } from './index.ts'

/** Records from files: this machine's own, what an import changed is in the ops. */
export const imports: Migration = {
  version: 11,
  name: 'imports',
  sql: `
-- done: rows that the step in progress has got to, kept with what it did to them, so that a killed engine goes on there.
CREATE TABLE imports (
  id TEXT PRIMARY KEY, actor_id TEXT NOT NULL, record_type TEXT NOT NULL, file_name TEXT NOT NULL,
  format TEXT NOT NULL, encoding TEXT NOT NULL, delimiter TEXT NOT NULL, state TEXT NOT NULL,
  existing TEXT NOT NULL DEFAULT 'fill_empty', total INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0, same INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0, noted INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
  problem TEXT, created_at INTEGER NOT NULL, undo_actor_id TEXT
) STRICT;
CREATE INDEX imports_by_time ON imports (created_at, id);
-- samples: one a line. mapped: the key of the property that the column is, or null.
CREATE TABLE import_columns (
  import_id TEXT NOT NULL REFERENCES imports ON DELETE CASCADE, position INTEGER NOT NULL,
  heading TEXT NOT NULL, samples TEXT NOT NULL, date_order TEXT, proposed TEXT, mapped TEXT,
  PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;
-- noted: 1 where something of the row is left out.
CREATE TABLE import_rows (
  import_id TEXT NOT NULL REFERENCES imports ON DELETE CASCADE, row INTEGER NOT NULL,
  verdict TEXT NOT NULL, text TEXT NOT NULL, name TEXT NOT NULL, noted INTEGER NOT NULL DEFAULT 0, record_id TEXT,
  PRIMARY KEY (import_id, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_rows_by_verdict ON import_rows (import_id, verdict, row);
-- What may stand in a file once (an address, a domain): the row that it stands in first.
CREATE TABLE import_keys (
  import_id TEXT NOT NULL REFERENCES imports ON DELETE CASCADE, key TEXT NOT NULL, row INTEGER NOT NULL,
  PRIMARY KEY (import_id, key)
) STRICT, WITHOUT ROWID;
-- What each batch is taken back with, in the order in which they were done.
CREATE TABLE import_undos (
  import_id TEXT NOT NULL REFERENCES imports ON DELETE CASCADE, position INTEGER NOT NULL, undo_id TEXT NOT NULL,
  PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;
`,
}
