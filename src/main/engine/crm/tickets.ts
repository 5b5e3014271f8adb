import type { TicketStatus } from '../../../contract/admin.ts'
import { chainOf, saidAt } from '../store/grouping/structure.ts'
import { appendOp, type Op, type Scalar } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { appendBecause, isByCommand, noteBecause, threadMergeBehind } from '../store/undo.ts'
import type { InboxRow } from '../store/tables/inboxes.ts'
import type { ThreadRow } from '../store/tables/threads.ts'
import {
  nextTicketNumber,
  ticketById,
  ticketIdOf,
  ticketOfThread,
  ticketsOfPart,
  type ThreadTicketRow,
} from '../store/tables/tickets.ts'

/** What happens to tickets by itself, within the transaction of what it follows from (H7, D7). */

type Clocked = Pick<Store, 'hlc'>

/** Where ops go: `appendOp`, or what collects them so that they can be taken back (store/undo.ts). */
export type Append = (op: Op) => unknown

/** Appends ops that are not collected. @param actorId null when the engine does it */
export const appendTo =
  (write: Write, store: Clocked, actorId: string | null): Append =>
  (op) =>
    appendOp(write, store.hlc, actorId, op)

/**
 * Makes the ticket of a thread as its inbox says. Its id follows from the thread's.
 * @param actorId null when the engine does it, for a new thread
 * @returns the ticket's id
 */
export function makeTicket(
  write: Write,
  store: Clocked,
  actorId: string | null,
  thread: ThreadRow,
  inbox: InboxRow,
): string {
  const id = ticketIdOf(thread.id)
  const known = ticketById(write.db, id)
  if (known) {
    if (known.removed_at === null) return id
    // One that was removed comes back with what it had.
    appendOp(write, store.hlc, actorId, { entity: 'ticket', id, kind: 'set', values: { removed_at: null } })
    noteTicket(write, id, thread.id)
    return id
  }
  appendOp(write, store.hlc, actorId, {
    entity: 'ticket',
    id,
    kind: 'create',
    values: {
      number: nextTicketNumber(write.db),
      thread_id: thread.id,
      contact_id: thread.contact_id,
      subject: thread.subject,
      pipeline: inbox.ticket_pipeline,
      status: inbox.ticket_status,
      // What somebody gave the conversation goes before what the inbox gives all.
      priority: thread.priority ?? inbox.ticket_priority,
      category: inbox.ticket_category,
      owner_id: inbox.ticket_owner_id ?? thread.assignee_id,
      created_at: write.now,
      closed_at: inbox.ticket_status === 'closed' ? write.now : null,
    },
  })
  noteTicket(write, id, thread.id)
  return id
}

/** A ticket changed, and with it what its thread shows. */
export function noteTicket(write: Write, id: string, threadId: string | null): void {
  write.changed('tickets', id)
  if (threadId !== null) write.changed('threads', threadId)
}

/** The fields that a status brings along: when it was closed. */
export const statusValues = (status: TicketStatus, now: number) => ({
  status,
  closed_at: status === 'closed' ? now : null,
})

function setStatus(write: Write, append: Append, ticket: ThreadTicketRow, status: TicketStatus): void {
  if (ticket.status === status) return
  const { status: was, closed_at } = ticket
  follow(write, append, ticket, statusValues(status, write.now), { status: was, closed_at })
}

/**
 * A ticket follows its conversation. One that was merged into that with its own follows until it is taken apart again: what
 * is done to the other is not said of it.
 */
function follow(
  write: Write,
  append: Append,
  ticket: ThreadTicketRow,
  values: Record<string, Scalar>,
  before: Record<string, Scalar>,
): void {
  const { id, part_id: part, thread_id } = ticket
  append({ entity: 'ticket', id, kind: 'set', values })
  const merges =
    part === null ? [] : chainOf(write.db, part).flatMap((one) => threadMergeBehind(write.db, one) ?? [])
  noteBecause(write.db, merges, 'ticket', id, before)
  noteTicket(write, id, thread_id)
}

/** Closes the ticket of a conversation that is closed (D7). */
export function closeTicket(write: Write, append: Append, threadId: string): void {
  const ticket = ticketOfThread(write.db, threadId)
  if (ticket) setStatus(write, append, ticket, 'closed')
}

/** A conversation that somebody opens again is waiting on us; its ticket too, where it was closed with it. */
export function reopenTicket(write: Write, append: Append, threadId: string): void {
  const ticket = ticketOfThread(write.db, threadId)
  if (ticket?.status === 'closed') setStatus(write, append, ticket, 'waiting_on_us')
}

/**
 * The contact wrote again: it is our turn, whatever was before (D7).
 * @param partId  what they wrote to; what it is merged into is concerned too
 * @param at  when that was, in ms, where it is not now: what was said about a ticket since stays
 */
export function contactWrote(write: Write, store: Clocked, partId: string, at: number | null = null): void {
  mailMoves(write, store, null, partId, (ticket) =>
    at === null || at > saidAt(write.db, 'ticket', ticket.id, 'status') ? 'waiting_on_us' : null,
  )
}

/** Our answer has left: it is the contact's turn. What is closed stays so: people answer and close in one go (D7). */
export function weAnswered(write: Write, store: Clocked, actorId: string | null, partId: string): void {
  mailMoves(write, store, actorId, partId, ({ status }) =>
    status === 'closed' ? null : 'waiting_on_contact',
  )
}

/**
 * Mail of a part moves its ticket, and those of what it is merged into, until such a merge is taken back.
 * @param to  the status that a ticket gets; null leaves it alone
 */
function mailMoves(
  write: Write,
  store: Clocked,
  actorId: string | null,
  partId: string,
  to: (ticket: ThreadTicketRow) => TicketStatus | null,
): void {
  const { db } = write
  const merges = chainOf(db, partId).flatMap((id) => threadMergeBehind(db, id) ?? [])
  for (const { ticket, isOwn } of ticketsOfPart(db, partId)) {
    const status = to(ticket)
    if (status === null) continue
    if (ticket.status === status && !(isOwn && isByCommand(db, 'ticket', ticket.id, 'status'))) continue
    const op = {
      entity: 'ticket',
      id: ticket.id,
      kind: 'set',
      values: statusValues(status, write.now),
    } as const
    if (isOwn || merges.length === 0) appendOp(write, store.hlc, actorId, op)
    else appendBecause(write, store, merges, op)
    noteTicket(write, ticket.id, ticket.thread_id)
  }
}

/** A ticket without an owner goes to whoever its conversation is assigned to. */
export function ownTicket(write: Write, append: Append, threadId: string, assigneeId: string): void {
  const ticket = ticketOfThread(write.db, threadId)
  if (!ticket || ticket.owner_id !== null) return
  follow(write, append, ticket, { owner_id: assigneeId }, { owner_id: null })
}
