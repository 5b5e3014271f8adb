import type { BlobHash, Blobs } from '../blobs.ts'
import { refreshRecordTotals } from '../record-totals.ts'
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

/** Deletes a message, its text and index with it; the people it was counted for are counted down. Its bytes stay. */
export function forgetMessage(db: WritableDb, rowid: number): void {
  const counted = db.all<{ id: string; record_id: string }>(
    `SELECT id, record_id FROM contacts
     WHERE id IN (SELECT contact_id FROM messages WHERE rowid = ?1 AND direction = 'in')
     UNION SELECT c.id, c.record_id FROM message_recipients r JOIN contacts c ON c.address = r.address
     WHERE r.message_rowid = ?1 AND r.kind <> 'reply_to'
       AND EXISTS (SELECT 1 FROM messages WHERE rowid = ?1 AND direction = 'out')`,
    [rowid],
  )
  for (const { id } of counted)
    db.run('UPDATE contacts SET message_count = max(0, message_count - 1) WHERE id = ?', [id])
  for (const record of new Set(counted.map(({ record_id }) => record_id)))
    refreshRecordTotals(db, 'contacts', record)
  deleteMessage(db, rowid)
}

/** The same for good: its bytes are overwritten where nothing else needs them. */
export function eraseMessage(db: WritableDb, blobs: Blobs, rowid: number): void {
  const hashes = hashesOf(db, rowid)
  forgetMessage(db, rowid)
  for (const hash of hashes) if (!isNeeded(db, hash)) blobs.erase(db, hash)
}
