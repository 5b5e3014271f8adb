import type { Mailbox } from '../../../../contract/common.ts'
import type { BlobHash } from '../blobs.ts'
import type { OutboxState } from '../queries/outgoing.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

export type OutboxRow = {
  id: string
  draft_id: string | null
  author_id: string | null
  thread_id: string | null
  channel_id: string
  message_id: string
  from_name: string
  from_address: string
  subject: string
  snippet: string
  raw_hash: BlobHash
  state: OutboxState
  release_at: number
  attempts: number
  end_of_data_at: number | null
  server_text: string | null
  copy_state: 'none' | 'pending' | 'done'
  copy_attempts: number
  copy_retry_at: number
  source_message_id: string | null
  created_at: number
  sent_at: number | null
  filed_at: number | null
  /** The Log box (G3), and "also log the original" (G4), of mail from a personal address. */
  log: 0 | 1
  log_original: 0 | 1
  source_personal_id: string | null
  /** Sent only while its conversation has no more messages of others than these; null for any other. */
  quiet_count: number | null
}

export type RecipientState = 'pending' | 'accepted' | 'deferred' | 'failed'
export type OutboxRecipient = Mailbox & {
  kind: 'to' | 'cc' | 'bcc'
  state: RecipientState
  server_text: string | null
}

export const outboxById = (db: ReadableDb, id: string): OutboxRow | undefined =>
  db.get<OutboxRow>('SELECT * FROM outbox WHERE id = ?', [id])

export const outboxRecipients = (db: ReadableDb, id: string): OutboxRecipient[] =>
  db.all<OutboxRecipient>(
    'SELECT kind, name, address, state, server_text FROM outbox_recipients WHERE outbox_id = ? ORDER BY kind DESC, position',
    [id],
  )

export function insertOutbox(
  db: WritableDb,
  row: Pick<
    OutboxRow,
    | 'id'
    | 'draft_id'
    | 'author_id'
    | 'thread_id'
    | 'channel_id'
    | 'message_id'
    | 'from_name'
    | 'from_address'
    | 'subject'
    | 'snippet'
    | 'raw_hash'
    | 'state'
    | 'release_at'
    | 'copy_state'
    | 'source_message_id'
    | 'created_at'
  >,
  recipients: readonly (Mailbox & { kind: 'to' | 'cc' | 'bcc' })[],
): void {
  db.run(
    `INSERT INTO outbox (id, draft_id, author_id, thread_id, channel_id, message_id, from_name, from_address, subject, snippet,
       raw_hash, state, release_at, attempts, copy_state, source_message_id, created_at)
     VALUES (@id, @draft_id, @author_id, @thread_id, @channel_id, @message_id, @from_name, @from_address, @subject, @snippet,
       @raw_hash, @state, @release_at, 0, @copy_state, @source_message_id, @created_at)`,
    row,
  )
  recipients.forEach(({ kind, name, address }, position) => {
    db.run(
      `INSERT INTO outbox_recipients (outbox_id, kind, position, name, address, state) VALUES (?, ?, ?, ?, ?, 'pending')`,
      [row.id, kind, position, name, address],
    )
  })
}

/** Writes columns of one item; the caller names them, so nothing else moves. */
export function updateOutbox(db: WritableDb, id: string, values: Partial<OutboxRow>): void {
  const entries = Object.entries(values)
  db.run(`UPDATE outbox SET ${entries.map(([column]) => `${column} = ?`).join(', ')} WHERE id = ?`, [
    ...entries.map(([, value]) => value),
    id,
  ])
}

export function setRecipientState(
  db: WritableDb,
  outboxId: string,
  address: string,
  state: RecipientState,
  serverText: string | null,
): void {
  db.run('UPDATE outbox_recipients SET state = ?, server_text = ? WHERE outbox_id = ? AND address = ?', [
    state,
    serverText,
    outboxId,
    address,
  ])
}

export function deleteOutbox(db: WritableDb, id: string): void {
  db.run('DELETE FROM outbox WHERE id = ?', [id])
}

