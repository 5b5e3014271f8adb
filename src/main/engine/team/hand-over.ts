import { reopenTicket } from '../crm/tickets.ts'
import { DomainError } from '../lib/domain-error.ts'
import { uuidV7 } from '../lib/uuid.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store } from '../store/store.ts'
import { allTeams, teamById, type TeamRow } from '../store/tables/teams.ts'
import { collectUndo } from '../store/undo.ts'
import { accessOf, canSee, refusalToAct, type Access } from './access.ts'
import { membersOfTeam } from './team-actions.ts'
import { AWAKE, mustActOn, mustBeNoSpam, mustSeeThread } from './thread-actions.ts'

/** What a team can do where. */
type TeamAtWork = {
  team: TeamRow
  members: readonly string[]
  /** Inboxes where somebody of it may act; those that name the team come first. */
  inboxIds: readonly string[]
}

function atWork(db: ReadableDb, access: Access, team: TeamRow): TeamAtWork {
  const members = membersOfTeam(db, team.id)
  const accesses = members.flatMap((id) => accessOf(db, id) ?? [])
  const works = [...access.inboxes.values()].filter(({ row }) =>
    accesses.some((one) => one.inboxes.get(row.id)?.isMember === true),
  )
  const names = (teamIds: readonly string[]): number => Number(!teamIds.includes(team.id))
  const inboxIds = works
    .sort((a, b) => names(a.teamIds) - names(b.teamIds) || (a.row.name < b.row.name ? -1 : 1))
    .map(({ row }) => row.id)
  return { team, members, inboxIds }
}

/**
 * Where a conversation of an inbox lies when a team has it: it stays where the team works already, else it goes to the
 * first inbox of the team's that the user may act in (D8: access is checked on both sides).
 * @throws DomainError BAD_INPUT where there is none
 */
function placeFor(access: Access, { team, inboxIds }: TeamAtWork, from: string): string {
  if (inboxIds.includes(from)) return from
  if (inboxIds.length === 0)
    throw new DomainError(
      'BAD_INPUT',
      `Nobody of the team "${team.name}" works in any inbox. Add the team in an inbox's access settings first.`,
      { field: 'teamId' },
    )
  const open = inboxIds.find((id) => refusalToAct(access, id) === null)
  if (open !== undefined) return open
  // What the user cannot see is not named to them.
  const seen = inboxIds.find((id) => canSee(access, id))
  throw new DomainError(
    'BAD_INPUT',
    seen === undefined
      ? `The team "${team.name}" works only in inboxes that you cannot see. Forward the mail to an address of theirs.`
      : `The team "${team.name}" works in the inbox "${access.inboxes.get(seen)?.row.name ?? '?'}". ${refusalToAct(access, seen) ?? ''}`,
    { field: 'teamId', ...(seen !== undefined && { inboxId: seen }) },
  )
}

export type HandOver = { teamId: string; inboxIds: string[]; moves: boolean; refusal: string | null }

/** The teams that conversations could be handed to, with where they would lie then. @throws DomainError NOT_FOUND */
export function handOvers(db: ReadableDb, access: Access, ids: readonly string[]): HandOver[] {
  const inboxes = ids.flatMap((id) => mustSeeThread(db, access, id).inbox_id ?? [])
  return allTeams(db).map((team): HandOver => {
    try {
      const work = atWork(db, access, team)
      const places = inboxes.map((from) => placeFor(access, work, from))
      return {
        teamId: team.id,
        inboxIds: [...new Set(places)],
        moves: places.some((place, i) => place !== inboxes[i]),
        refusal: null,
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      return { teamId: team.id, inboxIds: [], moves: false, refusal: error.message }
    }
  })
}

/**
 * Hands conversations to a team: inbox, team, assignee, status and a comment in one step that is taken back as one.
 * @returns what `undo.run` takes it back by
 * @throws DomainError NOT_FOUND, NOT_ALLOWED, BAD_INPUT where the team cannot work on one of them
 */
export function handOver(
  store: Store,
  access: Access,
  ids: readonly string[],
  teamId: string,
  comment: string,
): string | null {
  return store.write(
    (write) => {
      const { db } = write
      const undo = collectUndo(write, store, access.user.id)
      const team = teamById(db, teamId)
      if (!team) throw new DomainError('BAD_INPUT', 'There is no such team.', { field: 'teamId' })
      const work = atWork(db, access, team)
      for (const thread of mustActOn(db, access, ids)) {
        mustBeNoSpam(thread)
        const inboxId = placeFor(access, work, thread.inbox_id)
        const keeps = thread.assignee_id !== null && work.members.includes(thread.assignee_id)
        const wanted = {
          inbox_id: inboxId,
          team_id: team.id,
          ...(!keeps && { assignee_id: null }),
          status: 'open',
          ...AWAKE,
        } as const
        const values = Object.fromEntries(
          Object.entries(wanted).filter(([field, value]) => thread[field as keyof typeof wanted] !== value),
        )
        if (Object.keys(values).length > 0)
          undo.append({ entity: 'thread', id: thread.id, kind: 'set', values })
        if (thread.status === 'closed') reopenTicket(write, (op) => undo.append(op), thread.id)
        const id = uuidV7(write.now)
        undo.append({
          entity: 'comment',
          id,
          kind: 'create',
          values: { thread_id: thread.id, author_id: access.user.id, text: comment, at: write.now },
        })
        write.changed('comments', id)
        write.changed('threads', thread.id)
        // Whoever sees it here may not see it there: they are told that something went, not what.
        if (inboxId !== thread.inbox_id)
          for (const name of ['threads', 'tickets'] as const) write.changedAll(name)
      }
      return undo.id()
    },
    { durable: true },
  )
}
