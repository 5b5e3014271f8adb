import type { z } from 'zod'
import type { AssociationView, RecordRef } from '../../../../contract/records.ts'
import { rowIdsOf } from '../../crm/records/associate.ts'
import type { RecordRow } from '../../crm/records/doing.ts'
import { aliasesOfThread } from '../../store/queries/records/threads.ts'
import { contactsOfCompany, dealsOfCompany, ticketsOfContact } from '../../store/queries/records/relations.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { associationsOf, otherEnd, type EndType } from '../../store/tables/associations.ts'
import type { CompanyRow } from '../../store/tables/companies.ts'
import type { ContactRow } from '../../store/tables/contacts.ts'
import type { DealRow } from '../../store/tables/deals.ts'
import type { TicketRow } from '../../store/tables/tickets.ts'
import type { Access } from '../../team/access.ts'
import { summaryOf } from './summaries.ts'

type AssociationShape = z.input<typeof AssociationView>

/** Of each kind at most so many: who needs more of a company's contacts filters the list. */
const MOST = 100

/** What holds by itself: the company of a contact, the contacts and deals of a company, a contact's tickets. */
function fixedOf(db: ReadableDb, ref: RecordRef, row: RecordRow): RecordRef[] {
  const company = (id: string | null): RecordRef[] => (id === null ? [] : [{ type: 'company', id }])
  switch (ref.type) {
    case 'contact': {
      const { company_id } = row as ContactRow
      const tickets = ticketsOfContact(db, rowIdsOf(db, 'contact', row.id), MOST)
      return [...company(company_id), ...tickets.map((id): RecordRef => ({ type: 'ticket', id }))]
    }
    case 'company': {
      const ids = rowIdsOf(db, 'company', (row as CompanyRow).id)
      return [
        ...contactsOfCompany(db, ids, MOST).map((id): RecordRef => ({ type: 'contact', id })),
        ...dealsOfCompany(db, ids, MOST).map((id): RecordRef => ({ type: 'deal', id })),
      ]
    }
    case 'deal':
      return company((row as DealRow).company_id)
    case 'ticket': {
      const { contact_id } = row as TicketRow
      return contact_id === null ? [] : [{ type: 'contact', id: contact_id }]
    }
  }
}

/** What a record is associated with, as far as the user sees it: by itself, then by somebody, newest first. */
export function associationsOfRecord(
  db: ReadableDb,
  access: Access,
  ref: RecordRef,
  row: RecordRow,
): AssociationShape[] {
  const fixed = fixedOf(db, { type: ref.type, id: row.id }, row)
  const set = ends(db, ref.type, rowIdsOf(db, ref.type, row.id))
  return shapes(db, access, fixed, set).filter((each) => each.ref.id !== row.id)
}

/** The records that a conversation was associated with, beside its contact. */
export const associationsOfThread = (db: ReadableDb, access: Access, threadId: string): AssociationShape[] =>
  shapes(db, access, [], ends(db, 'thread', [threadId, ...aliasesOfThread(db, threadId)]))

function ends(db: ReadableDb, type: EndType, ids: readonly string[]): RecordRef[] {
  const own = new Set(ids)
  return associationsOf(db, type, ids, MOST).flatMap((row) => {
    const end = otherEnd(row, type, own)
    return end.type === 'thread' ? [] : [{ type: end.type, id: end.id }]
  })
}

function shapes(
  db: ReadableDb,
  access: Access,
  fixed: readonly RecordRef[],
  set: readonly RecordRef[],
): AssociationShape[] {
  const found = new Map<string, AssociationShape>()
  const add = (isFixed: boolean) => (ref: RecordRef) => {
    const summary = summaryOf(db, access, ref.type, ref.id)
    if (summary && !found.has(summary.ref.id)) found.set(summary.ref.id, { ...summary, fixed: isFixed })
  }
  fixed.forEach(add(true))
  set.forEach(add(false))
  return [...found.values()]
}
