import type { z } from 'zod'
import type { PropertyView, RecordRowView, RecordType, RecordView } from '../../../../contract/records.ts'
import { propertiesOf, type Property } from '../../crm/records/catalogue.ts'
import { shownValue } from '../../crm/records/values.ts'
import { recordValues } from '../../store/queries/records/lists.ts'
import type { ReadableDb } from '../../store/statements.ts'

export type RecordRowShape = z.input<typeof RecordRowView>
export type RecordShape = z.input<typeof RecordView>

export const propertyShape = (type: RecordType, property: Property): z.input<typeof PropertyView> => ({
  ...property,
  recordType: type,
  options: [...property.options],
})

/**
 * Records as lists show them, in the order of the ids. Ids that are not there are left out; rows that were merged or
 * removed are found as they are.
 * @param properties  which values; all when left out
 */
export function recordRows(
  db: ReadableDb,
  type: RecordType,
  ids: readonly string[],
  properties: readonly Property[] = propertiesOf(db, type),
): RecordRowShape[] {
  const rows = recordValues(db, type, ids, properties)
  return ids.flatMap((id) => {
    const row = rows.get(id)
    if (!row) return []
    const values = properties.map((property) => [
      property.key,
      shownValue(property, row[property.key] ?? null),
    ])
    const company = properties.find((property) => property.type === 'company')
    return [
      {
        ref: { type, id },
        name: row.record_name,
        values: Object.fromEntries(values) as RecordRowShape['values'],
        names: company && row.company_name !== null ? { [company.key]: row.company_name } : {},
      },
    ]
  })
}