/** Items whose time has come, the longest waiting first. */
export const dueItems = (db: ReadableDb, now: number): OutboxRow[] =>
  db.all<OutboxRow>(
    `SELECT * FROM outbox INDEXED BY outbox_unfinished WHERE state IN ('held', 'queued') AND release_at <= ?
       AND state NOT IN ('sent', 'partly_sent') ORDER BY release_at LIMIT 100`,
    [now],
  )

/** When the next item is due, or null. */
export const nextRelease = (db: ReadableDb): number | null =>
  db.get<{ at: number | null }>(
    `SELECT min(release_at) AS at FROM outbox INDEXED BY outbox_unfinished
     WHERE state IN ('held', 'queued') AND state NOT IN ('sent', 'partly_sent')`,
  )!.at

export const quietItemsSql = `SELECT * FROM outbox INDEXED BY outbox_if_quiet
  WHERE quiet_count IS NOT NULL AND state IN ('held', 'queued')`

/** What waits for its time, and for nobody answering before. */
export const quietItems = (db: ReadableDb): OutboxRow[] => db.all<OutboxRow>(quietItemsSql)

export const itemsInState = (db: ReadableDb, state: 'sending' | 'unknown'): OutboxRow[] =>
  db.all<OutboxRow>(
    `SELECT * FROM outbox INDEXED BY outbox_unfinished WHERE state = ? AND state NOT IN ('sent', 'partly_sent')`,
    [state],
  )

/** Lets what waits for another try of a channel be due now; returns the ids. */
export const releaseRetries = (db: WritableDb, channelId: string, now: number): string[] =>
  db
    .all<{ id: string }>(
      `UPDATE outbox SET release_at = ?2 WHERE channel_id = ?1 AND state = 'queued' AND attempts > 0 AND release_at > ?2
       RETURNING id`,
      [channelId, now],
    )
    .map((row) => row.id)

/** When an item was tried first, or null. */
export const firstTryAt = (db: ReadableDb, id: string): number | null =>
  db.get<{ at: number | null }>(
    `SELECT min(at) AS at FROM outbox_log WHERE outbox_id = ? AND state = 'sending'`,
    [id],
  )!.at

/** Sent, but not yet among the messages here: what a crash between the two left. */
export const unfiledItems = (db: ReadableDb): OutboxRow[] =>
  db.all<OutboxRow>('SELECT * FROM outbox WHERE sent_at IS NOT NULL AND filed_at IS NULL ORDER BY sent_at')

/** Sent, and the copy still has to be put into Sent on the server (fault 25). */
export const pendingCopies = (db: ReadableDb, now: number): OutboxRow[] =>
  db.all<OutboxRow>(
    `SELECT * FROM outbox WHERE copy_state = 'pending' AND sent_at IS NOT NULL AND copy_retry_at <= ? ORDER BY sent_at LIMIT 100`,
    [now],
  )

export const nextCopyRetry = (db: ReadableDb): number | null =>
  db.get<{ at: number | null }>(
    `SELECT min(copy_retry_at) AS at FROM outbox WHERE copy_state = 'pending' AND sent_at IS NOT NULL`,
  )!.at

export type OutboxLogRow = { at: number; state: string; text: string }

export const outboxLog = (db: ReadableDb, id: string): OutboxLogRow[] =>
  db.all<OutboxLogRow>('SELECT at, state, text FROM outbox_log WHERE outbox_id = ? ORDER BY position', [id])

export function logOutbox(db: WritableDb, id: string, at: number, state: string, text: string): void {
  db.run(
    `INSERT INTO outbox_log (outbox_id, position, at, state, text)
     VALUES (?1, (SELECT coalesce(max(position), -1) + 1 FROM outbox_log WHERE outbox_id = ?1), ?2, ?3, ?4)`,
    [id, at, state, text],
  )
}

/** Outbox items that the interface lists: waiting, failed or unknown, newest first. */
export const openItems = (db: ReadableDb): OutboxRow[] =>
  db.all<OutboxRow>(
    `SELECT * FROM outbox INDEXED BY outbox_waiting WHERE state NOT IN ('sent', 'partly_sent') ORDER BY created_at DESC, id DESC LIMIT 500`,
  )
