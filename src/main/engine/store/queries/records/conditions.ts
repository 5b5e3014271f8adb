import type { FilterCondition, PropertyType, RecordType } from '../../../../../contract/records.ts'
import { fieldOf } from './fields.ts'

type Param = string | number | null
export type Sql = { sql: string; params: Param[] }

/** A filter whose property, test and value were checked to fit together. */
export type Condition = {
  property: { key: string; id: string | null; type: PropertyType }
  test: FilterCondition['test']
  value: string | number | null
}

const escaped = (value: Param): string => String(value).replace(/[\\%_]/g, (character) => `\\${character}`)

const compare = (value: string, test: Condition['test'], wanted: Param): Sql => {
  switch (test) {
    case 'contains':
      return { sql: `${value} LIKE ? ESCAPE '\\'`, params: [`%${escaped(wanted)}%`] }
    case 'begins_with':
      return { sql: `${value} LIKE ? ESCAPE '\\'`, params: [`${escaped(wanted)}%`] }
    case 'at_least':
      return { sql: `${value} >= ?`, params: [wanted] }
    case 'at_most':
      return { sql: `${value} <= ?`, params: [wanted] }
    case 'before':
      return { sql: `${value} < ?`, params: [wanted] }
    case 'after':
      return { sql: `${value} > ?`, params: [wanted] }
    default:
      return { sql: `${value} = ?`, params: [wanted] }
  }
}

const negated = ({ sql, params }: Sql): Sql => ({ sql: `NOT coalesce((${sql}), FALSE)`, params })

/** One condition over the row `r` of a record. */
export function conditionSql(type: RecordType, condition: Condition): Sql {
  const { property, test, value } = condition
  const field = fieldOf(type, property)
  if (test === 'is_empty') return { sql: field.empty, params: [] }
  if (test === 'is_not_empty') return { sql: `NOT (${field.empty})`, params: [] }
  if (test === 'is_not') return negated(conditionSql(type, { ...condition, test: 'is' }))
  if (property.id !== null) return ownCondition(property.id, property.type, field.value, test, value)
  if (property.type === 'company') {
    return test === 'is'
      ? { sql: 'r.company_id IN (SELECT id FROM companies WHERE record_id = ?)', params: [value] }
      : within(
          'r.company_id IN (SELECT c.id FROM companies c JOIN companies k ON k.id = c.record_id WHERE $)',
          compare('k.name', test, value),
        )
  }
  // Any of the contact's addresses and phones, not only the first ones.
  if (type === 'contact' && property.key === 'email')
    return within(
      'r.id IN (SELECT record_id FROM contacts WHERE address_removed_at IS NULL AND $)',
      compare('address', test, typeof value === 'string' ? value.toLowerCase() : value),
    )
  if (type === 'contact' && property.key === 'phone')
    return within(
      `r.id IN (SELECT c.record_id FROM contact_phones p CROSS JOIN contacts c ON c.id = p.contact_id
        WHERE p.removed_at IS NULL AND $)`,
      compare('p.number', test, value),
    )
  if (property.type === 'date')
    return test === 'before' || test === 'at_most'
      ? withValue(field.empty, field.value, test, value)
      : compare(field.value, test, value)
  if (['text', 'long_text', 'url', 'email', 'phone'].includes(property.type) && test === 'is')
    return { sql: `${field.value} = ? COLLATE NOCASE`, params: [value] }
  return compare(field.value, test, value)
}

const within = (around: string, { sql, params }: Sql): Sql => ({
  sql: around.replace('$', () => sql),
  params,
})

/** "Before" leaves out what has no date at all. */
const withValue = (empty: string, value: string, test: Condition['test'], wanted: Param): Sql => {
  const { sql, params } = compare(value, test, wanted)
  return { sql: `(NOT (${empty}) AND ${sql})`, params }
}

/** Of a company's own property: by the index of its values where a value is looked for. */
function ownCondition(
  propertyId: string,
  type: PropertyType,
  value: string,
  test: Condition['test'],
  wanted: Param,
): Sql {
  if (type === 'boolean')
    // What nobody ticked is not ticked.
    return { sql: `coalesce(${value}, 0) = ?`, params: [wanted] }
  const { sql, params } = compare('v.value', test, wanted)
  const folded = test === 'is' && typeof wanted === 'string' ? ' COLLATE NOCASE' : ''
  return {
    sql: `r.id IN (SELECT v.of_id FROM property_values v INDEXED BY property_values_by_value
      WHERE v.property_id = ? AND v.value <> '' AND ${sql}${folded})`,
    params: [propertyId, ...params],
  }
}
