import type { ReadableDb } from '../store/statements.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { allInboxes, allInboxMembers, allInboxTeams, type InboxRow } from '../store/tables/inboxes.ts'
import { allTeamMembers } from '../store/tables/teams.ts'
import { userById, type UserRow } from '../store/tables/users.ts'
import { DomainError } from '../lib/domain-error.ts'
import { groupBy } from '../lib/group-by.ts'

/** What one user may see and do (A1 to A3), as of the moment it was read. */
export type Access = {
  user: UserRow
  /** Inboxes that the user can see. */
  visible: readonly string[]
  /** True when that is every inbox of the workspace, so that queries need no filter. */
  seesAll: boolean
  inboxes: ReadonlyMap<string, InboxAccess>
}

export type InboxAccess = {
  row: InboxRow
  /** Added by name. */
  memberIds: readonly string[]
  /** Teams whose members are members. */
  teamIds: readonly string[]
  /** Whether the user may act there. */
  isMember: boolean
}

/** Reads the access of a user; null when there is no such user, or no longer. */
export function accessOf(db: ReadableDb, userId: string): Access | null {
  const user = userById(db, userId)
  if (!user || user.active === 0) return null
  const named = groupBy(allInboxMembers(db), (row) => row.inbox_id)
  const teams = groupBy(allInboxTeams(db), (row) => row.inbox_id)
  const own = new Set(
    allTeamMembers(db)
      .filter((row) => row.user_id === userId)
      .map((row) => row.team_id),
  )
  const inboxes = new Map<string, InboxAccess>()
  const visible: string[] = []
  const seesEvery = user.role !== 'member'
  for (const row of allInboxes(db)) {
    const memberIds = (named.get(row.id) ?? []).map((member) => member.user_id)
    const teamIds = (teams.get(row.id) ?? []).map((team) => team.team_id)
    const isMember =
      row.access === 'everyone' || memberIds.includes(userId) || teamIds.some((id) => own.has(id))
    inboxes.set(row.id, { row, memberIds, teamIds, isMember })
    if (seesEvery || isMember) visible.push(row.id)
  }
  return { user, visible, seesAll: visible.length === inboxes.size, inboxes }
}

export const canSee = (access: Access, inboxId: string): boolean => access.visible.includes(inboxId)

/** A conversation of an inbox that the user can see, or logged personal mail, which everyone sees who sees its records (G8). */
export const canSeeThread = (access: Access, thread: { inbox_id: string | null }): boolean =>
  thread.inbox_id === null || canSee(access, thread.inbox_id)

/** A channel of an inbox that the user can see, or a personal one of their own. */
export const canSeeChannel = (access: Access, channel: Pick<ChannelRow, 'inbox_id' | 'user_id'>): boolean =>
  channel.inbox_id === null ? channel.user_id === access.user.id : canSee(access, channel.inbox_id)

/** Why the user may not send from a channel, in words; null when they may (A2, C2). */
export function refusalToSend(
  access: Access,
  channel: Pick<ChannelRow, 'inbox_id' | 'user_id'>,
): string | null {
  if (channel.inbox_id !== null) return refusalToAct(access, channel.inbox_id)
  return channel.user_id === access.user.id ? null : 'This is the personal address of somebody else.'
}

/**
 * The same about an answer in a conversation: one that was moved is answered from the address it came to, by whoever
 * may act in the inbox where it is now (D8).
 */
export function refusalToAnswer(
  access: Access,
  channel: Pick<ChannelRow, 'id' | 'inbox_id' | 'user_id'>,
  thread: { inbox_id: string | null; channel_id: string } | undefined,
): string | null {
  const refusal = refusalToSend(access, channel)
  if (refusal === null || !thread || thread.inbox_id === null || thread.channel_id !== channel.id)
    return refusal
  return refusalToAct(access, thread.inbox_id)
}

/**
 * The inboxes that queries have to keep to, or null for all. Never empty: an empty list leaves SQLite no index to
 * use, one that names nothing does.
 */
export const inboxFilter = (access: Access): readonly string[] | null =>
  access.seesAll ? null : access.visible.length > 0 ? access.visible : ['']

const LOGGED_MAIL =
  'This is logged personal mail: it is on the timelines of its records and in no inbox, so nobody assigns or closes it. Its owner can answer it from the personal address.'

/** Why the user may not reply, assign, close and comment in that inbox, in words for the user; null when they may (A2, A3). */
export function refusalToAct(access: Access, inboxId: string | null): string | null {
  if (inboxId === null) return LOGGED_MAIL
  const inbox = access.inboxes.get(inboxId)
  if (inbox?.isMember) return null
  return `You are not a member of the inbox "${inbox?.row.name ?? '?'}". You can read it because of your role; to act in it, be added in its access settings.`
}

/** @returns the inbox. @throws DomainError NOT_ALLOWED, with the inbox whose access settings decide */
export function mustAct(access: Access, inboxId: string | null): string {
  const refusal = refusalToAct(access, inboxId)
  if (refusal === null && inboxId !== null) return inboxId
  throw new DomainError('NOT_ALLOWED', refusal ?? LOGGED_MAIL, inboxId === null ? undefined : { inboxId })
}

/** @throws DomainError NOT_ALLOWED for users who are neither super admin nor have account access */
export function mustAdminister(access: Access, what: string): void {
  if (access.user.role === 'member') {
    throw new DomainError('NOT_ALLOWED', `Only an admin can ${what}. Ask one, or sign in as one.`)
  }
}
