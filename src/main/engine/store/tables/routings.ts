import type { Routing } from '../../../../contract/admin.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

export type RoutingRow = {
  /** The thread's id. */
  id: string
  inbox_id: string
  method: Routing['method']
  assignee_id: string | null
  reason: string
  at: number
  mail_state: 'none' | 'due' | 'queued'
}

export const routingOf = (db: ReadableDb, threadId: string): RoutingRow | undefined =>
  db.get<RoutingRow>('SELECT * FROM routings WHERE id = ?', [threadId])

/** Notes that a user got the latest thread of an inbox. */
export function takeTurn(db: WritableDb, inboxId: string, userId: string): void {
  db.run(
    `INSERT INTO routing_turns (inbox_id, user_id, turn)
     VALUES (?1, ?2, (SELECT coalesce(max(turn), 0) + 1 FROM routing_turns WHERE inbox_id = ?1))
     ON CONFLICT (inbox_id, user_id) DO UPDATE SET turn = excluded.turn`,
    [inboxId, userId],
  )
}

/** When each user was last routed to in an inbox, as a number that grows; who never was is not in it. */
export const turnsOf = (db: ReadableDb, inboxId: string): Map<string, number> =>
  new Map(
    db
      .all<{ user_id: string; turn: number }>('SELECT user_id, turn FROM routing_turns WHERE inbox_id = ?', [
        inboxId,
      ])
      .map((row) => [row.user_id, row.turn]),
  )

/** Open threads of a user, over all inboxes. */
export const openThreadsOf = (db: ReadableDb, userId: string): number =>
  db.get<{ n: number }>(
    `SELECT count(*) AS n FROM threads INDEXED BY threads_by_assignee WHERE listed_as = 'open' AND assignee_id = ?`,
    [userId],
  )!.n

/** The decisions whose assignee is to get the thread by mail. */
export const mailsDue = (db: ReadableDb): RoutingRow[] =>
  db.all<RoutingRow>(
    `SELECT * FROM routings INDEXED BY routings_mail_due WHERE mail_state = 'due' ORDER BY id LIMIT 100`,
  )

/** Moves the mail of a decision on; false when it had been moved before. */
export const settleMail = (db: WritableDb, threadId: string, state: 'none' | 'queued'): boolean =>
  db.run(`UPDATE routings SET mail_state = ? WHERE id = ? AND mail_state = 'due'`, [state, threadId])
    .changes > 0
