import type { WritableDb } from '../statements.ts'
import { deleteMessage } from './messages.ts'

export type RemoteCopy = { folder_id: number; uid: number; internal_date: number }

/** Where the copies of a message lie on the server. */
export const copiesOf = (db: Pick<WritableDb, 'all'>, messageRowid: number): RemoteCopy[] =>
  db.all<RemoteCopy>(
    `SELECT folder_id, uid, internal_date FROM remote_messages INDEXED BY remote_messages_message
     WHERE message_rowid = ? ORDER BY folder_id, uid`,
    [messageRowid],
  )

/**
 * Takes a message out, to be ingested again from its raw bytes. Its copies on the server become unfinished: were the
 * process to end here, the next sync would ingest them.
 */
export function takeOutForRetry(db: WritableDb, messageRowid: number): void {
  db.run(
    `UPDATE remote_messages SET state = 'raw', message_rowid = NULL, raw_hash = coalesce(raw_hash, (SELECT raw_hash FROM messages WHERE rowid = ?1))
     WHERE message_rowid = ?1`,
    [messageRowid],
  )
  deleteMessage(db, messageRowid)
}

/** The folders and UIDs under which a message still lies on the server. */
export const copyPlaces = (
  db: Pick<WritableDb, 'all'>,
  messageRowid: number,
): { path: string; uid: number }[] =>
  db.all(
    `SELECT f.path, r.uid FROM remote_messages r INDEXED BY remote_messages_message JOIN folders f ON f.id = r.folder_id
     WHERE r.message_rowid = ? AND r.vanished_at IS NULL AND f.gone_at IS NULL ORDER BY f.role = 'inbox' DESC, r.uid`,
    [messageRowid],
  )
