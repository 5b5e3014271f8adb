import type { BlobHash } from '../blobs.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

export type RefusedRow = {
  id: string
  channel_id: string
  inbox_id: string
  at: number
  from_address: string
  to_address: string
  subject: string
  size: number
  state: 'refused' | 'quarantined' | 'released'
  reason: string
  client: string
  raw_hash: BlobHash | null
  thread_id: string | null
}

/** Rows that one inbox keeps: somebody who hammers at the door must not fill the disk. Quarantined mail is never dropped. */
const KEPT = 5000

export function insertRefused(db: WritableDb, row: Omit<RefusedRow, 'thread_id'>): void {
  db.run(
    `INSERT INTO refused_mail (id, channel_id, inbox_id, at, from_address, to_address, subject, size, state, reason, client, raw_hash)
     VALUES (@id, @channel_id, @inbox_id, @at, @from_address, @to_address, @subject, @size, @state, @reason, @client, @raw_hash)`,
    row,
  )
  const old = db.all<{ id: string }>(
    `SELECT id FROM refused_mail INDEXED BY refused_mail_by_inbox WHERE inbox_id = ? ORDER BY at DESC, id DESC LIMIT 50 OFFSET ${KEPT}`,
    [row.inbox_id],
  )
  for (const { id } of old) {
    const gone = db.run(`DELETE FROM refused_mail WHERE id = ? AND state = 'refused'`, [id]).changes > 0
    if (gone) db.run('DELETE FROM mail_checks WHERE mail_id = ?', [id])
  }
}

export const refusedById = (db: ReadableDb, id: string): RefusedRow | undefined =>
  db.get<RefusedRow>('SELECT * FROM refused_mail WHERE id = ?', [id])

export const refusedPageSql = `SELECT * FROM refused_mail INDEXED BY refused_mail_by_inbox
  WHERE inbox_id = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`

/** What an inbox refused or put aside, the newest first. */
export const refusedPage = (
  db: ReadableDb,
  options: { inboxId: string; after: { at: number; id: string }; limit: number },
): RefusedRow[] =>
  db.all<RefusedRow>(refusedPageSql, [options.inboxId, options.after.at, options.after.id, options.limit])
