import type { Routing, TicketPriority, TicketStatus } from '../../../../contract/admin.ts'
import type { ReadableDb } from '../statements.ts'

export type InboxRow = {
  id: string
  name: string
  access: 'everyone' | 'members'
  created_at: number
  routing_automatic: 0 | 1
  routing_method: Routing['method']
  routing_only_available: 0 | 1
  ticket_create: 0 | 1
  ticket_pipeline: string
  ticket_status: TicketStatus
  ticket_priority: TicketPriority
  ticket_category: string
  ticket_owner_id: string | null
  /** F3: off, a forwarded message stays with whoever forwarded it. */
  attribute_forwards: 0 | 1
  /** F3: off, mail that came by an automatic forward stays with whom its From names. */
  attribute_automatic_forwards: 0 | 1
  /** On, a forwarded message is attributed only where a member of the inbox forwarded it. */
  forwards_by_members_only: 0 | 1
}

/** All inboxes, by name. */
export const allInboxes = (db: ReadableDb): InboxRow[] =>
  db.all<InboxRow>('SELECT * FROM inboxes ORDER BY name COLLATE NOCASE, id')

export const inboxById = (db: ReadableDb, id: string): InboxRow | undefined =>
  db.get<InboxRow>('SELECT * FROM inboxes WHERE id = ?', [id])

/** Who was added to inboxes by name; an inbox with access `everyone` needs no rows here. */
export const allInboxMembers = (db: ReadableDb): { inbox_id: string; user_id: string }[] =>
  db.all('SELECT inbox_id, user_id FROM inbox_members ORDER BY inbox_id, user_id')

/** The teams that were added to inboxes; removed ones are not among them. */
export const allInboxTeams = (db: ReadableDb): { inbox_id: string; team_id: string }[] =>
  db.all(
    `SELECT i.inbox_id, i.team_id FROM inbox_teams i JOIN teams t ON t.id = i.team_id AND t.removed_at IS NULL
     ORDER BY i.inbox_id, i.team_id`,
  )

/** Those chosen for an inbox's routing, by name and by team. */
export const routingUsersOf = (db: ReadableDb, inboxId: string): string[] =>
  db
    .all<{ user_id: string }>('SELECT user_id FROM routing_users WHERE inbox_id = ? ORDER BY user_id', [
      inboxId,
    ])
    .map((row) => row.user_id)

export const routingTeamsOf = (db: ReadableDb, inboxId: string): string[] =>
  db
    .all<{ team_id: string }>(
      `SELECT r.team_id FROM routing_teams r JOIN teams t ON t.id = r.team_id AND t.removed_at IS NULL
       WHERE r.inbox_id = ? ORDER BY r.team_id`,
      [inboxId],
    )
    .map((row) => row.team_id)
