import type { BlobHash } from '../blobs.ts'
import { marks, type ReadableDb, type WritableDb } from '../statements.ts'

export type RemoteMessageRow = {
  folder_id: number
  uid: number
  state: 'raw' | 'ingested' | 'set_aside' | 'too_large'
  raw_hash: BlobHash | null
  internal_date: number
  size: number
  seen: number
  answered: number
  message_rowid: number | null
  attempts: number
  problem: string | null
  vanished_at: number | null
}

/** Every UID known of a folder, as a set: what is not in it is fetched. */
export const knownUids = (db: ReadableDb, folderId: number): Set<number> =>
  new Set(
    db
      .all<{ uid: number }>('SELECT uid FROM remote_messages WHERE folder_id = ?', [folderId])
      .map((row) => row.uid),
  )

export const maxUid = (db: ReadableDb, folderId: number): number =>
  db.get<{ uid: number | null }>('SELECT max(uid) AS uid FROM remote_messages WHERE folder_id = ?', [
    folderId,
  ])!.uid ?? 0

/** How many messages of the folder are here and, as far as known, still on the server. */
export const localCount = (db: ReadableDb, folderId: number): number =>
  db.get<{ n: number }>(
    'SELECT count(*) AS n FROM remote_messages WHERE folder_id = ? AND vanished_at IS NULL',
    [folderId],
  )!.n

export function insertRemoteMessage(
  db: WritableDb,
  row: Omit<RemoteMessageRow, 'message_rowid' | 'attempts' | 'vanished_at'> & { attempts?: number },
): void {
  db.run(
    `INSERT INTO remote_messages (folder_id, uid, state, raw_hash, internal_date, size, seen, answered, attempts, problem)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (folder_id, uid) DO UPDATE SET state = excluded.state, raw_hash = excluded.raw_hash,
       internal_date = excluded.internal_date, size = excluded.size, seen = excluded.seen, answered = excluded.answered,
       attempts = excluded.attempts, problem = excluded.problem, vanished_at = NULL`,
    [
      row.folder_id,
      row.uid,
      row.state,
      row.raw_hash,
      row.internal_date,
      row.size,
      row.seen,
      row.answered,
      row.attempts ?? 0,
      row.problem,
    ],
  )
}

/** Messages whose bytes are safe but which are not ingested yet, newest first: what a killed run left. */
export const unfinished = (db: ReadableDb, folderId: number, limit: number): RemoteMessageRow[] =>
  db.all<RemoteMessageRow>(
    `SELECT * FROM remote_messages WHERE folder_id = ? AND state = 'raw' ORDER BY uid DESC LIMIT ?`,
    [folderId, limit],
  )

export function markIngested(db: WritableDb, folderId: number, uid: number, messageRowid: number): void {
  db.run(
    `UPDATE remote_messages SET state = 'ingested', message_rowid = ?, problem = NULL WHERE folder_id = ? AND uid = ?`,
    [messageRowid, folderId, uid],
  )
}

/** Notes a failed try; at the third the message is set aside (fault 14). Returns whether it was. */
export function noteFailure(db: WritableDb, folderId: number, uid: number, problem: string): boolean {
  const row = db.get<{ attempts: number }>(
    'UPDATE remote_messages SET attempts = attempts + 1, problem = ? WHERE folder_id = ? AND uid = ? RETURNING attempts',
    [problem, folderId, uid],
  )
  if (!row || row.attempts < 3) return false
  db.run(`UPDATE remote_messages SET state = 'set_aside' WHERE folder_id = ? AND uid = ?`, [folderId, uid])
  return true
}

/** Lets what was set aside be tried again: bytes that are here are ingested again, others fetched again. */
export function releaseSetAside(db: WritableDb, channelId: string): void {
  const folders = '(SELECT id FROM folders WHERE channel_id = ?)'
  db.run(
    `UPDATE remote_messages SET state = 'raw', attempts = 0, problem = NULL
     WHERE folder_id IN ${folders} AND state = 'set_aside' AND raw_hash IS NOT NULL`,
    [channelId],
  )
  db.run(
    `DELETE FROM remote_messages WHERE folder_id IN ${folders} AND state IN ('set_aside', 'too_large') AND raw_hash IS NULL`,
    [channelId],
  )
}

