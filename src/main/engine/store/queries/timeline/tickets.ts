import { marks, type ReadableDb } from '../../statements.ts'
import type { TicketRow } from '../../tables/tickets.ts'
import { ownersOfPage, placeSql, readHeads } from './heads.ts'

/** A ticket lies where its conversation does, and what is spam shows nowhere; one without a conversation is everybody's. */
const visible = (inboxes: number | null): string =>
  `AND (k.thread_id IS NULL OR EXISTS (SELECT 1 FROM threads t WHERE t.id = k.thread_id AND t.status <> 'spam'
     ${inboxes === null ? '' : `AND t.inbox_id IN (${marks(inboxes)})`}))`

const tickets = (columns: string, owner: string, inboxes: number | null, limit: string): string =>
  `SELECT ${columns} FROM tickets k INDEXED BY tickets_by_contact
   WHERE k.contact_id = ${owner} AND (k.created_at, k.id) < (?, ?) AND k.removed_at IS NULL ${visible(inboxes)}
   ORDER BY k.created_at DESC, k.id DESC LIMIT ${limit}`
export const ticketsOfContactSql = (inboxes: number | null): string => tickets('k.*', '?', inboxes, '?')
export const newestTicketSql = (inboxes: number | null): string =>
  tickets(placeSql('k.created_at', 'id'), 'o.value', inboxes, '1')

/** Tickets of some contacts that were made before a place, newest first. */
export function ticketsOfContacts(
  db: ReadableDb,
  contactIds: readonly string[],
  inboxIds: readonly string[] | null,
  before: { at: number; id: string },
  limit: number,
): TicketRow[] {
  const inboxes = inboxIds?.length ?? null
  const place = [before.at, before.id, ...(inboxIds ?? [])]
  return ownersOfPage(contactIds, limit, () => readHeads(db, newestTicketSql(inboxes), place, contactIds))
    .flatMap((id) => db.all<TicketRow>(ticketsOfContactSql(inboxes), [id, ...place, limit]))
    .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1))
    .slice(0, limit)
}

export const ticketsByIdSql = (inboxes: number | null): string =>
  `SELECT k.* FROM json_each(?) o CROSS JOIN tickets k ON k.id = o.value
   WHERE k.removed_at IS NULL ${visible(inboxes)}`

/** Of some tickets those that the user can see. */
export const visibleTickets = (
  db: ReadableDb,
  ids: readonly string[],
  inboxIds: readonly string[] | null,
): TicketRow[] =>
  ids.length === 0
    ? []
    : db.all<TicketRow>(ticketsByIdSql(inboxIds?.length ?? null), [JSON.stringify(ids), ...(inboxIds ?? [])])
