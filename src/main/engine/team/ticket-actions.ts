import type { TicketPriority, TicketStatus } from '../../../contract/admin.ts'
import { makeTicket, noteTicket, statusValues } from '../crm/tickets.ts'
import { DomainError } from '../lib/domain-error.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { inboxById } from '../store/tables/inboxes.ts'
import {
  propertyById,
  propertyIdOf,
  ticketById,
  ticketOfThread,
  type TicketRow,
} from '../store/tables/tickets.ts'
import { mustAct, type Access } from './access.ts'
import { mustBeUsers } from './team-actions.ts'
import { mustSeeThread } from './thread-actions.ts'

export type TicketChanges = {
  pipeline?: string
  status?: TicketStatus
  priority?: TicketPriority
  category?: string
  ownerId?: string | null
}

/** @throws DomainError NOT_FOUND, NOT_ALLOWED, CONFLICT when the conversation has a ticket */
export function createTicket(store: Store, access: Access, threadId: string): string {
  return store.write(
    (write) => {
      const thread = mustSeeThread(write.db, access, threadId)
      const inboxId = mustAct(access, thread.inbox_id)
      const present = ticketOfThread(write.db, thread.id)
      if (present)
        throw new DomainError('CONFLICT', `This conversation has ticket #${present.number} already.`)
      return makeTicket(write, store, access.user.id, thread, inboxById(write.db, inboxId)!)
    },
    { durable: true },
  )
}

/** A ticket lies where its conversation does. @throws DomainError NOT_FOUND, NOT_ALLOWED */
function mustChange(db: Write['db'], access: Access, id: string): TicketRow {
  const ticket = ticketById(db, id)
  if (ticket?.removed_at !== null)
    throw new DomainError('NOT_FOUND', 'This ticket does not exist, or you cannot see its inbox.')
  // One without a conversation is everybody's.
  if (ticket.thread_id !== null) mustAct(access, mustSeeThread(db, access, ticket.thread_id).inbox_id)
  return ticket
}

/** Changes a ticket; what has the value already is no op. @throws DomainError NOT_FOUND, NOT_ALLOWED, BAD_INPUT */
export function updateTicket(
  store: Store,
  access: Access,
  id: string,
  fields: TicketChanges,
  property: { name: string; value: string } | undefined,
): void {
  store.write(
    (write) => {
      const ticket = mustChange(write.db, access, id)
      const { ownerId, status, ...rest } = fields
      if (ownerId) mustBeUsers(write.db, [ownerId], 'ownerId')
      const asked = { ...rest, ...(ownerId === undefined ? {} : { owner_id: ownerId }) }
      const values = Object.fromEntries([
        ...Object.entries(asked).filter(
          ([field, value]) => value !== undefined && ticket[field as keyof typeof asked] !== value,
        ),
        ...(status === undefined || status === ticket.status
          ? []
          : Object.entries(statusValues(status, write.now))),
      ])
      const differs = Object.keys(values).length > 0
      if (differs) appendOp(write, store.hlc, access.user.id, { entity: 'ticket', id, kind: 'set', values })
      const changed = property && setProperty(write, store, access.user.id, id, property)
      if (differs || changed) noteTicket(write, id, ticket.thread_id)
    },
    { durable: true },
  )
}

/** @returns whether it differed */
function setProperty(
  write: Write,
  store: Store,
  actorId: string,
  ticketId: string,
  { name, value }: { name: string; value: string },
): boolean {
  const id = propertyIdOf(ticketId, name)
  const present = propertyById(write.db, id)
  if ((present?.value ?? '') === value) return false
  if (present) {
    appendOp(write, store.hlc, actorId, { entity: 'ticket_property', id, kind: 'set', values: { value } })
  } else {
    const values = { ticket_id: ticketId, name, value }
    appendOp(write, store.hlc, actorId, { entity: 'ticket_property', id, kind: 'create', values })
  }
  return true
}
