import type { TicketPriority } from '../../../contract/admin.ts'
import { noteTicket } from '../crm/tickets.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { Store, Write } from '../store/store.ts'
import { collectUndo, type UndoCollector } from '../store/undo.ts'
import { followedOf, tagById, tagsOfThreads } from '../store/tables/tags.ts'
import { ticketOfThread } from '../store/tables/tickets.ts'
import type { Access } from './access.ts'
import { mustActOn, mustSeeThread } from './thread-actions.ts'

/** What people order conversations by. Each is one durable transaction that can be taken back (store/undo.ts). */

type Done = { write: Write; undo: UndoCollector }

/** Runs a command. @returns what takes it back; null when nothing changed */
export const undoably = (store: Store, access: Access, work: (done: Done) => void): string | null =>
  store.write(
    (write) => {
      const undo = collectUndo(write, store, access.user.id)
      work({ write, undo })
      return undo.id()
    },
    { durable: true },
  )

type SetName = 'tags' | 'followers'

/** Members of a set of a thread that are not there yet, or are there and go. */
function change({ write, undo }: Done, id: string, set: SetName, kind: 'add' | 'remove', members: string[]) {
  if (members.length === 0) return
  undo.append({ entity: 'thread', id, kind, set, members })
  write.changed('threads', id)
}

/** Puts tags on threads, within a command. */
export function putTags(
  done: Done,
  access: Access,
  ids: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): void {
  const { db } = done.write
  for (const id of add) {
    if (tagById(db, id)?.removed_at === null) continue
    throw new DomainError('NOT_FOUND', 'This tag does not exist any more.', { field: 'add' })
  }
  for (const thread of mustActOn(db, access, ids)) {
    const present = tagsOfThreads(db, [thread.id]).get(thread.id) ?? []
    const wanted = [...new Set(add)].filter((id) => !present.includes(id))
    const gone = [...new Set(remove)].filter((id) => present.includes(id) && !add.includes(id))
    change(done, thread.id, 'tags', 'add', wanted)
    change(done, thread.id, 'tags', 'remove', gone)
  }
}

/** @throws DomainError NOT_FOUND, NOT_ALLOWED */
export const tagThreads = (
  store: Store,
  access: Access,
  ids: readonly string[],
  tags: { add: readonly string[]; remove: readonly string[] },
): string | null => undoably(store, access, (done) => putTags(done, access, ids, tags))

/**
 * Sets how urgent conversations are: one with a ticket has that ticket's priority, so that the two never say different
 * things. @throws DomainError NOT_FOUND, NOT_ALLOWED
 */
export const setPriority = (
  store: Store,
  access: Access,
  ids: readonly string[],
  priority: TicketPriority,
): string | null =>
  undoably(store, access, ({ write, undo }) => {
    for (const thread of mustActOn(write.db, access, ids)) {
      const ticket = ticketOfThread(write.db, thread.id)
      if (ticket) {
        if (ticket.priority === priority) continue
        undo.append({ entity: 'ticket', id: ticket.id, kind: 'set', values: { priority } })
        noteTicket(write, ticket.id, thread.id)
      } else if ((thread.priority ?? 'medium') !== priority) {
        const values = { priority: priority === 'medium' ? null : priority }
        undo.append({ entity: 'thread', id: thread.id, kind: 'set', values })
        write.changed('threads', thread.id)
      }
    }
  })

/**
 * From now on the user is told of what happens there, or not any more. It takes no more than to see it.
 * @throws DomainError NOT_FOUND
 */
export const followThreads = (
  store: Store,
  access: Access,
  ids: readonly string[],
  on: boolean,
): string | null =>
  undoably(store, access, (done) => {
    const { db } = done.write
    const threads = [...new Set(ids.map((id) => mustSeeThread(db, access, id).id))]
    const followed = followedOf(db, access.user.id, threads)
    for (const id of threads) {
      if (followed.has(id) !== on) change(done, id, 'followers', on ? 'add' : 'remove', [access.user.id])
    }
  })
