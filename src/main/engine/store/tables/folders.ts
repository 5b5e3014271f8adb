import type { ReadableDb, WritableDb } from '../statements.ts'

export type FolderRow = {
  id: number
  channel_id: string
  path: string
  role: 'inbox' | 'sent' | 'junk' | 'other'
  uid_validity: string | null
  /** The mod-sequence of the last finished pass; "0" where the server has none, null while there was no such pass. */
  highest_modseq: string | null
  /** UIDNEXT of the last finished pass: what has a higher UID came later. Null like the one above. */
  next_uid: number | null
  server_count: number | null
  gone_at: number | null
}

export const foldersOf = (db: ReadableDb, channelId: string): FolderRow[] =>
  db.all<FolderRow>('SELECT * FROM folders WHERE channel_id = ? ORDER BY id', [channelId])

/** Makes the folder known (again): a path that had gone and is back goes on where it was. */
export function upsertFolder(
  db: WritableDb,
  channelId: string,
  path: string,
  role: FolderRow['role'],
): FolderRow {
  db.run(
    `INSERT INTO folders (channel_id, path, role) VALUES (?, ?, ?)
     ON CONFLICT (channel_id, path) DO UPDATE SET role = excluded.role, gone_at = NULL`,
    [channelId, path, role],
  )
  return db.get<FolderRow>('SELECT * FROM folders WHERE channel_id = ? AND path = ?', [channelId, path])!
}

/** Marks a folder as renamed or deleted on the server; its history stays (fault 11). */
export const markFolderGone = (db: WritableDb, id: number, at: number): void => {
  db.run('UPDATE folders SET gone_at = ? WHERE id = ? AND gone_at IS NULL', [at, id])
}

export const setServerCount = (db: WritableDb, id: number, count: number): boolean =>
  db.run('UPDATE folders SET server_count = ?1 WHERE id = ?2 AND server_count IS NOT ?1', [count, id])
    .changes > 0

/** The checkpoint of a finished pass: what it saw is here, what comes later has a higher UID or mod-sequence. */
export function setFolderCursor(
  db: WritableDb,
  id: number,
  cursor: { uidValidity: string | null; highestModseq: string | null; nextUid: number | null },
): void {
  db.run('UPDATE folders SET uid_validity = ?, highest_modseq = ?, next_uid = ? WHERE id = ?', [
    cursor.uidValidity,
    cursor.highestModseq,
    cursor.nextUid,
    id,
  ])
}
