import type { ReadableDb, WritableDb } from '../statements.ts'

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

/** Senders of a thread that are looked at; a conversation of more is nobody's alone. */
const SENDERS_LOOKED_AT = 200

/** Who wrote in a conversation to us, each once: of its newest messages. */
export const inboundSenders = (db: ReadableDb, threadId: string): string[] => [
  ...new Set(
    db
      .all<{ from_address: string }>(
        `SELECT from_address FROM messages INDEXED BY messages_by_thread
         WHERE thread_id = ? AND direction = 'in' ORDER BY rowid DESC LIMIT ?`,
        [threadId, SENDERS_LOOKED_AT],
      )
      .map((row) => row.from_address),
  ),
]

/** Inbound messages of a conversation whose sender is no contact. */
export const strangersIn = (
  db: ReadableDb,
  threadId: string,
): {
  rowid: number
  id: string
  from_name: string
  from_address: string
  sort_at: number
  automatic: string | null
}[] =>
  db.all(
    `SELECT rowid, id, from_name, from_address, sort_at, automatic FROM messages INDEXED BY messages_by_thread
     WHERE thread_id = ? AND direction = 'in' AND contact_id IS NULL ORDER BY rowid`,
    [threadId],
  )

export const setSenderContact = (db: WritableDb, rowid: number, contactId: string): void => {
  db.run('UPDATE messages SET contact_id = ? WHERE rowid = ?', [contactId, rowid])
}
