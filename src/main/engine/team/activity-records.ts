import type { RecordType } from '../../../contract/records.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { ReadableDb } from '../store/statements.ts'
import { dealName, peopleOfContact, rowsOfCompany } from '../store/queries/timeline/scope.ts'
import { ticketById } from '../store/tables/tickets.ts'
import { mustAct, type Access } from './access.ts'
import { mustSeeThread } from './thread-actions.ts'

export type RecordReference = { type: RecordType; id: string }

/** The record that something is written on: as it is now, after merges. */
export type ActivityRecord = {
  type: RecordType
  id: string
  /** What people know it by; a contact without a name by its address. */
  name: string
  /** The rows that it is made of. One that was merged away leads to the record that it lives in. */
  rowIds: readonly string[]
  /** The inbox that a ticket's conversation lies in: who may act there may write on it. Null for everybody. */
  inboxId: string | null
}

const WORDS: Record<RecordType, string> = {
  contact: 'This contact does not exist.',
  company: 'This company does not exist.',
  deal: 'This deal does not exist.',
  ticket: 'This ticket does not exist, or you cannot see its inbox.',
}

/**
 * Contacts, companies and deals are the whole workspace's; a ticket lies where its conversation does (A1).
 * @throws DomainError NOT_FOUND
 */
export function mustSeeRecord(db: ReadableDb, access: Access, ref: RecordReference): ActivityRecord {
  const found = recordOf(db, ref)
  if (!found) throw new DomainError('NOT_FOUND', WORDS[ref.type])
  if (ref.type !== 'ticket') return { ...found, type: ref.type, inboxId: null }
  const ticket = ticketById(db, ref.id)
  if (!ticket?.thread_id) return { ...found, type: 'ticket', inboxId: null }
  try {
    return { ...found, type: 'ticket', inboxId: mustSeeThread(db, access, ticket.thread_id).inbox_id }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new DomainError('NOT_FOUND', WORDS.ticket, undefined, { cause: error })
  }
}

/** The same, for who wants to write on it. @throws DomainError NOT_FOUND, NOT_ALLOWED (A2) */
export function mustWriteOn(db: ReadableDb, access: Access, ref: RecordReference): ActivityRecord {
  const record = mustSeeRecord(db, access, ref)
  if (record.inboxId !== null) mustAct(access, record.inboxId)
  return record
}

/** The record of a row without asking who sees it; null when there is none. */
export function recordOf(
  db: ReadableDb,
  { type, id }: RecordReference,
): Pick<ActivityRecord, 'id' | 'name' | 'rowIds'> | null {
  switch (type) {
    case 'contact': {
      const rows = peopleOfContact(db, id)
      const own = rows.find((row) => row.id === row.record_id) ?? rows[0]
      return own
        ? { id: own.record_id, name: own.name || own.address || '', rowIds: rows.map((row) => row.id) }
        : null
    }
    case 'company': {
      const rows = rowsOfCompany(db, id)
      const own = rows.find((row) => row.id === row.record_id) ?? rows[0]
      return own ? { id: own.record_id, name: own.name, rowIds: rows.map((row) => row.id) } : null
    }
    case 'deal': {
      const name = dealName(db, id)
      return name === undefined ? null : { id, name, rowIds: [id] }
    }
    case 'ticket': {
      const ticket = ticketById(db, id)
      return ticket ? { id, name: ticketName(ticket), rowIds: [id] } : null
    }
  }
}

export const ticketName = (ticket: { number: number; subject: string }): string =>
  `#${ticket.number} ${ticket.subject}`.trim()
