import type { EntityName } from '../../../../contract/events.ts'
import type { RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Store, Write } from '../../store/store.ts'
import { companyRecordRow, type CompanyRow } from '../../store/tables/companies.ts'
import { contactRecord, type ContactRow } from '../../store/tables/contacts.ts'
import { dealById, type DealRow } from '../../store/tables/deals.ts'
import { ticketById, type TicketRow } from '../../store/tables/tickets.ts'
import { theWorkspace } from '../../store/tables/workspaces.ts'
import { collectUndo, type UndoCollector } from '../../store/undo.ts'
import { TYPE_NAMES } from './catalogue.ts'

/** Who may see and change tickets: those with a conversation are their inbox's (A1). Each throws where somebody may not. */
export type TicketGuard = {
  mustSee(ticket: TicketRow): void
  mustAct(ticket: TicketRow): void
}

/** One command on records within its transaction: everything that it does is taken back together. */
export type Doing = {
  write: Write
  store: Pick<Store, 'hlc'>
  undo: UndoCollector
  /** Null: the engine does it. */
  actorId: string | null
  guard: TicketGuard
  /** In which numbers without "+" are read; empty for none. */
  country: string
}

/** Nobody is stopped: what the engine does, or somebody who was checked before. */
export const UNGUARDED: TicketGuard = { mustSee() {}, mustAct() {} }

/** Begins a command. @param guard what the user may do with tickets */
export const beginDoing = (
  write: Write,
  store: Pick<Store, 'hlc'>,
  actorId: string | null,
  guard: TicketGuard,
): Doing => ({
  write,
  store,
  undo: collectUndo(write, store, actorId),
  actorId,
  guard,
  country: phoneCountry(write.db),
})

/** The workspace's country for phone numbers without "+", or empty. */
export const phoneCountry = (db: ReadableDb): string => theWorkspace(db)?.phone_country ?? ''

export type RecordRow = ContactRow | CompanyRow | DealRow | TicketRow

/** The record behind an id, through merges; undefined where there is none, or it was removed. */
export function recordRow(db: ReadableDb, type: RecordType, id: string): RecordRow | undefined {
  switch (type) {
    case 'contact':
    case 'company': {
      const row = type === 'contact' ? contactRecord(db, id) : companyRecordRow(db, id)
      return row?.listed === 1 ? row : undefined
    }
    case 'deal':
    case 'ticket': {
      const row = type === 'deal' ? dealById(db, id) : ticketById(db, id)
      return row?.removed_at === null ? row : undefined
    }
  }
}

/** @throws DomainError NOT_FOUND */
export const noRecord = (type: RecordType): DomainError =>
  new DomainError(
    'NOT_FOUND',
    type === 'ticket'
      ? 'This ticket does not exist any more, or you cannot see its inbox.'
      : `This ${TYPE_NAMES[type].one} does not exist any more.`,
  )

/** The record as the user may change it. @throws DomainError NOT_FOUND, NOT_ALLOWED */
export function mustChangeRecord(doing: Doing, type: RecordType, id: string): RecordRow {
  const row = recordRow(doing.write.db, type, id)
  if (!row) throw noRecord(type)
  if (isTicket(row)) doing.guard.mustAct(row)
  return row
}

export const isTicket = (row: RecordRow): row is TicketRow => 'thread_id' in row

const EVENTS = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
  ticket: 'tickets',
} as const satisfies Record<RecordType, EntityName>

/** A record changed; with a ticket what its conversation shows. */
export function noteRecord(write: Write, type: RecordType, row: RecordRow): void {
  write.changed(EVENTS[type], row.id)
  if (isTicket(row) && row.thread_id !== null) write.changed('threads', row.thread_id)
}
