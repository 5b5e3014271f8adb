import { closeTicket, ownTicket, reopenTicket, type Append } from '../crm/tickets.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { collectUndo, isOpenedByMerge } from '../store/undo.ts'
import { flaggableMessages } from '../store/queries/thread-commands.ts'
import { inboxById } from '../store/tables/inboxes.ts'
import { queueFlag } from '../store/tables/remote-messages.ts'
import { refreshThread, threadById, type ThreadRow } from '../store/tables/threads.ts'
import { teamById } from '../store/tables/teams.ts'
import { accessOf, canSee, canSeeThread, mustAct, type Access } from './access.ts'
import { membersOfTeam } from './team-actions.ts'

/**
 * What people do to conversations. Each is one durable transaction; all of it happens or nothing, and what can be taken
 * back answers by what (store/undo.ts).
 */

/** The thread as the user may see it. @throws DomainError NOT_FOUND, also for threads of hidden inboxes (A1) */
export function mustSeeThread(db: ReadableDb, access: Access, id: string): ThreadRow {
  const thread = threadById(db, id)
  if (!thread || !canSeeThread(access, thread)) {
    throw new DomainError('NOT_FOUND', 'This conversation does not exist, or you cannot see its inbox.')
  }
  return thread
}

/** A conversation of an inbox. */
export type TeamThread = ThreadRow & { inbox_id: string }

/** The threads, each once, after checking that the user may act on all of them. */
export function mustActOn(db: ReadableDb, access: Access, ids: readonly string[]): TeamThread[] {
  const threads = new Map<string, TeamThread>()
  for (const id of ids) {
    const thread = mustSeeThread(db, access, id)
    threads.set(thread.id, { ...thread, inbox_id: mustAct(access, thread.inbox_id) })
  }
  return [...threads.values()]
}

/** What people set on threads. */
type ThreadValues = {
  status?: 'open' | 'closed'
  assignee_id?: string | null
  team_id?: string | null
  inbox_id?: string
  snoozed_until?: number | null
  snoozed_until_reply?: 0 | 1
}

/** Nothing waits any more. */
export const AWAKE = { snoozed_until: null, snoozed_until_reply: 0 } as const

/**
 * Sets fields of threads by op; a field that has the value already is no op.
 * @returns what `undo.run` takes it back by; null when nothing changed
 */
function setThreads(
  store: Store,
  access: Access,
  ids: readonly string[],
  values: ThreadValues | ((write: Write, thread: TeamThread) => ThreadValues),
  check: (write: Write, thread: TeamThread) => void = () => {},
  also: (write: Write, thread: ThreadRow, append: Append) => void = () => {},
): string | null {
  return store.write(
    (write) => {
      const undo = collectUndo(write, store, access.user.id)
      for (const thread of mustActOn(write.db, access, ids)) {
        check(write, thread)
        const differing = Object.fromEntries(
          Object.entries(typeof values === 'function' ? values(write, thread) : values).filter(
            ([field, value]) => thread[field as keyof ThreadValues] !== value,
          ),
        )
        also(write, thread, (op) => undo.append(op))
        if (Object.keys(differing).length === 0) continue
        undo.append({ entity: 'thread', id: thread.id, kind: 'set', values: differing })
        write.changed('threads', thread.id)
      }
      return undo.id()
    },
    { durable: true },
  )
}

/** Spam is nowhere but among spam: it is neither closed nor put off. @throws DomainError CONFLICT */
export function mustBeNoSpam(thread: TeamThread): void {
  if (thread.status !== 'spam') return
  throw new DomainError(
    'CONFLICT',
    `"${thread.subject || 'This conversation'}" is among spam. Say first that it is not spam.`,
  )
}

/** Whom threads are given to; null takes them from whoever has them, what is left out stays. */
export type Assignment = { assigneeId?: string | null; teamId?: string | null }

/**
 * Assigns threads to a user, a team, or both.
 * @throws DomainError BAD_INPUT when the user, or nobody of the team, can act in a thread's inbox
 */
export function assignThreads(
  store: Store,
  access: Access,
  ids: readonly string[],
  { assigneeId, teamId }: Assignment,
): string | null {
  if (assigneeId === undefined && teamId === undefined) {
    throw new DomainError('BAD_INPUT', 'Say to whom: a user, a team, or nobody.', { field: 'assigneeId' })
  }
  const values = {
    ...(assigneeId === undefined ? {} : { assignee_id: assigneeId }),
    ...(teamId === undefined ? {} : { team_id: teamId }),
  }
  return setThreads(
    store,
    access,
    ids,
    values,
    (write, thread) => {
      if (assigneeId) mustBeAssignable(write, assigneeId, thread)
      if (teamId) mustHaveMember(write, teamId, thread)
    },
    (write, thread, append) => {
      if (assigneeId) ownTicket(write, append, thread.id, assigneeId)
    },
  )
}

function mustBeAssignable({ db }: Write, userId: string, thread: TeamThread): void {
  const assignee = accessOf(db, userId)
  if (!assignee)
    throw new DomainError('BAD_INPUT', 'There is no such user to assign to.', { field: 'assigneeId' })
  const inbox = assignee.inboxes.get(thread.inbox_id)
  if (inbox?.isMember) return
  throw new DomainError(
    'BAD_INPUT',
    `${assignee.user.name} is not a member of the inbox "${inbox?.row.name ?? '?'}". Add them in its access settings first.`,
    { field: 'assigneeId', inboxId: thread.inbox_id },
  )
}

