import type { ReadableDb, WritableDb } from '../statements.ts'

/** Spam lies in the Junk folder of its mailbox: what has to be moved there, or back, is kept until it is done. */

export type JunkMoveRow = {
  /** The INBOX. */
  folder_id: number
  message_rowid: number
  wanted: 'junk' | 'inbox'
  /** `no_junk`: the mailbox has no such folder. `failed`: `problem` says why; it is tried again now and then. */
  state: 'waiting' | 'done' | 'no_junk' | 'failed'
  attempts: number
  problem: string | null
}

/** Tries before a refusal of the server is final. */
const MOST_ATTEMPTS = 5

export const spamCopiesSql = `SELECT DISTINCT r.folder_id, m.rowid FROM messages m INDEXED BY messages_by_thread
   CROSS JOIN remote_messages r INDEXED BY remote_messages_message ON r.message_rowid = m.rowid
   CROSS JOIN folders f ON f.id = r.folder_id CROSS JOIN channels c ON c.id = f.channel_id
 WHERE m.thread_id = ? AND m.direction = 'in' AND r.vanished_at IS NULL
   AND f.role = 'inbox' AND f.gone_at IS NULL AND c.purpose = 'team'`

export const movesOfThreadSql = `SELECT j.* FROM messages m INDEXED BY messages_by_thread
   CROSS JOIN junk_moves j INDEXED BY junk_moves_by_message ON j.message_rowid = m.rowid WHERE m.thread_id = ?`

/** What is (to be) moved of a conversation. */
export const movesOfThread = (db: ReadableDb, threadId: string): JunkMoveRow[] =>
  db.all<JunkMoveRow>(movesOfThreadSql, [threadId])

/**
 * Makes what has to be moved follow from the conversation's status, whoever changed that: a person, the engine, another
 * machine, or something that was taken back. To be called after every change of it, and when mail comes into one that is spam.
 */
export function followSpam(db: WritableDb, threadId: string): void {
  const thread = db.get<{ status: string }>('SELECT status FROM threads WHERE id = ?', [threadId])
  if (!thread) return
  if (thread.status === 'spam') {
    db.run(
      `INSERT INTO junk_moves (folder_id, message_rowid, wanted, state)
       SELECT folder_id, rowid, 'junk', 'waiting' FROM (${spamCopiesSql}) WHERE true ON CONFLICT DO NOTHING`,
      [threadId],
    )
    // What was about to be taken back stays where it is.
    for (const move of movesOfThread(db, threadId))
      if (move.wanted === 'inbox') setMove(db, { ...move, wanted: 'junk', state: 'done', problem: null })
    return
  }
  // Thousands are closed at once, and nearly none of them was ever spam.
  if (!db.get('SELECT 1 FROM junk_moves LIMIT 1')) return
  for (const move of movesOfThread(db, threadId)) {
    if (move.wanted === 'inbox') continue
    if (move.state === 'done') setMove(db, { ...move, wanted: 'inbox', state: 'waiting', attempts: 0 })
    else dropMove(db, move)
  }
}

export function setMove(db: WritableDb, move: JunkMoveRow): void {
  db.run(
    `INSERT INTO junk_moves (folder_id, message_rowid, wanted, state, attempts, problem)
     VALUES (@folder_id, @message_rowid, @wanted, @state, @attempts, @problem)
     ON CONFLICT (folder_id, message_rowid) DO UPDATE SET wanted = excluded.wanted, state = excluded.state,
       attempts = excluded.attempts, problem = excluded.problem`,
    move,
  )
}

type MoveKey = Pick<JunkMoveRow, 'folder_id' | 'message_rowid'>

/** Nothing of it is to be moved, and nothing of it lies in Junk. */
export function dropMove(db: WritableDb, { folder_id, message_rowid }: MoveKey): void {
  for (const table of ['junk_moves', 'junk_places'])
    db.run(`DELETE FROM ${table} WHERE folder_id = ? AND message_rowid = ?`, [folder_id, message_rowid])
}

