import { DomainError } from '../../lib/domain-error.ts'
import type { MergeableTable } from '../../store/record-ids.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { recordOfRow } from '../../store/queries/merging.ts'

/** The types of records that can be merged, each with its own kind, and where they lie. */
export const MERGEABLE = {
  contact: 'contacts',
  company: 'companies',
} as const satisfies Record<string, MergeableTable>

export type MergeableType = keyof typeof MERGEABLE

/**
 * The record that a row belongs to now, which lists show.
 * @throws DomainError NOT_FOUND
 */
export function mustBeRecord(db: ReadableDb, type: MergeableType, id: string): string {
  const record = recordOfRow(db, MERGEABLE[type], id)
  if (record?.listed !== 1)
    throw new DomainError('NOT_FOUND', `This ${type} does not exist, or it was removed.`)
  return record.id
}
