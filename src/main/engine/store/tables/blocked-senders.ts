import { marks, type ReadableDb } from '../statements.ts'

/** A sender whose new mail is spam. */
export type BlockedSenderRow = {
  id: string
  /** As it is shown: an address, or a domain with all those under it. */
  pattern: string
  /** As it is compared: an address key, or "@" and a domain. */
  key: string
  /** The conversation that was marked as spam and taught it; null where somebody wrote it into the list. */
  thread_id: string | null
  blocked_by: string | null
  /** In ms. */
  blocked_at: number
  removed_at: number | null
}

/** An entry, removed ones too. */
export const blockedSenderById = (db: ReadableDb, id: string): BlockedSenderRow | undefined =>
  db.get<BlockedSenderRow>('SELECT * FROM blocked_senders WHERE id = ?', [id])

export const blockByKeySql = (keys: number): string =>
  `SELECT * FROM blocked_senders INDEXED BY blocked_senders_by_key
   WHERE key IN (${marks(keys)}) AND removed_at IS NULL ORDER BY length(key) DESC, id LIMIT 1`

/** The most exact of the entries with one of these keys. */
export const blockByKey = (db: ReadableDb, keys: readonly string[]): BlockedSenderRow | undefined =>
  keys.length === 0 ? undefined : db.get<BlockedSenderRow>(blockByKeySql(keys.length), [...keys])

export const blocksOfThreadSql = `SELECT * FROM blocked_senders INDEXED BY blocked_senders_by_thread
   WHERE thread_id = ? AND removed_at IS NULL`

/** What marking a conversation as spam put on the list. */
export const blocksOfThread = (db: ReadableDb, threadId: string): BlockedSenderRow[] =>
  db.all<BlockedSenderRow>(blocksOfThreadSql, [threadId])

export const blockedPageSql = (after: boolean): string =>
  `SELECT * FROM blocked_senders INDEXED BY blocked_senders_listed
   WHERE removed_at IS NULL ${after ? 'AND (blocked_at, id) < (?, ?)' : ''} ORDER BY blocked_at DESC, id DESC LIMIT ?`

/** A page of the list, the newest first. */
export const blockedPage = (
  db: ReadableDb,
  after: { at: number; id: string } | null,
  limit: number,
): BlockedSenderRow[] =>
  db.all<BlockedSenderRow>(blockedPageSql(after !== null), [...(after ? [after.at, after.id] : []), limit])
