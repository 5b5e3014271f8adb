import { DomainError } from '../lib/domain-error.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { allTeamMembers, allTeams, teamById, teamEverHad, type TeamRow } from '../store/tables/teams.ts'
import { userById } from '../store/tables/users.ts'
import { setMembers } from './members.ts'

/** The id follows from the name, so that machines provisioned alike agree; a name that comes again gets another. */
function newTeamId(db: Write['db'], name: string): string {
  for (let again = 0; ; again += 1) {
    const id = uuidV5(NAMESPACE.team, name.trim().toLowerCase() + '\n'.repeat(again))
    if (!teamEverHad(db, id)) return id
  }
}

export const teamNamed = (db: ReadableDb, name: string): TeamRow | undefined =>
  allTeams(db).find((team) => team.name.toLowerCase() === name.trim().toLowerCase())

/** Who is in a team, and with it what they see, changed. */
export function noteTeamChange(write: Write, id: string): void {
  write.changed('teams', id)
  write.changed('workspace', 'workspace')
  write.changedAll('inboxes')
  write.changedAll('threads')
}

/** @throws DomainError BAD_INPUT for somebody who is no user */
export function mustBeUsers(db: Write['db'], ids: readonly string[], field: string): void {
  if (ids.some((id) => !userById(db, id))) {
    throw new DomainError('BAD_INPUT', 'One of the people named is not a user here. Add them first.', {
      field,
    })
  }
}

/** @param actorId null when an admin's file does it */
export function createTeam(
  write: Write,
  store: Pick<Store, 'hlc'>,
  actorId: string | null,
  team: { name: string; memberIds: readonly string[] },
): string {
  const id = newTeamId(write.db, team.name)
  const values = { name: team.name, created_at: write.now }
  appendOp(write, store.hlc, actorId, { entity: 'team', id, kind: 'create', values })
  setMembers(write, store, actorId, { entity: 'team', id, set: 'members' }, [], team.memberIds)
  noteTeamChange(write, id)
  return id
}

export const membersOfTeam = (db: ReadableDb, id: string): string[] =>
  allTeamMembers(db)
    .filter((row) => row.team_id === id)
    .map((row) => row.user_id)

const taken = (name: string) =>
  new DomainError('CONFLICT', `There is a team "${name}" already.`, { field: 'name' })

/** @throws DomainError CONFLICT when a team has the name, BAD_INPUT for members who are no users */
export function addTeam(
  store: Store,
  actorId: string,
  team: { name: string; memberIds: readonly string[] },
): string {
  return store.write(
    (write) => {
      const same = teamNamed(write.db, team.name)
      if (same) throw taken(same.name)
      mustBeUsers(write.db, team.memberIds, 'memberIds')
      return createTeam(write, store, actorId, team)
    },
    { durable: true },
  )
}

function mustFind(db: Write['db'], id: string): TeamRow {
  const team = teamById(db, id)
  if (!team) throw new DomainError('NOT_FOUND', 'This team does not exist any more.')
  return team
}

/** @throws DomainError NOT_FOUND, CONFLICT, BAD_INPUT */
export function updateTeam(
  store: Store,
  actorId: string,
  id: string,
  changes: { name?: string; memberIds?: readonly string[] },
): void {
  store.write(
    (write) => {
      const { db } = write
      const team = mustFind(db, id)
      const { name, memberIds } = changes
      let differs = false
      if (name !== undefined && name !== team.name) {
        const same = teamNamed(db, name)
        if (same && same.id !== id) throw taken(same.name)
        appendOp(write, store.hlc, actorId, { entity: 'team', id, kind: 'set', values: { name } })
        differs = true
      }
      if (memberIds) {
        mustBeUsers(db, memberIds, 'memberIds')
        const set = { entity: 'team', id, set: 'members' } as const
        differs =
          setMembers(write, store, actorId, set, membersOfTeam(db, id), memberIds).length > 0 || differs
      }
      if (differs) noteTeamChange(write, id)
    },
    { durable: true },
  )
}

/** What was shared with the team is no longer shared by it; conversations that it has keep its name in their history. */
export function removeTeam(store: Store, actorId: string, id: string): void {
  store.write(
    (write) => {
      mustFind(write.db, id)
      const values = { removed_at: write.now }
      appendOp(write, store.hlc, actorId, { entity: 'team', id, kind: 'set', values })
      noteTeamChange(write, id)
    },
    { durable: true },
  )
}
