import type { ReadableDb } from '../statements.ts'
import type { NeverLogRow } from '../tables/never-log.ts'

/** A message of the team's, or a logged one, that a personal message may answer. */
export type KnownMessageRow = {
  message_id: string
  in_reply_to: string
  reference_ids: string
  rowid: number
  direction: 'in' | 'out'
  from_name: string
  from_address: string
  at: number
  channel_id: string
  /** Null for a logged personal one. */
  inbox_id: string | null
  inbox_name: string | null
  /** Whose logged personal mail it is. */
  user_id: string | null
}

/** The messages here, of any channel, that have one of some Message-IDs. */
export const messagesWithAnyId = (db: ReadableDb, messageIds: readonly string[]): KnownMessageRow[] =>
  db.all<KnownMessageRow>(
    `SELECT m.message_id, m.in_reply_to, m.reference_ids, m.rowid, m.direction, m.from_name, m.from_address,
       m.sort_at AS at, m.channel_id, t.inbox_id, i.name AS inbox_name, t.user_id
     FROM channels c CROSS JOIN json_each(?) j CROSS JOIN messages m INDEXED BY messages_by_message_id
       ON m.channel_id = c.id AND m.message_id = j.value
     JOIN threads t ON t.id = m.thread_id LEFT JOIN inboxes i ON i.id = t.inbox_id`,
    [JSON.stringify(messageIds)],
  )

export type SentItemRow = {
  id: string
  message_id: string
  channel_id: string
  from_name: string
  from_address: string
  at: number
  log: 0 | 1
  filed_at: number | null
}

/** What was sent from here under one of some Message-IDs, whether or not its copy is filed yet. */
export const outboxWithIds = (db: ReadableDb, messageIds: readonly string[]): SentItemRow[] =>
  db.all<SentItemRow>(
    `SELECT o.id, o.message_id, o.channel_id, o.from_name, o.from_address, coalesce(o.sent_at, o.created_at) AS at, o.log,
       o.filed_at
     FROM channels c CROSS JOIN json_each(?) j CROSS JOIN outbox o INDEXED BY outbox_by_message_id
       ON o.channel_id = c.id AND o.message_id = j.value`,
    [JSON.stringify(messageIds)],
  )

export type KnownContactRow = { id: string; name: string; address: string }

/** The records that have some addresses, aliases included. @param rowIds of the contacts with those addresses */
export const contactsOfRows = (db: ReadableDb, rowIds: readonly string[]): KnownContactRow[] =>
  db.all<KnownContactRow>(
    `SELECT r.id, r.name, c.address FROM contacts c JOIN contacts r ON r.id = c.record_id
     WHERE c.id IN (SELECT value FROM json_each(?)) AND c.address IS NOT NULL AND c.address_removed_at IS NULL
       AND r.removed_at IS NULL`,
    [JSON.stringify(rowIds)],
  )

/** The Never Log list of the workspace and of one user. */
export const neverLogFor = (db: ReadableDb, userId: string): NeverLogRow[] =>
  db.all<NeverLogRow>(
    'SELECT * FROM never_log WHERE removed_at IS NULL AND (user_id IS NULL OR user_id = ?) ORDER BY at, id',
    [userId],
  )

/** The addresses that a message went to, at most 500. */
export const recipientsOfMessage = (db: ReadableDb, rowid: number): string[] =>
  db
    .all<{ address: string }>(
      `SELECT address FROM message_recipients WHERE message_rowid = ? AND kind <> 'reply_to' LIMIT 500`,
      [rowid],
    )
    .map(({ address }) => address)

/** The addresses that an outbox item went to, at most 500. */
export const recipientsOfSent = (db: ReadableDb, outboxId: string): string[] =>
  db
    .all<{ address: string }>('SELECT address FROM outbox_recipients WHERE outbox_id = ? LIMIT 500', [
      outboxId,
    ])
    .map(({ address }) => address)
