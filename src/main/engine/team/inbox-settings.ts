import type { Routing, TicketDefaults } from '../../../contract/admin.ts'
import { DomainError } from '../lib/domain-error.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import {
  allInboxes,
  allInboxMembers,
  allInboxTeams,
  inboxById,
  routingTeamsOf,
  routingUsersOf,
  type InboxRow,
} from '../store/tables/inboxes.ts'
import { teamById } from '../store/tables/teams.ts'
import type { Access } from './access.ts'
import { setMembers } from './members.ts'
import { mustBeUsers } from './team-actions.ts'

export type InboxChanges = {
  name?: string
  access?: 'everyone' | 'members'
  memberIds?: readonly string[]
  teamIds?: readonly string[]
  routing?: Partial<Routing>
  tickets?: Partial<TicketDefaults>
  attributeForwards?: boolean
  forwardsByMembersOnly?: boolean
  attributeAutomaticForwards?: boolean
}

/** Why the user may not change an inbox's settings, in words; null when they may. */
export const refusalToConfigure = (access: Access): string | null =>
  access.user.role === 'member'
    ? 'Only an admin can change the settings of an inbox. Ask one, or sign in as one.'
    : null

const flag = (on: boolean | undefined) => (on === undefined ? undefined : Number(on))

/** The columns that changes ask for; undefined where they do not. */
const columnsOf = ({
  name,
  access,
  routing,
  tickets,
  ...changes
}: InboxChanges): Record<string, string | number | null | undefined> => ({
  name,
  access,
  routing_automatic: flag(routing?.automatic),
  routing_method: routing?.method,
  routing_only_available: flag(routing?.onlyAvailable),
  ticket_create: flag(tickets?.create),
  ticket_pipeline: tickets?.pipeline,
  ticket_status: tickets?.status,
  ticket_priority: tickets?.priority,
  ticket_category: tickets?.category,
  ticket_owner_id: tickets?.ownerId,
  attribute_forwards: flag(changes.attributeForwards),
  forwards_by_members_only: flag(changes.forwardsByMembersOnly),
  attribute_automatic_forwards: flag(changes.attributeAutomaticForwards),
})

function mustBeTeams(db: Write['db'], ids: readonly string[], field: string): void {
  if (ids.some((id) => !teamById(db, id))) {
    throw new DomainError('BAD_INPUT', 'One of the teams named does not exist any more.', { field })
  }
}

/**
 * Changes an inbox within a transaction; only what differs is written.
 * @param actorId null when an admin's file does it
 * @returns what differed, in words
 * @throws DomainError BAD_INPUT for people and teams that do not exist, CONFLICT for a name that is taken
 */
export function changeInbox(
  write: Write,
  store: Pick<Store, 'hlc'>,
  actorId: string | null,
  row: InboxRow,
  changes: InboxChanges,
): string[] {
  const { db } = write
  const { id } = row
  const { name, routing, tickets } = changes
  if (name !== undefined) {
    const same = allInboxes(db).find((one) => one.id !== id && one.name.toLowerCase() === name.toLowerCase())
    if (same)
      throw new DomainError('CONFLICT', `There is an inbox "${same.name}" already.`, { field: 'name' })
  }
  mustBeUsers(db, changes.memberIds ?? [], 'memberIds')
  mustBeTeams(db, changes.teamIds ?? [], 'teamIds')
  mustBeUsers(db, routing?.userIds ?? [], 'routing.userIds')
  mustBeTeams(db, routing?.teamIds ?? [], 'routing.teamIds')
  if (tickets?.ownerId) mustBeUsers(db, [tickets.ownerId], 'tickets.ownerId')

  const values = Object.fromEntries(
    Object.entries(columnsOf(changes)).filter(
      (entry): entry is [string, string | number | null] =>
        entry[1] !== undefined && row[entry[0] as keyof InboxRow] !== entry[1],
    ),
  )
  const differences = Object.keys(values).map((column) => column.replaceAll('_', ' '))
  if (differences.length > 0) {
    appendOp(write, store.hlc, actorId, { entity: 'inbox', id, kind: 'set', values })
  }
  const sets = [
    ['members', () => membersOf(db, id), changes.memberIds],
    ['teams', () => teamsOf(db, id), changes.teamIds],
    ['routing_users', () => routingUsersOf(db, id), routing?.userIds],
    ['routing_teams', () => routingTeamsOf(db, id), routing?.teamIds],
  ] as const
  for (const [set, present, wanted] of sets) {
    if (!wanted) continue
    const done = setMembers(write, store, actorId, { entity: 'inbox', id, set }, present(), wanted)
    differences.push(...done.map((what) => `${set.replaceAll('_', ' ')} ${what}`))
  }
  if (differences.length > 0) {
    write.changed('inboxes', id)
    write.changed('workspace', 'workspace')
  }
  // Who sees its conversations may be others now.
  if (differences.some((what) => /^(access|members|teams)/.test(what))) write.changedAll('threads')
  return differences
}

export const membersOf = (db: Write['db'], inboxId: string): string[] =>
  allInboxMembers(db)
    .filter((row) => row.inbox_id === inboxId)
    .map((row) => row.user_id)

export const teamsOf = (db: Write['db'], inboxId: string): string[] =>
  allInboxTeams(db)
    .filter((row) => row.inbox_id === inboxId)
    .map((row) => row.team_id)

/** @throws DomainError NOT_ALLOWED, NOT_FOUND, BAD_INPUT, CONFLICT */
export function updateInbox(store: Store, access: Access, id: string, changes: InboxChanges): void {
  const refusal = refusalToConfigure(access)
  if (refusal !== null) throw new DomainError('NOT_ALLOWED', refusal, { inboxId: id })
  store.write(
    (write) => {
      const row = inboxById(write.db, id)
      if (!row) throw new DomainError('NOT_FOUND', 'This inbox does not exist.')
      changeInbox(write, store, access.user.id, row, changes)
    },
    { durable: true },
  )
}
