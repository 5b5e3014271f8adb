import type { RecordRef } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import {
  associationById,
  associationOf,
  associationsBetween,
  type End,
  type EndType,
} from '../../store/tables/associations.ts'
import { companyRows } from '../../store/tables/companies.ts'
import { contactRows } from '../../store/tables/contacts.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { mustChangeRecord, noteRecord, type Doing } from './doing.ts'

/** The ids under which a record may be named: those of every row of it. @param id the record's own */
export function rowIdsOf(db: ReadableDb, type: EndType, id: string): string[] {
  if (type === 'contact') return contactRows(db, id).map((row) => row.id)
  if (type === 'company') return companyRows(db, id).map((row) => row.id)
  return [id]
}

/**
 * Associates two records, or takes the association away. One that is there already, or is not there, is left alone.
 * @throws DomainError NOT_FOUND, NOT_ALLOWED, BAD_INPUT for a record with itself
 */
export function associate(doing: Doing, a: RecordRef, b: RecordRef, on: boolean): void {
  const one = mustChangeRecord(doing, a.type, a.id)
  const other = mustChangeRecord(doing, b.type, b.id)
  if (one.id === other.id)
    throw new DomainError('BAD_INPUT', 'A record cannot be associated with itself. Choose another one.')
  const changed = setAssociation(
    doing,
    { type: a.type, id: one.id, ids: rowIdsOf(doing.write.db, a.type, one.id) },
    { type: b.type, id: other.id, ids: rowIdsOf(doing.write.db, b.type, other.id) },
    on,
  )
  if (!changed) return
  noteRecord(doing.write, a.type, one)
  noteRecord(doing.write, b.type, other)
}

/**
 * Associates a conversation with a record. The caller has checked that the user may.
 * @param thread.ids  its id and those of conversations that were found to be part of it
 * @throws DomainError NOT_FOUND, NOT_ALLOWED
 */
export function associateThread(
  doing: Doing,
  thread: { id: string; ids: readonly string[] },
  ref: RecordRef,
  on: boolean,
): void {
  const record = mustChangeRecord(doing, ref.type, ref.id)
  const ids = rowIdsOf(doing.write.db, ref.type, record.id)
  const changed = setAssociation(
    doing,
    { type: 'thread', ...thread },
    { type: ref.type, id: record.id, ids },
    on,
  )
  if (!changed) return
  doing.write.changed('threads', thread.id)
  noteRecord(doing.write, ref.type, record)
}

type Ends = End & { ids: readonly string[] }

/** @returns whether anything changed */
function setAssociation({ write, undo }: Doing, one: Ends, other: Ends, on: boolean): boolean {
  const standing = associationsBetween(write.db, one, other)
  if (!on) {
    for (const { id } of standing)
      undo.append({ entity: 'association', id, kind: 'set', values: { removed_at: write.now } })
    return standing.length > 0
  }
  if (standing.length > 0) return false
  const { id, a, b } = associationOf(one, other)
  if (associationById(write.db, id))
    undo.append({ entity: 'association', id, kind: 'set', values: { removed_at: null } })
  else {
    const ends = { a_type: a.type, a_id: a.id, b_type: b.type, b_id: b.id }
    const values = { ...ends, created_at: write.now, removed_at: null }
    undo.append({ entity: 'association', id, kind: 'create', values })
  }
  return true
}