export const setAsideCount = (db: ReadableDb, channelId: string): number =>
  db.get<{ n: number }>(
    `SELECT count(*) AS n FROM remote_messages INDEXED BY remote_messages_unfinished
     WHERE folder_id IN (SELECT id FROM folders WHERE channel_id = ?) AND state IN ('set_aside', 'too_large') AND state <> 'ingested'`,
    [channelId],
  )!.n

/** Marks UIDs as gone from the server. The messages stay: nothing is ever lost. */
export function markVanished(db: WritableDb, folderId: number, uids: readonly number[], at: number): number {
  let changed = 0
  for (let start = 0; start < uids.length; start += 500) {
    const part = uids.slice(start, start + 500)
    changed += db.run(
      `UPDATE remote_messages SET vanished_at = ? WHERE folder_id = ? AND vanished_at IS NULL AND uid IN (${marks(part.length)})`,
      [at, folderId, ...part],
    ).changes
  }
  return changed
}

/** Forgets a folder's UIDs after its UIDVALIDITY changed (fault 3); the messages stay and are matched again. */
export function forgetUids(db: WritableDb, folderId: number): void {
  db.run('DELETE FROM remote_messages WHERE folder_id = ?', [folderId])
  db.run('DELETE FROM flag_changes WHERE folder_id = ?', [folderId])
}

export const remoteMessage = (db: ReadableDb, folderId: number, uid: number): RemoteMessageRow | undefined =>
  db.get<RemoteMessageRow>('SELECT * FROM remote_messages WHERE folder_id = ? AND uid = ?', [folderId, uid])

/**
 * Takes over flags from the server, but for those that were changed here and wait to be sent (fault 15).
 * Returns the message they belong to, when they changed it.
 */
export function setRemoteFlags(
  db: WritableDb,
  folderId: number,
  uid: number,
  flags: { seen: boolean; answered: boolean },
): { id: string; thread_id: string } | null {
  const waiting = new Set(
    db
      .all<{ flag: string }>('SELECT flag FROM flag_changes WHERE folder_id = ? AND uid = ?', [folderId, uid])
      .map((row) => row.flag),
  )
  const row = remoteMessage(db, folderId, uid)
  if (!row) return null
  const seen = waiting.has('seen') ? row.seen : Number(flags.seen)
  const answered = waiting.has('answered') ? row.answered : Number(flags.answered)
  if (seen === row.seen && answered === row.answered) return null
  db.run('UPDATE remote_messages SET seen = ?, answered = ? WHERE folder_id = ? AND uid = ?', [
    seen,
    answered,
    folderId,
    uid,
  ])
  if (row.message_rowid === null) return null
  const message = db.get<{ id: string; thread_id: string }>(
    'UPDATE messages SET seen = ?, answered = ? WHERE rowid = ? RETURNING id, thread_id',
    [seen, answered, row.message_rowid],
  )
  return message ?? null
}

export type FlagChangeRow = { folder_id: number; uid: number; flag: 'seen' | 'answered'; value: number }

/** Queues a flag of a message for every copy of it on the server. */
export function queueFlag(
  db: WritableDb,
  messageRowid: number,
  flag: FlagChangeRow['flag'],
  value: boolean,
): void {
  const copies = db.all<{ folder_id: number; uid: number }>(
    'SELECT folder_id, uid FROM remote_messages WHERE message_rowid = ? AND vanished_at IS NULL',
    [messageRowid],
  )
  for (const copy of copies) {
    db.run(
      `INSERT INTO flag_changes (folder_id, uid, flag, value) VALUES (?, ?, ?, ?)
       ON CONFLICT (folder_id, uid, flag) DO UPDATE SET value = excluded.value`,
      [copy.folder_id, copy.uid, flag, Number(value)],
    )
    db.run(`UPDATE remote_messages SET ${flag} = ? WHERE folder_id = ? AND uid = ?`, [
      Number(value),
      copy.folder_id,
      copy.uid,
    ])
  }
}

export const flagChanges = (db: ReadableDb, folderId: number, limit: number): FlagChangeRow[] =>
  db.all<FlagChangeRow>('SELECT * FROM flag_changes WHERE folder_id = ? ORDER BY uid LIMIT ?', [
    folderId,
    limit,
  ])

/** Takes a sent change off the queue, unless it was changed again meanwhile. */
export function dropFlagChange(db: WritableDb, change: FlagChangeRow): void {
  db.run('DELETE FROM flag_changes WHERE folder_id = ? AND uid = ? AND flag = ? AND value = ?', [
    change.folder_id,
    change.uid,
    change.flag,
    change.value,
  ])
}
