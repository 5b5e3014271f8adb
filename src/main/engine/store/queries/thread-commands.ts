import type { ReadableDb } from '../statements.ts'

/**
 * The inbound messages of a thread whose `seen` a command has to change: all unread ones to mark it read; the newest,
 * unless that is unread already, to mark it unread.
 */
export const flaggableMessages = (
  db: ReadableDb,
  threadId: string,
  read: boolean,
): { rowid: number; id: string; channel_id: string }[] =>
  read
    ? db.all(
        `SELECT rowid, id, channel_id FROM messages INDEXED BY messages_by_thread
         WHERE thread_id = ? AND direction = 'in' AND seen = 0 ORDER BY rowid`,
        [threadId],
      )
    : db
        .all<{ rowid: number; id: string; channel_id: string; seen: number }>(
          `SELECT rowid, id, channel_id, seen FROM messages INDEXED BY messages_by_thread
           WHERE thread_id = ? AND direction = 'in' ORDER BY rowid DESC LIMIT 1`,
          [threadId],
        )
        .filter((row) => row.seen === 1)
