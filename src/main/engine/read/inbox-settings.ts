import type { ReadableDb } from '../store/statements.ts'
import { routingTeamsOf, routingUsersOf } from '../store/tables/inboxes.ts'
import type { InboxAccess } from '../team/access.ts'
import type { InboxSettingsShape } from './shapes.ts'

/** @param refusal why the user may not change them, or null */
export function inboxSettingsShape(
  db: ReadableDb,
  { row, memberIds, teamIds }: InboxAccess,
  refusal: string | null,
): InboxSettingsShape {
  return {
    id: row.id,
    name: row.name,
    access: row.access,
    memberIds: [...memberIds],
    teamIds: [...teamIds],
    routing: {
      automatic: row.routing_automatic === 1,
      method: row.routing_method,
      userIds: routingUsersOf(db, row.id),
      teamIds: routingTeamsOf(db, row.id),
      onlyAvailable: row.routing_only_available === 1,
    },
    tickets: {
      create: row.ticket_create === 1,
      pipeline: row.ticket_pipeline,
      status: row.ticket_status,
      priority: row.ticket_priority,
      category: row.ticket_category,
      ownerId: row.ticket_owner_id,
    },
    attributeForwards: row.attribute_forwards === 1,
    forwardsByMembersOnly: row.forwards_by_members_only === 1,
    attributeAutomaticForwards: row.attribute_automatic_forwards === 1,
    refusal,
  }
}
