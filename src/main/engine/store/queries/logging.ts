import type { ReadableDb } from '../statements.ts'
import type { PersonalMessageRow, PersonalRecipient } from '../tables/personal-messages.ts'

/** What was decided about the mail of a personal address. */

export type DecisionRow = PersonalMessageRow & {
  /** Of the message where it is here: ids for the interface. */
  stored_id: string | null
  thread_id: string | null
}

const COLUMNS = `p.*, m.id AS stored_id, m.thread_id
  FROM personal_messages p %index% LEFT JOIN messages m ON m.rowid = p.message_rowid`

export const decisionsSql = (only: 'all' | 'logged' | 'not_logged'): string =>
  only === 'all'
    ? `SELECT ${COLUMNS.replace('%index%', 'INDEXED BY personal_messages_decided')}
       WHERE p.channel_id = ? AND p.decided_at IS NOT NULL AND (p.at, p.id) < (?, ?)
       ORDER BY p.at DESC, p.id DESC LIMIT ?`
    : `SELECT ${COLUMNS.replace('%index%', 'INDEXED BY personal_messages_by_logged')}
       WHERE p.channel_id = ? AND p.logged = ${only === 'logged' ? 1 : 0} AND p.decided_at IS NOT NULL
         AND (p.at, p.id) < (?, ?)
       ORDER BY p.at DESC, p.id DESC LIMIT ?`

/** The decisions about a personal address before a place in the list, newest first. */
export const decisionsPage = (
  db: ReadableDb,
  options: {
    channelId: string
    only: 'all' | 'logged' | 'not_logged'
    before: { at: number; id: string }
    limit: number
  },
): DecisionRow[] =>
  db.all<DecisionRow>(decisionsSql(options.only), [
    options.channelId,
    options.before.at,
    options.before.id,
    options.limit,
  ])

export const decisionById = (db: ReadableDb, id: string): DecisionRow | undefined =>
  db.get<DecisionRow>(`SELECT ${COLUMNS.replace('%index%', '')} WHERE p.id = ?`, [id])

/**
 * The decision behind a stored message. A mail that reached several personal addresses has one in each mailbox: the
 * one that logged it comes first.
 */
export const decisionOfMessage = (db: ReadableDb, messageRowid: number): DecisionRow | undefined =>
  db.get<DecisionRow>(
    `SELECT ${COLUMNS.replace('%index%', '')} WHERE p.message_rowid = ? ORDER BY p.logged DESC, p.decided_at LIMIT 1`,
    [messageRowid],
  )

/** Recipients of several personal messages, in order. */
export const recipientsOfPersonal = (
  db: ReadableDb,
  ids: readonly string[],
): (PersonalRecipient & { personal_id: string })[] =>
  db.all(
    `SELECT personal_id, kind, name, address FROM personal_recipients
     WHERE personal_id IN (SELECT value FROM json_each(?))
     ORDER BY personal_id, CASE kind WHEN 'to' THEN 0 WHEN 'cc' THEN 1 ELSE 2 END, position`,
    [JSON.stringify(ids)],
  )

/** How many messages a folder that is opted in may bring at once; what is older stays as it was decided. */
const BROUGHT = 1000

export const leftInFoldersSql = `SELECT * FROM personal_messages INDEXED BY personal_messages_by_logged
  WHERE channel_id = ? AND logged = 0 AND decided_at IS NOT NULL AND code = 'folder'
    AND folder IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC LIMIT ${BROUGHT}`

/** Messages in some folders that were not logged because nobody looks there, newest first. */
export const leftInFolders = (
  db: ReadableDb,
  channelId: string,
  paths: readonly string[],
): PersonalMessageRow[] => db.all<PersonalMessageRow>(leftInFoldersSql, [channelId, JSON.stringify(paths)])

export const loggedPersonalSql = (owner: boolean): string =>
  `SELECT p.id, p.channel_id, p.from_address, p.message_rowid FROM personal_messages p
   INDEXED BY personal_messages_by_logged
   WHERE p.channel_id IN (SELECT id FROM channels WHERE purpose = 'personal' ${owner ? 'AND user_id = ?' : ''})
     AND p.logged = 1 AND p.decided_at IS NOT NULL`

/** All personal mail that is logged, of everybody or of one user: what a new Never Log entry may cover. */
export const loggedPersonal = (
  db: ReadableDb,
  userId: string | null,
): { id: string; channel_id: string; from_address: string; message_rowid: number | null }[] =>
  db.all(loggedPersonalSql(userId !== null), userId === null ? [] : [userId])

export type LoggingHome = { id: string; owner_id: string | null; is_open: 0 | 1 }

/**
 * Whose each thing of logging among some ids is: a personal message's owner, or that of an entry of the Never Log list.
 * `is_open` for what everybody may hear of: a logged message, and the workspace's entries.
 */
export const loggingHomes = (db: ReadableDb, ids: readonly string[]): Map<string, LoggingHome> =>
  new Map(
    db
      .all<LoggingHome>(
        `SELECT p.id, c.user_id AS owner_id, p.logged AS is_open
         FROM personal_messages p JOIN channels c ON c.id = p.channel_id WHERE p.id IN (SELECT value FROM json_each(?1))
         UNION ALL SELECT id, user_id, user_id IS NULL FROM never_log WHERE id IN (SELECT value FROM json_each(?1))`,
        [JSON.stringify(ids)],
      )
      .map((row) => [row.id, row]),
  )

/** Those among some threads that are logged personal mail. */
export const loggedThreads = (db: ReadableDb, threadIds: readonly string[]): Set<string> =>
  new Set(
    db
      .all<{ id: string }>(
        'SELECT id FROM threads WHERE id IN (SELECT value FROM json_each(?)) AND inbox_id IS NULL',
        [JSON.stringify([...new Set(threadIds)])],
      )
      .map((row) => row.id),
  )