export const moveOf = (db: ReadableDb, { folder_id, message_rowid }: MoveKey): JunkMoveRow | undefined =>
  db.get<JunkMoveRow>('SELECT * FROM junk_moves WHERE folder_id = ? AND message_rowid = ?', [
    folder_id,
    message_rowid,
  ])

export const waitingMovesSql = `SELECT * FROM junk_moves INDEXED BY junk_moves_waiting
   WHERE folder_id = ? AND state = 'waiting' AND state <> 'done' AND wanted = ? LIMIT ?`

export const waitingMoves = (
  db: ReadableDb,
  folderId: number,
  wanted: JunkMoveRow['wanted'],
  limit: number,
): JunkMoveRow[] => db.all<JunkMoveRow>(waitingMovesSql, [folderId, wanted, limit])

export const channelsWithMovesSql = `SELECT DISTINCT f.channel_id FROM folders f
   WHERE f.role = 'inbox' AND EXISTS (SELECT 1 FROM junk_moves j INDEXED BY junk_moves_waiting
     WHERE j.folder_id = f.id AND j.state = 'waiting' AND j.state <> 'done')`

/** The channels whose server has something to move. */
export const channelsWithMoves = (db: ReadableDb): string[] =>
  db.all<{ channel_id: string }>(channelsWithMovesSql).map((row) => row.channel_id)

/** Lets what a mailbox refused, or had no folder for, be tried again. */
export function retryMoves(db: WritableDb, folderId: number, hasJunk: boolean): void {
  db.run(
    `UPDATE junk_moves SET state = 'waiting' WHERE folder_id = ? AND state <> 'done'
       AND (state = 'failed' AND attempts < ? OR state = 'no_junk' AND ?)`,
    [folderId, MOST_ATTEMPTS, Number(hasJunk)],
  )
}

/** The UIDs that a message has in a folder of the server now. */
export const copiesIn = (
  db: ReadableDb,
  folderId: number,
  messageRowids: readonly number[],
): { uid: number; message_rowid: number }[] =>
  db.all(
    `SELECT uid, message_rowid FROM remote_messages INDEXED BY remote_messages_message
     WHERE message_rowid IN (SELECT value FROM json_each(?)) AND folder_id = ? AND vanished_at IS NULL ORDER BY uid`,
    [JSON.stringify(messageRowids), folderId],
  )

export type JunkPlaceRow = { message_rowid: number; uid_validity: string; uid: number }

export const placesOf = (
  db: ReadableDb,
  folderId: number,
  messageRowids: readonly number[],
): JunkPlaceRow[] =>
  db.all(
    `SELECT message_rowid, uid_validity, uid FROM junk_places
     WHERE folder_id = ? AND message_rowid IN (SELECT value FROM json_each(?))`,
    [folderId, JSON.stringify(messageRowids)],
  )

export function notePlace(db: WritableDb, folderId: number, place: JunkPlaceRow): void {
  db.run(
    'INSERT OR IGNORE INTO junk_places (folder_id, message_rowid, uid_validity, uid) VALUES (?, ?, ?, ?)',
    [folderId, place.message_rowid, place.uid_validity, place.uid],
  )
}

/** The conversations of some messages: what shows how far their moving has come. */
export const threadsOfMessages = (db: ReadableDb, messageRowids: readonly number[]): string[] =>
  db
    .all<{ thread_id: string }>(
      'SELECT DISTINCT thread_id FROM messages WHERE rowid IN (SELECT value FROM json_each(?))',
      [JSON.stringify(messageRowids)],
    )
    .map((row) => row.thread_id)

/** The Message-ID of a message; one that was made up here is on no server. */
export const messageIdOfRow = (db: ReadableDb, rowid: number): string | undefined =>
  db.get<{ message_id: string }>('SELECT message_id FROM messages WHERE rowid = ?', [rowid])?.message_id

/** Notes what a mailbox calls its Junk folder; '' for none. */
export const setJunkPath = (db: WritableDb, channelId: string, path: string): boolean =>
  db.run('UPDATE channels SET junk_path = ?1 WHERE id = ?2 AND junk_path IS NOT ?1', [path, channelId])
    .changes > 0
