import type { TeamView } from '@contract/admin.ts'
import type { UserView } from '@contract/workspace.ts'

export type InboxAccess = {
  access: 'everyone' | 'members'
  memberIds: readonly string[]
  teamIds: readonly string[]
}

/** Why somebody may use an inbox, the deciding reason first (A1, A2). */
export type Why =
  | { kind: 'everyone' }
  | { kind: 'named' }
  | { kind: 'team'; team: string }
  | { kind: 'role'; role: UserView['role'] }

export type Reach = {
  user: UserView
  /** `acts`: sees and acts. `sees`: only sees, by their role (A2). `none`: the inbox is not there for them. */
  reach: 'acts' | 'sees' | 'none'
  why: Why | null
}

/** What an active user may do in an inbox with these settings, and why. */
export function reachOf(user: UserView, inbox: InboxAccess, teams: readonly TeamView[]): Reach {
  if (inbox.access === 'everyone') return { user, reach: 'acts', why: { kind: 'everyone' } }
  if (inbox.memberIds.includes(user.id)) return { user, reach: 'acts', why: { kind: 'named' } }
  const team = teams.find(({ id, memberIds }) => inbox.teamIds.includes(id) && memberIds.includes(user.id))
  if (team) return { user, reach: 'acts', why: { kind: 'team', team: team.name } }
  if (user.role !== 'member') return { user, reach: 'sees', why: { kind: 'role', role: user.role } }
  return { user, reach: 'none', why: null }
}
