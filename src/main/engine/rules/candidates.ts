import type { ReadableDb } from '../store/statements.ts'
import {
  allInboxMembers,
  allInboxTeams,
  routingTeamsOf,
  routingUsersOf,
  type InboxRow,
} from '../store/tables/inboxes.ts'
import { openThreadsOf, turnsOf } from '../store/tables/routings.ts'
import { allTeamMembers } from '../store/tables/teams.ts'
import { allUsers, userById, type UserRow } from '../store/tables/users.ts'
import { contactRecord } from '../store/tables/contacts.ts'
import type { Owner, RoutingCase } from './routing.ts'

/** The ids of all who are in one of these teams. */
function membersOf(db: ReadableDb, teamIds: readonly string[]): Set<string> {
  const wanted = new Set(teamIds)
  return new Set(allTeamMembers(db).flatMap((row) => (wanted.has(row.team_id) ? [row.user_id] : [])))
}

/** Tells whether a user is here and may act in the inbox (A1, A2). */
export function actsIn(db: ReadableDb, inbox: InboxRow): (user: UserRow) => boolean {
  if (inbox.access === 'everyone') return (user) => user.active === 1
  const of = <T extends { inbox_id: string }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.inbox_id === inbox.id)
  const named = new Set(of(allInboxMembers(db)).map((row) => row.user_id))
  const inTeams = membersOf(
    db,
    of(allInboxTeams(db)).map((row) => row.team_id),
  )
  return (user) => user.active === 1 && (named.has(user.id) || inTeams.has(user.id))
}

/** What routing has to know about an inbox and the contact who wrote there, as of now. */
export function routingCase(db: ReadableDb, inbox: InboxRow, contactId: string | null): RoutingCase {
  const base = { method: inbox.routing_method, onlyAvailable: inbox.routing_only_available === 1 }
  const acts = actsIn(db, inbox)
  if (base.method === 'contact_owner') {
    return { ...base, candidates: [], chosen: 0, owner: ownerOf(db, contactId, acts) }
  }
  const chosen = membersOf(db, routingTeamsOf(db, inbox.id))
  for (const id of routingUsersOf(db, inbox.id)) chosen.add(id)
  const turns = turnsOf(db, inbox.id)
  const candidates = allUsers(db)
    .filter((user) => chosen.has(user.id) && acts(user))
    .map((user) => ({
      userId: user.id,
      name: user.name,
      available: user.availability === 'available',
      openThreads: base.method === 'least_open' ? openThreadsOf(db, user.id) : 0,
      lastTurn: turns.get(user.id) ?? null,
    }))
  return { ...base, candidates, chosen: chosen.size, owner: null }
}

function ownerOf(db: ReadableDb, contactId: string | null, acts: (user: UserRow) => boolean): Owner | null {
  const ownerId = contactId === null ? null : contactRecord(db, contactId)?.owner_id
  const owner = ownerId ? userById(db, ownerId) : undefined
  return owner
    ? {
        userId: owner.id,
        name: owner.name,
        available: owner.availability === 'available',
        canAct: acts(owner),
      }
    : null
}
