import { groupBy } from '../lib/group-by.ts'
import type { ReadableDb } from '../store/statements.ts'
import { allTeamMembers, allTeams } from '../store/tables/teams.ts'
import type { TeamShape } from './shapes.ts'

/** The teams with their members, by name. */
export function teamShapes(db: ReadableDb): TeamShape[] {
  const members = groupBy(allTeamMembers(db), (row) => row.team_id)
  return allTeams(db).map(({ id, name }) => ({
    id,
    name,
    memberIds: (members.get(id) ?? []).map((row) => row.user_id),
  }))
}
