import type { Migration } from './index.ts'

/**
 * A table of marks on threads: tags, followers. It repeats what of the thread decides about its place in a list, so that the
 * list of one mark walks one index, however many threads have it. Triggers keep it so, whoever changes a thread.
 */
const marks = (table: string, mark: string): string => `
CREATE TABLE ${table} (
  thread_id TEXT NOT NULL, ${mark} TEXT NOT NULL,
  inbox_id TEXT, listed_as TEXT NOT NULL DEFAULT '', sort_at INTEGER NOT NULL DEFAULT 0, unread INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (thread_id, ${mark})
) STRICT, WITHOUT ROWID;
CREATE INDEX ${table}_listed ON ${table} (${mark}, inbox_id, listed_as, sort_at, thread_id);
CREATE INDEX ${table}_unread ON ${table} (${mark}, inbox_id, listed_as) WHERE unread = 1;
CREATE TRIGGER ${table}_insert AFTER INSERT ON ${table} BEGIN
  UPDATE ${table} SET (inbox_id, listed_as, sort_at, unread) =
    (SELECT t.inbox_id, t.listed_as, t.sort_at, t.unread_count > 0 FROM threads t WHERE t.id = new.thread_id)
  WHERE thread_id = new.thread_id AND ${mark} = new.${mark} AND EXISTS (SELECT 1 FROM threads WHERE id = new.thread_id);
END;
CREATE TRIGGER ${table}_of_thread AFTER UPDATE ON threads
  WHEN old.inbox_id IS NOT new.inbox_id OR old.listed_as IS NOT new.listed_as OR old.sort_at <> new.sort_at
    OR (old.unread_count > 0) <> (new.unread_count > 0)
BEGIN
  UPDATE ${table} SET inbox_id = new.inbox_id, listed_as = new.listed_as, sort_at = new.sort_at,
    unread = new.unread_count > 0 WHERE thread_id = new.id;
END;
CREATE TRIGGER ${table}_gone AFTER DELETE ON threads BEGIN DELETE FROM ${table} WHERE thread_id = old.id; END;
`

/** A thread's priority as lists show it: its ticket's, else its own; NULL for medium, which is not worth a mark. */
const refreshPriority = (id: string): string => `
  UPDATE threads SET priority_shown = nullif(coalesce((SELECT k.priority FROM tickets k
    WHERE k.thread_id = threads.id AND k.removed_at IS NULL ORDER BY k.number, k.id LIMIT 1), priority), 'medium')
  WHERE id = ${id};`

/** Tags, priority, followers, views of one’s own. */
export const organising: Migration = {
  version: 15,
  name: 'organising',
  sql: `
-- removed_at: no conversation shows it any more. A tag that is made again by its name is the same one.
CREATE TABLE tags (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, color TEXT NOT NULL, created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
${marks('thread_tags', 'tag_id')}
${marks('thread_followers', 'user_id')}
-- Set by ops where the thread has no ticket; NULL stands for medium. What is shown follows from it and from the ticket.
ALTER TABLE threads ADD COLUMN priority TEXT;
ALTER TABLE threads ADD COLUMN priority_shown TEXT;
ALTER TABLE threads ADD COLUMN sender_domain TEXT GENERATED ALWAYS AS
  (lower(substr(sender_address, instr(sender_address, '@') + 1))) VIRTUAL;
UPDATE threads SET priority_shown = (SELECT nullif(k.priority, 'medium') FROM tickets k
    WHERE k.thread_id = threads.id AND k.removed_at IS NULL ORDER BY k.number, k.id LIMIT 1)
  WHERE id IN (SELECT thread_id FROM tickets WHERE priority <> 'medium');
CREATE TRIGGER threads_priority AFTER UPDATE OF priority ON threads BEGIN ${refreshPriority('new.id')} END;
CREATE TRIGGER threads_new_priority AFTER INSERT ON threads
  WHEN EXISTS (SELECT 1 FROM tickets WHERE thread_id = new.id) BEGIN ${refreshPriority('new.id')} END;
CREATE TRIGGER tickets_priority_insert AFTER INSERT ON tickets WHEN new.thread_id IS NOT NULL BEGIN
  ${refreshPriority('new.thread_id')} END;
CREATE TRIGGER tickets_priority_update AFTER UPDATE OF priority, thread_id, removed_at, number ON tickets BEGIN
  ${refreshPriority('new.thread_id')} ${refreshPriority('old.thread_id')} END;
CREATE INDEX threads_by_team ON threads (team_id, inbox_id, listed_as, sort_at, id) WHERE team_id IS NOT NULL;
CREATE INDEX threads_by_priority ON threads (priority_shown, inbox_id, listed_as, sort_at, id)
  WHERE priority_shown IS NOT NULL;
CREATE INDEX threads_by_domain ON threads (sender_domain, inbox_id, listed_as, sort_at, id);
-- What it asks for is one value (contract: ThreadViewSettings), as JSON; owner_id NULL: everybody's.
CREATE TABLE thread_views (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, owner_id TEXT, settings TEXT NOT NULL, position REAL NOT NULL,
  created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
`,
}
