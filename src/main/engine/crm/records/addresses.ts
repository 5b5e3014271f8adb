import { DomainError } from '../../lib/domain-error.ts'
import type { Scalar } from '../../store/ops.ts'
import {
  contactById,
  contactIdOf,
  contactRecord,
  contactRows,
  type ContactRow,
} from '../../store/tables/contacts.ts'
import { noRecord, type Doing } from './doing.ts'

/**
 * The addresses of a contact. Each is a row of contacts of its own: the contact's, one that was merged into it, or an
 * additional address, which is a row that was made merged.
 */

const taken = (address: string, record: ContactRow): DomainError =>
  new DomainError(
    'CONFLICT',
    `${address} is the address of ${record.name || 'a contact without a name'} already. Open that contact, or merge the two.`,
    { id: record.id },
  )

/** What stands in the way of giving an address to a contact that does not have it. */
function mustBeFree(doing: Doing, address: string): ContactRow | undefined {
  const { db } = doing.write
  const row = contactById(db, contactIdOf(address))
  const record = row && contactRecord(db, row.id)
  if (record?.listed === 1) throw taken(address, record)
  return row
}

/**
 * The row that a new contact with that address can have: undefined where there was none yet.
 * @throws DomainError CONFLICT with the id of the contact that has it
 */
export const freeContactRow = (doing: Doing, address: string): ContactRow | undefined =>
  mustBeFree(doing, address)

/**
 * Gives an address that no contact has to a contact. One that the contact has already is left alone.
 * @returns whether anything changed
 * @throws DomainError CONFLICT with the id of the contact that has it
 */
export function addAddress(doing: Doing, record: ContactRow, address: string): boolean {
  const { write, undo } = doing
  const id = contactIdOf(address)
  const own = contactRows(write.db, record.id).find((row) => row.id === id)
  if (own) {
    if (own.address_removed_at === null) return false
    undo.append({ entity: 'contact', id, kind: 'set', values: { address_removed_at: null } })
    return true
  }
  const alias = { merged_into: record.id, merged_at: write.now, is_alias: 1 }
  const known = mustBeFree(doing, address)
  if (known) {
    const values = { ...alias, removed_at: null, address_removed_at: null }
    undo.append({ entity: 'contact', id, kind: 'set', values })
  } else {
    const made = { address, name: '', first_seen_at: 0, last_seen_at: 0, created_at: write.now }
    undo.append({ entity: 'contact', id, kind: 'create', values: { ...made, ...alias, removed_at: null } })
  }
  return true
}

/**
 * Takes an address away from a contact that no mail came from or went to.
 * @throws DomainError NOT_FOUND, CONFLICT where it has to stay
 */
export function removeAddress(doing: Doing, record: ContactRow, address: string): void {
  const { write, undo } = doing
  const row = contactRows(write.db, record.id).find(
    (each) => each.address === address && each.address_removed_at === null,
  )
  if (!row) throw new DomainError('NOT_FOUND', `${address} is none of this contact's addresses.`)
  if (row.id !== record.id && row.is_alias === 0)
    throw new DomainError(
      'CONFLICT',
      `${address} came with ${row.name || 'a contact'} that was merged into this one. Take that contact out again instead.`,
    )
  if (row.id === record.id && row.message_count > 0)
    throw new DomainError(
      'CONFLICT',
      `There is mail with ${address}, which is this contact's own: it stays. Choose another address as the primary one instead.`,
    )
  const values: Record<string, Scalar> =
    row.id === record.id
      ? { address_removed_at: write.now }
      : // One that mail came from meanwhile is a contact of its own from now on.
        {
          merged_into: null,
          merged_at: null,
          is_alias: 0,
          removed_at: row.message_count > 0 ? null : write.now,
        }
  undo.append({ entity: 'contact', id: row.id, kind: 'set', values })
  if (record.primary_address === address)
    undo.append({ entity: 'contact', id: record.id, kind: 'set', values: { primary_address: null } })
}

/**
 * Makes an address the primary one. One that the contact does not have yet is added; the one before stays if there was mail
 * with it, else it was a mistake and goes.
 * @param address  empty: takes the primary one away
 * @returns whether anything changed
 * @throws DomainError CONFLICT
 */
export function setPrimaryAddress(doing: Doing, record: ContactRow, address: string): boolean {
  const { write, undo } = doing
  if (address === record.email) return false
  const before = contactRows(write.db, record.id).find((row) => row.address === record.email)
  if (address === '') {
    removeAddress(doing, record, record.email)
    return true
  }
  const isNew = addAddress(doing, record, address)
  undo.append({ entity: 'contact', id: record.id, kind: 'set', values: { primary_address: address } })
  const wasMistake =
    before && before.message_count === 0 && (before.id === record.id || before.is_alias === 1)
  const now = contactRecord(write.db, record.id)
  if (isNew && wasMistake && now) removeAddress(doing, now, record.email)
  return true
}

/** @throws DomainError NOT_FOUND */
export function mustBeContact(doing: Doing, id: string): ContactRow {
  const record = contactRecord(doing.write.db, id)
  if (record?.listed !== 1) throw noRecord('contact')
  return record
}
