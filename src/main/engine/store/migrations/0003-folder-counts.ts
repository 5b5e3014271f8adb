import type { Migration } from './index.ts'

/** How many messages of a folder are here, kept as they come and go: counting them took longer with every message. */
export const folderCounts: Migration = {
  version: 3,
  name: 'folder-counts',
  sql: `
-- Rows of remote_messages of the folder that have not vanished from the server.
ALTER TABLE folders ADD COLUMN local_count INTEGER NOT NULL DEFAULT 0;
UPDATE folders SET local_count =
  (SELECT count(*) FROM remote_messages r WHERE r.folder_id = folders.id AND r.vanished_at IS NULL);
CREATE TRIGGER folder_counts_insert AFTER INSERT ON remote_messages WHEN new.vanished_at IS NULL BEGIN
  UPDATE folders SET local_count = local_count + 1 WHERE id = new.folder_id;
END;
CREATE TRIGGER folder_counts_update AFTER UPDATE OF vanished_at ON remote_messages
WHEN (old.vanished_at IS NULL) <> (new.vanished_at IS NULL) BEGIN
  UPDATE folders SET local_count = local_count + iif(new.vanished_at IS NULL, 1, -1) WHERE id = new.folder_id;
END;
CREATE TRIGGER folder_counts_delete AFTER DELETE ON remote_messages WHEN old.vanished_at IS NULL BEGIN
  UPDATE folders SET local_count = local_count - 1 WHERE id = old.folder_id;
END;
`,
}
