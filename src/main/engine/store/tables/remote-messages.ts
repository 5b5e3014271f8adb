import type { BlobHash } from '../blobs.ts'
import { type ReadableDb, type WritableDb } from '../statements.ts'

export type RemoteMessageRow = {
  folder_id: number
  uid: number
  /**
   * `raw`: the bytes are safe. `refused`: the server lists it and did not give it, yet. `set_aside`: three tries failed.
   */
  state: 'raw' | 'ingested' | 'refused' | 'set_aside' | 'too_large'
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

/** The UIDs known of a folder above `after`, ascending, at most `limit`. */
export const uidsAfter = (
  db: ReadableDb,
  folderId: number,
  after: number,
  limit: number,
): { uid: number; vanished_at: number | null }[] =>
  db.all(
    'SELECT uid, vanished_at FROM remote_messages WHERE folder_id = ? AND uid > ? ORDER BY uid LIMIT ?',
    [folderId, after, limit],
  )

/** Size and arrival of the known ones among some UIDs: what tells whether a UID still means the same message. */
export const sizesOf = (
  db: ReadableDb,
  folderId: number,
  uids: readonly number[],
): Map<number, { size: number; internal_date: number }> =>
  new Map(
    db
      .all<{ uid: number; size: number; internal_date: number }>(
        `SELECT uid, size, internal_date FROM remote_messages
         WHERE folder_id = ? AND uid IN (SELECT value FROM json_each(?))`,
        [folderId, JSON.stringify(uids)],
      )
      .map(({ uid, ...row }) => [uid, row]),
  )

export const maxUid = (db: ReadableDb, folderId: number): number =>
  db.get<{ uid: number | null }>('SELECT max(uid) AS uid FROM remote_messages WHERE folder_id = ?', [
    folderId,
  ])!.uid ?? 0

/** How many messages of the folder are here and, as far as known, still on the server. */
export const localCount = (db: ReadableDb, folderId: number): number =>
  db.get<{ n: number }>('SELECT local_count AS n FROM folders WHERE id = ?', [folderId])?.n ?? 0

export function insertRemoteMessage(
  db: WritableDb,
  row: Omit<RemoteMessageRow, 'message_rowid' | 'attempts' | 'vanished_at'> & { attempts?: number },
): void {
  db.run(
    `INSERT INTO remote_messages (folder_id, uid, state, raw_hash, internal_date, size, seen, answered, attempts, problem)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (folder_id, uid) DO UPDATE SET state = excluded.state, raw_hash = excluded.raw_hash,
       internal_date = excluded.internal_date, size = excluded.size, seen = excluded.seen, answered = excluded.answered,
       message_rowid = NULL, attempts = excluded.attempts, problem = excluded.problem, vanished_at = NULL`,
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

/** A message took the place of another one: the copies on the server are copies of it. */
export const replaceCopies = (db: WritableDb, oldRowid: number, newRowid: number): void => {
  db.run('UPDATE remote_messages SET message_rowid = ?2 WHERE message_rowid = ?1', [oldRowid, newRowid])
}

/** A test message of ours: done with, and no message here. */
export function markProbe(db: WritableDb, folderId: number, uid: number): void {
  db.run(
    `UPDATE remote_messages SET state = 'ingested', message_rowid = NULL, problem = NULL WHERE folder_id = ? AND uid = ?`,
    [folderId, uid],
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

/** Notes that the server lists a message and does not give it; at the third time it is set aside (fault 14). */
export function noteRefusal(
  db: WritableDb,
  row: Pick<RemoteMessageRow, 'folder_id' | 'uid' | 'internal_date' | 'size' | 'seen' | 'answered'>,
  problem: string,
): void {
  db.run(
    `INSERT INTO remote_messages (folder_id, uid, state, internal_date, size, seen, answered, attempts, problem)
     VALUES (@folder_id, @uid, 'refused', @internal_date, @size, @seen, @answered, 1, @problem)
     ON CONFLICT (folder_id, uid) DO UPDATE SET attempts = attempts + 1, problem = excluded.problem, vanished_at = NULL,
       state = CASE WHEN attempts >= 2 THEN 'set_aside' ELSE 'refused' END`,
    { ...row, problem },
  )
}

/** The UIDs that the server refused once or twice: they are asked for again. */
export const refusedUids = (db: ReadableDb, folderId: number): number[] =>
  db
    .all<{ uid: number }>(
      `SELECT uid FROM remote_messages INDEXED BY remote_messages_unfinished
       WHERE folder_id = ? AND state = 'refused' AND state <> 'ingested' AND vanished_at IS NULL`,
      [folderId],
    )
    .map((row) => row.uid)

/** Forgets one UID whose stored bytes turned out to be damaged, so that it is fetched again. */
export function forgetUid(db: WritableDb, folderId: number, uid: number): void {
  db.run('DELETE FROM remote_messages WHERE folder_id = ? AND uid = ?', [folderId, uid])
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
    `DELETE FROM remote_messages WHERE folder_id IN ${folders} AND state IN ('refused', 'set_aside', 'too_large') AND raw_hash IS NULL`,
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
export const markVanished = (db: WritableDb, folderId: number, uids: readonly number[], at: number): number =>
  db.run(
    `UPDATE remote_messages SET vanished_at = ?1
     WHERE folder_id = ?2 AND vanished_at IS NULL AND uid IN (SELECT value FROM json_each(?3))`,
    [at, folderId, JSON.stringify(uids)],
  ).changes

/** Takes the mark off UIDs that the server lists again. */
export const markPresent = (db: WritableDb, folderId: number, uids: readonly number[]): number =>
  db.run(
    `UPDATE remote_messages SET vanished_at = NULL
     WHERE folder_id = ? AND vanished_at IS NOT NULL AND uid IN (SELECT value FROM json_each(?))`,
    [folderId, JSON.stringify(uids)],
  ).changes

/**
 * Forgets a folder's UIDs, or some of them, whose numbers mean other messages now (faults 3, 10). The messages stay and
 * are matched again; the flags that were changed here wait for that under their message (`adoptCopy`).
 */
export function forgetUids(db: WritableDb, folderId: number, uids?: readonly number[]): void {
  const these = uids ? 'AND uid IN (SELECT value FROM json_each(?2))' : 'AND (?2 IS NULL)'
  const params = [folderId, uids ? JSON.stringify(uids) : null]
  db.run(
    `INSERT OR REPLACE INTO flag_changes (folder_id, uid, flag, value)
     SELECT f.folder_id, -r.message_rowid, f.flag, f.value
     FROM (SELECT * FROM flag_changes WHERE folder_id = ?1 AND uid > 0 ${these}) f
     JOIN remote_messages r ON r.folder_id = f.folder_id AND r.uid = f.uid WHERE r.message_rowid IS NOT NULL`,
    params,
  )
  db.run(`DELETE FROM flag_changes WHERE folder_id = ?1 AND uid > 0 ${these}`, params)
  db.run(`DELETE FROM remote_messages WHERE folder_id = ?1 ${these}`, params)
}

/** Flags that wait for a message that did not come back: there is nobody to tell them to. */
export function dropHomelessFlags(db: WritableDb, folderId: number): void {
  db.run('DELETE FROM flag_changes WHERE folder_id = ? AND uid < 0', [folderId])
}

/**
 * Ties a further copy on the server to a message that is here already. Flags that were changed here and could not be
 * told yet now belong to this copy; else, when it is the only one, its flags are the message's (they may have changed
 * while the folder was renumbered). Returns whether the message's flags changed.
 */
export function adoptCopy(
  db: WritableDb,
  folderId: number,
  uid: number,
  message: { rowid: number; direction: 'in' | 'out' },
): boolean {
  db.run(
    `UPDATE remote_messages SET state = 'ingested', message_rowid = ?, problem = NULL WHERE folder_id = ? AND uid = ?`,
    [message.rowid, folderId, uid],
  )
  const waiting = db.all<{ flag: FlagChangeRow['flag']; value: number }>(
    'SELECT flag, value FROM flag_changes WHERE folder_id = ? AND uid = ?',
    [folderId, -message.rowid],
  )
  for (const { flag, value } of waiting) {
    db.run('UPDATE OR REPLACE flag_changes SET uid = ? WHERE folder_id = ? AND uid = ? AND flag = ?', [
      uid,
      folderId,
      -message.rowid,
      flag,
    ])
    db.run(`UPDATE remote_messages SET ${flag} = ? WHERE folder_id = ? AND uid = ?`, [value, folderId, uid])
  }
  const copies = db.get<{ n: number }>(
    'SELECT count(*) AS n FROM remote_messages WHERE message_rowid = ? AND vanished_at IS NULL',
    [message.rowid],
  )!.n
  if (copies > 1 || message.direction === 'out') return false
  return (
    db.run(
      `UPDATE messages SET (seen, answered) = (SELECT seen, answered FROM remote_messages WHERE folder_id = ?1 AND uid = ?2)
       WHERE rowid = ?3 AND (seen, answered) IS NOT (SELECT seen, answered FROM remote_messages WHERE folder_id = ?1 AND uid = ?2)`,
      [folderId, uid, message.rowid],
    ).changes > 0
  )
}

/**
 * Takes over flags from the server, but for those that were changed here and wait to be sent (fault 15).
 * Returns the messages whose flags changed.
 */
export function applyRemoteFlags(
  db: WritableDb,
  folderId: number,
  changes: readonly { uid: number; flags: { seen: boolean; answered: boolean } }[],
): { id: string; thread_id: string }[] {
  const uids = JSON.stringify(changes.map(({ uid }) => uid))
  const rows = new Map(
    db
      .all<Pick<RemoteMessageRow, 'uid' | 'seen' | 'answered' | 'message_rowid'>>(
        `SELECT uid, seen, answered, message_rowid FROM remote_messages
         WHERE folder_id = ? AND uid IN (SELECT value FROM json_each(?))`,
        [folderId, uids],
      )
      .map((row) => [row.uid, row]),
  )
  const waiting = new Set(
    db
      .all<{ uid: number; flag: string }>(
        'SELECT uid, flag FROM flag_changes WHERE folder_id = ? AND uid IN (SELECT value FROM json_each(?))',
        [folderId, uids],
      )
      .map(({ uid, flag }) => `${uid} ${flag}`),
  )
  const changed: { id: string; thread_id: string }[] = []
  for (const { uid, flags } of changes) {
    const row = rows.get(uid)
    if (!row) continue
    const seen = waiting.has(`${uid} seen`) ? row.seen : Number(flags.seen)
    const answered = waiting.has(`${uid} answered`) ? row.answered : Number(flags.answered)
    if (seen === row.seen && answered === row.answered) continue
    Object.assign(row, { seen, answered })
    db.run('UPDATE remote_messages SET seen = ?, answered = ? WHERE folder_id = ? AND uid = ?', [
      seen,
      answered,
      folderId,
      uid,
    ])
    if (row.message_rowid === null) continue
    const message = db.get<{ id: string; thread_id: string }>(
      'UPDATE messages SET seen = ?, answered = ? WHERE rowid = ? RETURNING id, thread_id',
      [seen, answered, row.message_rowid],
    )
    if (message) changed.push(message)
  }
  return changed
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
    `SELECT r.folder_id, r.uid FROM remote_messages r JOIN folders f ON f.id = r.folder_id
     WHERE r.message_rowid = ? AND r.vanished_at IS NULL AND f.gone_at IS NULL`,
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
  db.all<FlagChangeRow>('SELECT * FROM flag_changes WHERE folder_id = ? AND uid > 0 ORDER BY uid LIMIT ?', [
    folderId,
    limit,
  ])

/** The folders of a channel in which flags wait to be told to the server. */
export const foldersWithFlagChanges = (db: ReadableDb, channelId: string): Set<number> =>
  new Set(
    db
      .all<{ id: number }>(
        `SELECT id FROM folders f WHERE channel_id = ?
         AND EXISTS (SELECT 1 FROM flag_changes c WHERE c.folder_id = f.id AND c.uid > 0)`,
        [channelId],
      )
      .map((row) => row.id),
  )

/** Takes a sent change off the queue, unless it was changed again meanwhile. */
export function dropFlagChange(db: WritableDb, change: FlagChangeRow): void {
  db.run('DELETE FROM flag_changes WHERE folder_id = ? AND uid = ? AND flag = ? AND value = ?', [
    change.folder_id,
    change.uid,
    change.flag,
    change.value,
  ])
}
