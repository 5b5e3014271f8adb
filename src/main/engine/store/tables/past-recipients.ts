import type { Mailbox } from '../../../../contract/common.ts'
import { used } from '../../lib/frecency.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

/** Whom a user wrote to; `rank` orders by recency and frequency (lib/frecency.ts). */
export type PastRecipientRow = { address: string; name: string; rank: number }

export const pastByRankSql = `SELECT address, name, rank FROM past_recipients INDEXED BY past_recipients_by_rank
  WHERE user_id = ? ORDER BY rank DESC LIMIT ?`

/** Those that a user wrote to most and lastly. */
export const pastRecipients = (db: ReadableDb, userId: string, limit: number): PastRecipientRow[] =>
  db.all<PastRecipientRow>(pastByRankSql, [userId, limit])

export const pastSearchSql = `SELECT p.address, p.name, p.rank FROM past_recipients_fts f
  CROSS JOIN past_recipients p ON p.id = f.rowid
  WHERE past_recipients_fts MATCH ? AND p.user_id = ? ORDER BY f.rowid DESC LIMIT ?`

/** Those with words that begin so, the newest acquaintances first. @param match  an FTS5 query */
export const pastRecipientsMatching = (
  db: ReadableDb,
  match: string,
  userId: string,
  limit: number,
): PastRecipientRow[] => db.all<PastRecipientRow>(pastSearchSql, [match, userId, limit])

/** Notes that a user wrote to some people at `at` ms. */
export function noteRecipients(
  db: WritableDb,
  userId: string,
  recipients: readonly Mailbox[],
  at: number,
): void {
  const byAddress = new Map(
    recipients.map(({ name, address }) => [address.trim().toLowerCase(), name.trim()]),
  )
  for (const [address, name] of byAddress) {
    if (!/^.+@.+$/.test(address)) continue
    const known = db.get<{ rank: number }>(
      'SELECT rank FROM past_recipients WHERE user_id = ? AND address = ?',
      [userId, address],
    )
    db.run(
      `INSERT INTO past_recipients (user_id, address, name, rank) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (user_id, address) DO UPDATE SET rank = ?4, name = iif(?3 = '', name, ?3)`,
      [userId, address, name, used(known?.rank ?? null, at)],
    )
  }
}
