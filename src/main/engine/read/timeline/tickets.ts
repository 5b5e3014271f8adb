import { makerOf, timelineHistory, type HistoryEntryRow } from '../../store/queries/timeline/history.ts'
import { associatedWith, ticketIdsOf } from '../../store/queries/timeline/scope.ts'
import { ticketsOfContacts, visibleTickets } from '../../store/queries/timeline/tickets.ts'
import { ticketById, type TicketRow } from '../../store/tables/tickets.ts'
import { ticketName } from '../../team/activity-records.ts'
import type { RecordEntryShape } from '../shapes.ts'
import type { TimelineScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource } from './source.ts'

/** Beside those of its people: tickets that the record was associated with, and a ticket itself. */
const linkedTickets = (scope: TimelineScope): TicketRow[] =>
  visibleTickets(
    scope.db,
    [
      ...associatedWith(scope.db, scope.record.rowIds, 'ticket'),
      ...(scope.record.type === 'ticket' ? [scope.record.id] : []),
    ],
    scope.inboxIds,
  )

/** When a ticket was made. */
export const ticketsCreated = defineSource<TicketRow>({
  filter: 'ticket',
  start: [LATEST, ''],
  read(scope, [before, beforeId], limit) {
    const place = { at: Number(before), id: String(beforeId) }
    const linked = linkedTickets(scope).filter(
      (row) => row.created_at < place.at || (row.created_at === place.at && row.id < place.id),
    )
    const found = [...linked, ...ticketsOfContacts(scope.db, scope.contactIds, scope.inboxIds, place, limit)]
    return [...new Map(found.map((row) => [row.id, row])).values()]
      .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1))
      .slice(0, limit)
      .map((row) => ({ at: row.created_at, position: [row.created_at, row.id], row }))
  },
  show: (scope, rows) =>
    rows.map((row) => [
      {
        ...blank,
        key: `${row.id}-created`,
        filter: 'ticket',
        kind: 'ticket_created',
        at: row.created_at,
        actorId: makerOf(scope.db, 'ticket', row.id),
        threadId: row.thread_id,
        title: ticketName(row),
        record: recordOf(scope, row),
      },
    ]),
})

/** When its status changed: taken up, waiting, closed. */
export const ticketStatus = defineSource<HistoryEntryRow>({
  filter: 'ticket',
  start: [LATEST],
  read(scope, [before], limit) {
    const ids = new Set([
      ...(scope.contactIds.length > 0 ? ticketIdsOf(scope.db, scope.contactIds, scope.inboxIds) : []),
      ...linkedTickets(scope).map(({ id }) => id),
    ])
    return timelineHistory(scope.db, 'ticket', [...ids], 'status', Number(before), limit).map((row) => ({
      at: row.at,
      position: [row.seq],
      row,
    }))
  },
  show: (scope, rows) =>
    rows.map((row) => {
      const ticket = ticketById(scope.db, row.entity_id)
      const { status } = JSON.parse(row.change) as { status?: unknown }
      if (!ticket || typeof status !== 'string') return []
      return [
        {
          ...blank,
          key: `${row.id}-status`,
          filter: 'ticket',
          kind: 'ticket_status',
          at: row.at,
          actorId: row.actor_id,
          threadId: ticket.thread_id,
          title: ticketName(ticket),
          detail: status,
          record: recordOf(scope, ticket),
        },
      ]
    }),
})

const recordOf = (scope: TimelineScope, row: TicketRow): RecordEntryShape['record'] =>
  row.id === scope.record.id ? null : { type: 'ticket', id: row.id, name: ticketName(row) }
