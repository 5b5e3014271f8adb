import type { ReadableDb, WritableDb } from '../statements.ts'

/** Messages with attachments that a scanner still holds back, and when they are looked for again (E2). */
export type HeldBackRow = { message_rowid: number; attempts: number; retry_at: number }

export const noteHeldBack = (db: WritableDb, messageRowid: number, retryAt: number): void => {
  db.run('INSERT OR REPLACE INTO held_back_messages (message_rowid, attempts, retry_at) VALUES (?, 0, ?)', [
    messageRowid,
    retryAt,
  ])
}

/** Those of a channel that are due, the longest waiting first. */
export const dueHeldBack = (db: ReadableDb, channelId: string, now: number): HeldBackRow[] =>
  db.all<HeldBackRow>(
    `SELECT h.* FROM held_back_messages h INDEXED BY held_back_messages_due JOIN messages m ON m.rowid = h.message_rowid
     WHERE h.retry_at <= ? AND m.channel_id = ? ORDER BY h.retry_at LIMIT 20`,
    [now, channelId],
  )

/** When the next one of a channel is due, or null. */
export const nextHeldBack = (db: ReadableDb, channelId: string): number | null =>
  db.get<{ at: number | null }>(
    `SELECT min(h.retry_at) AS at FROM held_back_messages h JOIN messages m ON m.rowid = h.message_rowid
     WHERE m.channel_id = ?`,
    [channelId],
  )!.at

export const delayHeldBack = (
  db: WritableDb,
  messageRowid: number,
  attempts: number,
  retryAt: number,
): void => {
  db.run('UPDATE held_back_messages SET attempts = ?, retry_at = ? WHERE message_rowid = ?', [
    attempts,
    retryAt,
    messageRowid,
  ])
}

/** It is not looked for any more; its attachment stays shown as held back. */
export const giveUpHeldBack = (db: WritableDb, messageRowid: number): void => {
  db.run('DELETE FROM held_back_messages WHERE message_rowid = ?', [messageRowid])
}

/** Whether a message has an attachment that is held back. */
export const isHeldBack = (db: ReadableDb, messageRowid: number): boolean =>
  db.get('SELECT 1 FROM attachments WHERE message_rowid = ? AND held_back IS NOT NULL LIMIT 1', [
    messageRowid,
  ]) !== undefined

/** What answers the message, or is to, goes on answering it under its new id. */
export function replaceSource(db: WritableDb, oldId: string, newId: string): void {
  db.run('UPDATE drafts SET source_message_id = ?2 WHERE source_message_id = ?1', [oldId, newId])
  db.run('UPDATE outbox SET source_message_id = ?2 WHERE source_message_id = ?1', [oldId, newId])
}
