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

export type ActivityHome = {
  id: string
  /** The inbox of the conversation of the ticket that it lies on; null for what lies on anything else. */
  inbox_id: string | null
  /** Of a task without a record: the two who have to do with it. */
  author_id: string | null
  assignee_id: string | null
}

/** Where each note, call or task among some ids lies. */
export const homesOfActivities = (db: ReadableDb, ids: readonly string[]): Map<string, ActivityHome> =>
  new Map(
    db
      .all<ActivityHome>(
        `WITH named AS MATERIALIZED (SELECT value AS id FROM json_each(?)),
         activities AS (
           SELECT id, record_type, record_id, NULL AS author_id, NULL AS assignee_id FROM notes WHERE id IN named
           UNION ALL SELECT id, record_type, record_id, NULL, NULL FROM calls WHERE id IN named
           UNION ALL SELECT id, record_type, record_id, iif(record_id IS NULL, author_id, NULL),
             iif(record_id IS NULL, assignee_id, NULL) FROM tasks WHERE id IN named)
         SELECT a.id, t.inbox_id, a.author_id, a.assignee_id FROM activities a
           LEFT JOIN tickets k ON a.record_type = 'ticket' AND k.id = a.record_id
           LEFT JOIN threads t ON t.id = k.thread_id`,
        [JSON.stringify(ids)],
      )
      .map((row) => [row.id, row]),
  )

/** The conversation of the ticket that a note, call or task lies on; null for what lies on anything else. */
export const threadOfActivity = (
  db: ReadableDb,
  entity: 'note' | 'call' | 'task',
  id: string,
): string | null =>
  db.get<{ thread_id: string | null }>(
    `SELECT k.thread_id FROM ${{ note: 'notes', call: 'calls', task: 'tasks' }[entity]} a
     JOIN tickets k ON k.id = a.record_id WHERE a.id = ? AND a.record_type = 'ticket'`,
    [id],
  )?.thread_id ?? null
