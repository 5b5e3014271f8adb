import type { ReadableDb } from '../statements.ts'

/** Where things lie, which decides who may hear of them (A1). */

/**
 * The inbox of each thing of a kind among some ids, null for logged personal mail, which everyone sees on its records;
 * those that are not there are not in it.
 */
export function inboxesOf(
  db: ReadableDb,
  entity: 'threads' | 'messages' | 'comments' | 'tickets' | 'refusedMail',
  ids: readonly string[],
): Map<string, string | null> {
  const sql = {
    threads: 'SELECT id, inbox_id FROM threads WHERE id IN (SELECT value FROM json_each(?))',
    messages: `SELECT m.id, t.inbox_id FROM messages m JOIN threads t ON t.id = m.thread_id
      WHERE m.id IN (SELECT value FROM json_each(?))`,
    comments: `SELECT c.id, t.inbox_id FROM comments c JOIN threads t ON t.id = c.thread_id
      WHERE c.id IN (SELECT value FROM json_each(?))`,
    tickets: `SELECT k.id, t.inbox_id FROM tickets k JOIN threads t ON t.id = k.thread_id
      WHERE k.id IN (SELECT value FROM json_each(?))`,
    refusedMail: 'SELECT id, inbox_id FROM refused_mail WHERE id IN (SELECT value FROM json_each(?))',
  }[entity]
  const rows = db.all<{ id: string; inbox_id: string | null }>(sql, [JSON.stringify(ids)])
  return new Map(rows.map((row) => [row.id, row.inbox_id]))
}

type Home = { id: string; inbox_id: string | null; user_id: string | null }

/** The inbox or owner of each channel among some ids, or of the channel that each outbox item leaves by. */
export function homesOf(
  db: ReadableDb,
  entity: 'channels' | 'outbox',
  ids: readonly string[],
): Map<string, Home> {
  const sql = {
    channels: 'SELECT id, inbox_id, user_id FROM channels WHERE id IN (SELECT value FROM json_each(?))',
    outbox: `SELECT o.id, c.inbox_id, c.user_id FROM outbox o JOIN channels c ON c.id = o.channel_id
      WHERE o.id IN (SELECT value FROM json_each(?))`,
  }[entity]
  return new Map(db.all<Home>(sql, [JSON.stringify(ids)]).map((row) => [row.id, row]))
}

/** Whose each draft among some ids is. */
export const writersOf = (db: ReadableDb, ids: readonly string[]): Map<string, string> =>
  new Map(
    db
      .all<{ id: string; user_id: string }>(
        'SELECT id, user_id FROM drafts WHERE id IN (SELECT value FROM json_each(?))',
        [JSON.stringify(ids)],
      )
      .map((row) => [row.id, row.user_id]),
  )