function mustHaveMember({ db }: Write, teamId: string, thread: TeamThread): void {
  const team = teamById(db, teamId)
  if (!team) throw new DomainError('BAD_INPUT', 'There is no such team to assign to.', { field: 'teamId' })
  const members = membersOfTeam(db, teamId).map((id) => accessOf(db, id)?.inboxes.get(thread.inbox_id))
  if (members.some((inbox) => inbox?.isMember)) return
  throw new DomainError(
    'BAD_INPUT',
    `Nobody of the team "${team.name}" is a member of the inbox "${inboxById(db, thread.inbox_id)?.name ?? '?'}". Add the team in its access settings first.`,
    { field: 'teamId', inboxId: thread.inbox_id },
  )
}

/** Closes conversations, each with its ticket unless `ticket` says to keep that (D7). */
export function closeThreads(
  store: Store,
  access: Access,
  ids: readonly string[],
  ticket: 'close' | 'keep',
): string | null {
  return setThreads(
    store,
    access,
    ids,
    { status: 'closed', ...AWAKE },
    (_write, thread) => mustBeNoSpam(thread),
    (write, thread, append) => {
      if (ticket === 'close') closeTicket(write, append, thread.id)
    },
  )
}

/**
 * Moves conversations to another inbox of the user's. Their later mail comes there too, and their tickets belong there;
 * nothing is routed again. Whoever cannot act there is not their assignee any more.
 * @throws DomainError NOT_FOUND, NOT_ALLOWED about the inbox on either side
 */
export function moveThreads(
  store: Store,
  access: Access,
  ids: readonly string[],
  inboxId: string,
): string | null {
  if (!access.inboxes.has(inboxId) || !canSee(access, inboxId)) {
    throw new DomainError('NOT_FOUND', 'This inbox does not exist, or you cannot see it.')
  }
  mustAct(access, inboxId)
  return setThreads(
    store,
    access,
    ids,
    ({ db }, thread) => {
      const mayAct = (userId: string): boolean =>
        accessOf(db, userId)?.inboxes.get(inboxId)?.isMember === true
      return {
        inbox_id: inboxId,
        ...(thread.assignee_id && !mayAct(thread.assignee_id) && { assignee_id: null }),
        ...(thread.team_id && !membersOfTeam(db, thread.team_id).some(mayAct) && { team_id: null }),
      }
    },
    (write, thread) => {
      if (thread.inbox_id === inboxId) return
      // Whoever sees it here may not see it there: they are told that something went, not what.
      for (const name of ['threads', 'tickets'] as const) write.changedAll(name)
    },
  )
}

/**
 * Takes conversations out of the lists of open ones until a time (ms) or until the contact answers; null brings them
 * back at once. Closed ones are opened by it, with their tickets.
 * @throws DomainError BAD_INPUT for a time that has passed
 */
export function snoozeThreads(
  store: Store,
  access: Access,
  ids: readonly string[],
  until: number | 'reply' | null,
): string | null {
  const values: ThreadValues =
    until === null
      ? AWAKE
      : until === 'reply'
        ? { status: 'open', snoozed_until: null, snoozed_until_reply: 1 }
        : { status: 'open', snoozed_until: until, snoozed_until_reply: 0 }
  return setThreads(
    store,
    access,
    ids,
    values,
    ({ now }, thread) => {
      mustBeNoSpam(thread)
      if (typeof until !== 'number' || until > now) return
      throw new DomainError('BAD_INPUT', 'That time has passed. Choose a later one.', { field: 'until' })
    },
    (write, thread, append) => {
      // What only a merge has opened was closed for whoever snoozes it, and its ticket still is.
      const wasClosed = thread.status === 'closed' || isOpenedByMerge(write.db, thread.id)
      if (until !== null && wasClosed) reopenTicket(write, append, thread.id)
    },
  )
}

/** Opens conversations again, and the tickets that were closed with them. */
export function reopenThreads(store: Store, access: Access, ids: readonly string[]): string | null {
  return setThreads(
    store,
    access,
    ids,
    { status: 'open', ...AWAKE },
    (_write, thread) => mustBeNoSpam(thread),
    (write, thread, append) => {
      if (thread.status === 'closed') reopenTicket(write, append, thread.id)
    },
  )
}

/**
 * Marks the inbound messages of threads as read, or the newest one of each as unread, here and on the server.
 * @returns the channels whose server has to be told, and what takes it back; null when nothing changed
 */
export function markThreadsRead(
  store: Store,
  access: Access,
  ids: readonly string[],
  read: boolean,
): { channels: Set<string>; undo: string | null } {
  const channels = new Set<string>()
  const undo = store.write(
    (write) => {
      const collector = collectUndo(write, store, access.user.id)
      for (const thread of mustActOn(write.db, access, ids)) {
        const messages = flaggableMessages(write.db, thread.id, read)
        for (const message of messages) {
          const values = { seen: Number(read) }
          collector.append({ entity: 'message', id: message.id, kind: 'set', values })
          queueFlag(write.db, message.rowid, 'seen', read)
          write.changed('messages', message.id)
          channels.add(message.channel_id)
        }
        if (messages.length === 0) continue
        refreshThread(write.db, thread.id)
        write.changed('threads', thread.id)
      }
      return collector.id()
    },
    { durable: true },
  )
  return { channels, undo }
}
