import type { ReadableDb } from '../store/statements.ts'
import { propertiesOf, type ThreadTicketRow } from '../store/tables/tickets.ts'
import type { TicketShape } from './shapes.ts'

export const ticketShape = (db: ReadableDb, row: ThreadTicketRow): TicketShape => ({
  id: row.id,
  number: row.number,
  threadId: row.thread_id,
  contactId: row.contact_id,
  subject: row.subject,
  pipeline: row.pipeline,
  status: row.status,
  priority: row.priority,
  category: row.category,
  ownerId: row.owner_id,
  properties: propertiesOf(db, row.id),
  createdAt: row.created_at,
  closedAt: row.closed_at,
})
