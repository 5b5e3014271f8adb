import type { z } from 'zod'
import type { PropertyView, RecordRowView, RecordType, RecordView } from '../../../../contract/records.ts'
import { propertiesOf, type Property } from '../../crm/records/catalogue.ts'
import { phoneCountry } from '../../crm/records/doing.ts'
import { phoneShown } from '../../crm/records/phones.ts'
import { shownValue } from '../../crm/records/values.ts'
import { recordValues, type RecordValuesRow } from '../../store/queries/records/lists.ts'
import type { ReadableDb } from '../../store/statements.ts'

export type RecordRowShape = z.input<typeof RecordRowView>
export type RecordShape = z.input<typeof RecordView>

export const propertyShape = (type: RecordType, property: Property): z.input<typeof PropertyView> => ({
  ...property,
  recordType: type,
  options: [...property.options],
})

/** What people call the values that are stored as something else: a company by its id, a phone number in E.164. */
function namesOf(
  properties: readonly Property[],
  row: RecordValuesRow,
  country: string,
): Record<string, string> {
  const names: Record<string, string> = {}
  for (const { key, type } of properties) {
    const value = row[key]
    if (type === 'company' && row.company_name !== null) names[key] = row.company_name
    if (type === 'phone' && typeof value === 'string') names[key] = phoneShown(value, country).shown
  }
  return names
}

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
  const country = phoneCountry(db)
  return ids.flatMap((id) => {
    const row = rows.get(id)
    if (!row) return []
    const values = properties.map((property) => [
      property.key,
      shownValue(property, row[property.key] ?? null),
    ])
    return [
      {
        ref: { type, id },
        name: row.record_name,
        values: Object.fromEntries(values) as RecordRowShape['values'],
        names: namesOf(properties, row, country),
      },
    ]
  })
}
