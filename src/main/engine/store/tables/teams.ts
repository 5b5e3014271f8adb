import type { ReadableDb } from '../statements.ts'

export type TeamRow = { id: string; name: string; removed_at: number | null; created_at: number }

/** The teams that there are, by name. */
export const allTeams = (db: ReadableDb): TeamRow[] =>
  db.all<TeamRow>('SELECT * FROM teams WHERE removed_at IS NULL ORDER BY name COLLATE NOCASE, id')

/** The team with that id; a removed one is none. */
export const teamById = (db: ReadableDb, id: string): TeamRow | undefined =>
  db.get<TeamRow>('SELECT * FROM teams WHERE id = ? AND removed_at IS NULL', [id])

/** Whether a team ever had that id. */
export const teamEverHad = (db: ReadableDb, id: string): boolean =>
  db.get('SELECT 1 FROM teams WHERE id = ?', [id]) !== undefined

/** Who is in which team; members of removed teams are not among them. */
export const allTeamMembers = (db: ReadableDb): { team_id: string; user_id: string }[] =>
  db.all(
    `SELECT m.team_id, m.user_id FROM team_members m JOIN teams t ON t.id = m.team_id AND t.removed_at IS NULL
     ORDER BY m.team_id, m.user_id`,
  )
