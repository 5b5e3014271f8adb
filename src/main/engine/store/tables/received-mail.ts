import type { BlobHash } from '../blobs.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

/** A message that the receiver took: its bytes are safe, and its sender was told so. */
export type ReceivedRow = {
  id: string
  channel_id: string
  raw_hash: BlobHash
  size: number
  received_at: number
  envelope_from: string
  /** IP address and greeting of who brought it. */
  client: string
  state: 'spooled' | 'ingested' | 'set_aside'
  attempts: number
  problem: string | null
  /** The message that it became. */
  reached_id: string | null
}

/** After this many failed tries a message is set aside (fault 14). */
const TRIES = 3

export function insertReceived(
  db: WritableDb,
  row: Omit<ReceivedRow, 'state' | 'attempts' | 'problem' | 'reached_id'>,
): void {
  db.run(
    `INSERT INTO received_mail (id, channel_id, raw_hash, size, received_at, envelope_from, client, state)
     VALUES (@id, @channel_id, @raw_hash, @size, @received_at, @envelope_from, @client, 'spooled')`,
    row,
  )
}

/** What waits to be ingested, in the order it came. */
export const spooledMail = (db: ReadableDb, limit: number): ReceivedRow[] =>
  db.all<ReceivedRow>(
    `SELECT * FROM received_mail INDEXED BY received_mail_unfinished
     WHERE state = 'spooled' AND state <> 'ingested' ORDER BY received_at, id LIMIT ?`,
    [limit],
  )

export function markReceivedIngested(db: WritableDb, id: string, reachedId: string | null): void {
  db.run(`UPDATE received_mail SET state = 'ingested', reached_id = ?, problem = NULL WHERE id = ?`, [
    reachedId,
    id,
  ])
}

/** Notes a failed try; at the third the message is set aside. Returns whether it was. */
export function noteReceivedFailure(db: WritableDb, id: string, problem: string): boolean {
  const row = db.get<{ attempts: number }>(
    'UPDATE received_mail SET attempts = attempts + 1, problem = ? WHERE id = ? RETURNING attempts',
    [problem, id],
  )
  if (!row || row.attempts < TRIES) return false
  db.run(`UPDATE received_mail SET state = 'set_aside' WHERE id = ?`, [id])
  return true
}

/** Lets what was set aside be tried again. */
export function releaseReceived(db: WritableDb, channelId: string): void {
  db.run(
    `UPDATE received_mail SET state = 'spooled', attempts = 0, problem = NULL WHERE channel_id = ? AND state = 'set_aside'`,
    [channelId],
  )
}

export const receivedSetAside = (db: ReadableDb, channelId: string): number =>
  db.get<{ n: number }>(
    `SELECT count(*) AS n FROM received_mail INDEXED BY received_mail_unfinished
     WHERE state = 'set_aside' AND state <> 'ingested' AND channel_id = ?`,
    [channelId],
  )!.n

export const receivedCount = (db: ReadableDb, channelId: string): number =>
  db.get<{ n: number }>('SELECT count(*) AS n FROM received_mail WHERE channel_id = ?', [channelId])!.n

export type MailCheckRow = { name: string; result: string; detail: string }

/** The results of the checks of a received or refused message, in order. */
export function insertChecks(db: WritableDb, mailId: string, checks: readonly MailCheckRow[]): void {
  checks.forEach((check, position) => {
    db.run('INSERT INTO mail_checks (mail_id, position, name, result, detail) VALUES (?, ?, ?, ?, ?)', [
      mailId,
      position,
      check.name,
      check.result,
      check.detail,
    ])
  })
}

export const checksOf = (db: ReadableDb, mailId: string): MailCheckRow[] =>
  db.all<MailCheckRow>('SELECT name, result, detail FROM mail_checks WHERE mail_id = ? ORDER BY position', [
    mailId,
  ])
