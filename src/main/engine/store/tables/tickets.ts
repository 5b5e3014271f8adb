import type { TicketPriority, TicketStatus } from '../../../../contract/admin.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import { chainOf, shownAs } from '../grouping/structure.ts'
import type { ReadableDb } from '../statements.ts'

export type TicketRow = {
  id: string
  number: number
  /** Null for one that was made without a conversation. */
  thread_id: string | null
  contact_id: string | null
  subject: string
  pipeline: string
  status: TicketStatus
  priority: TicketPriority
  category: string
  owner_id: string | null
  created_at: number
  closed_at: number | null
  removed_at: number | null
}

/** The ticket of a conversation; `part_id` is what was merged into that with it (store/grouping). */
export type ThreadTicketRow = TicketRow & { thread_id: string; part_id: string | null }

/** The id of a thread's ticket: the same on every machine. */
export const ticketIdOf = (threadId: string): string => uuidV5(NAMESPACE.ticket, threadId)

/** The id of one of a ticket's own properties. */
export const propertyIdOf = (ticketId: string, name: string): string =>
  uuidV5(NAMESPACE.ticket, `${ticketId}\n${name}`)

export const ticketById = (db: ReadableDb, id: string): TicketRow | undefined =>
  db.get<TicketRow>('SELECT * FROM tickets WHERE id = ?', [id])

/** The ticket of a thread. Threads that were joined may bring several: the first that was made speaks for them. */
export const ticketOfThread = (db: ReadableDb, threadId: string): ThreadTicketRow | undefined =>
  db.get<ThreadTicketRow>(
    `SELECT * FROM tickets INDEXED BY tickets_by_thread WHERE thread_id = ? AND removed_at IS NULL
     ORDER BY number, id LIMIT 1`,
    [threadId],
  )

/**
 * The tickets that mail for a part concerns (store/grouping): its own, those of what it is merged into, and the one that
 * speaks for all.
 */
export function ticketsOfPart(db: ReadableDb, partId: string): { ticket: ThreadTicketRow; isOwn: boolean }[] {
  const shown = shownAs(db, partId)
  const found = new Map<string, { ticket: ThreadTicketRow; isOwn: boolean }>()
  for (const id of new Set([...chainOf(db, partId), shown])) {
    // Where headers brought several together, the first one speaks.
    const ticket = db.get<ThreadTicketRow>(
      `SELECT * FROM tickets INDEXED BY tickets_by_thread WHERE thread_id = ? AND removed_at IS NULL
       ORDER BY number, id LIMIT 1`,
      [id],
    )
    if (ticket) found.set(ticket.id, { ticket, isOwn: (ticket.part_id ?? ticket.thread_id) === partId })
  }
  return [...found.values()]
}

/** What of its conversation a ticket came with. */
export const partOfTicket = (db: ReadableDb, id: string): string | null =>
  db.get<{ own: string | null }>('SELECT coalesce(part_id, thread_id) AS own FROM tickets WHERE id = ?', [id])
    ?.own ?? null

/** Whether there is a ticket of that number. */
export const ticketNumbered = (db: ReadableDb, number: number): TicketRow | undefined =>
  db.get<TicketRow>(
    'SELECT * FROM tickets INDEXED BY tickets_listed_number WHERE number = ? AND removed_at IS NULL LIMIT 1',
    [number],
  )

/** The number of the next ticket, counted from 1 in the workspace. */
export const nextTicketNumber = (db: ReadableDb): number =>
  db.get<{ n: number }>('SELECT coalesce(max(number), 0) + 1 AS n FROM tickets')!.n

/** A ticket's own properties by name; those with an empty value were taken away. */
export const propertiesOf = (db: ReadableDb, ticketId: string): { name: string; value: string }[] =>
  db.all(
    `SELECT name, value FROM ticket_properties INDEXED BY ticket_properties_by_ticket
     WHERE ticket_id = ? AND value <> '' ORDER BY name`,
    [ticketId],
  )

export const propertyById = (db: ReadableDb, id: string): { value: string } | undefined =>
  db.get('SELECT value FROM ticket_properties WHERE id = ?', [id])
