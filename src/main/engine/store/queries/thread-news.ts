import type { ReadableDb } from '../statements.ts'
import type { DraftRow } from '../tables/drafts.ts'
import type { MessageRow } from './messages.ts'

/** As many as are shown one by one. */
const SHOWN = 20
/** Whoever took part further back than that counts as new. */
const MESSAGES_LOOKED_AT = 500

export type NewsRow = Pick<
  MessageRow,
  'id' | 'direction' | 'from_name' | 'from_address' | 'snippet' | 'sort_at'
>

/** The newest message of a thread; 0 of an empty one. */
export const newestRowid = (db: ReadableDb, threadId: string): number =>
  db.get<{ rowid: number | null }>(
    'SELECT max(rowid) AS rowid FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?',
    [threadId],
  )?.rowid ?? 0

/**
 * What came into a draft's thread since it was begun, newest first, at most 20: mail of either side, but not what the
 * draft's own writer sent, nor absence notes and receipts, which answer nothing.
 */
export const newsSince = (
  db: ReadableDb,
  draft: Pick<DraftRow, 'user_id' | 'thread_id' | 'begun_rowid'>,
): NewsRow[] =>
  draft.thread_id === null || draft.begun_rowid === null
    ? []
    : db.all<NewsRow>(
        `SELECT m.id, m.direction, m.from_name, m.from_address, m.snippet, m.sort_at
         FROM messages m INDEXED BY messages_by_thread
         WHERE m.thread_id = ? AND m.rowid > ? AND (m.automatic IS NULL OR m.automatic NOT IN ('auto_reply', 'receipt'))
           AND (m.direction = 'in' OR NOT EXISTS (SELECT 1 FROM outbox o INDEXED BY outbox_by_message_id
             WHERE o.channel_id = m.channel_id AND o.message_id = m.message_id AND o.author_id = ?))
         ORDER BY m.rowid DESC LIMIT ?`,
        [draft.thread_id, draft.begun_rowid, draft.user_id, SHOWN],
      )

const OF_OTHERS = `(m.automatic IS NULL OR m.automatic NOT IN ('auto_reply', 'receipt'))
  AND (m.direction = 'in' OR NOT EXISTS (SELECT 1 FROM outbox o INDEXED BY outbox_by_message_id
    WHERE o.channel_id = m.channel_id AND o.message_id = m.message_id AND o.author_id IS ?))`

/**
 * How many messages a thread has that answer something and are not of one writer. Counted, because mail can come late,
 * with a date before what is here already.
 */
export const countOfOthers = (db: ReadableDb, threadId: string, writer: string | null): number =>
  db.get<{ n: number }>(
    `SELECT count(*) AS n FROM messages m INDEXED BY messages_by_thread WHERE m.thread_id = ? AND ${OF_OTHERS}`,
    [threadId, writer],
  )!.n

/** The newest of them by arrival here. */
export const newestOfOthers = (
  db: ReadableDb,
  threadId: string,
  writer: string | null,
): NewsRow | undefined =>
  db.get<NewsRow>(
    `SELECT m.id, m.direction, m.from_name, m.from_address, m.snippet, m.sort_at
     FROM messages m INDEXED BY messages_by_thread WHERE m.thread_id = ? AND ${OF_OTHERS}
     ORDER BY m.rowid DESC LIMIT 1`,
    [threadId, writer],
  )

/** The senders of a thread's newest messages. */
export const sendersOfThread = (
  db: ReadableDb,
  threadId: string,
): { rowid: number; from_address: string }[] =>
  db.all(
    `SELECT rowid, from_address FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?
     ORDER BY rowid DESC LIMIT ?`,
    [threadId, MESSAGES_LOOKED_AT],
  )
