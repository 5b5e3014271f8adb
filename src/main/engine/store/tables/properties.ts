import type { PropertyType, RecordType } from '../../../../contract/records.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import type { ReadableDb } from '../statements.ts'

/** A company's own property. */
export type PropertyRow = {
  id: string
  record_type: RecordType
  name: string
  type: PropertyType
  /** One a line. */
  options: string
  created_at: number
  removed_at: number | null
}

/** Those that were not taken away, in the order in which they were added. */
export const propertiesOfType = (db: ReadableDb, type: RecordType): PropertyRow[] =>
  db.all<PropertyRow>(
    'SELECT * FROM properties INDEXED BY properties_by_type WHERE record_type = ? AND removed_at IS NULL ORDER BY created_at, id',
    [type],
  )

export const propertyById = (db: ReadableDb, id: string): PropertyRow | undefined =>
  db.get<PropertyRow>('SELECT * FROM properties WHERE id = ?', [id])

/** The id of a property's value on one row: the same on every machine. */
export const propertyValueId = (ofId: string, propertyId: string): string =>
  uuidV5(NAMESPACE.recordPart, `${ofId}\n${propertyId}`)

/** Undefined where it was never set; null where it was set to nothing. */
export const propertyValue = (db: ReadableDb, id: string): { value: string | number | null } | undefined =>
  db.get('SELECT value FROM property_values WHERE id = ?', [id])
