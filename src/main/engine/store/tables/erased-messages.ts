import type { BlobHash, Blobs } from '../blobs.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'
import { deleteMessage } from './messages.ts'

/** Everything of a message that lies in the segment files. */
const hashesOf = (db: ReadableDb, rowid: number): BlobHash[] =>
  db
    .all<{ hash: BlobHash | null }>(
      `SELECT raw_hash AS hash FROM messages WHERE rowid = ?1 UNION SELECT html_hash FROM messages WHERE rowid = ?1
       UNION SELECT hash FROM attachments WHERE message_rowid = ?1`,
      [rowid],
    )
    .flatMap(({ hash }) => (hash === null ? [] : [hash]))

/** Whether anything still needs the bytes: the same file may have come with other mail, or lie in a draft. */
const isNeeded = (db: ReadableDb, hash: BlobHash): boolean =>
  db.get(
    `SELECT 1 FROM messages WHERE raw_hash = ?1 OR html_hash = ?1
     UNION ALL SELECT 1 FROM attachments WHERE hash = ?1
     UNION ALL SELECT 1 FROM draft_attachments WHERE hash = ?1
     UNION ALL SELECT 1 FROM outbox WHERE raw_hash = ?1
     UNION ALL SELECT 1 FROM remote_messages WHERE raw_hash = ?1
     UNION ALL SELECT 1 FROM received_mail WHERE raw_hash = ?1
     UNION ALL SELECT 1 FROM refused_mail WHERE raw_hash = ?1 LIMIT 1`,
    [hash],
  ) !== undefined

/**
 * Deletes a message for good, its text and index with it, and overwrites its bytes where nothing else needs them. The
 * people it was counted for are counted down.
 */
export function eraseMessage(db: WritableDb, blobs: Blobs, rowid: number): void {
  const hashes = hashesOf(db, rowid)
  db.run(
    `UPDATE contacts SET message_count = max(0, message_count - 1)
     WHERE id IN (SELECT contact_id FROM messages WHERE rowid = ?1 AND direction = 'in')
        OR (address IN (SELECT address FROM message_recipients WHERE message_rowid = ?1 AND kind <> 'reply_to')
            AND EXISTS (SELECT 1 FROM messages WHERE rowid = ?1 AND direction = 'out'))`,
    [rowid],
  )
  deleteMessage(db, rowid)
  for (const hash of hashes) if (!isNeeded(db, hash)) blobs.erase(db, hash)
}
