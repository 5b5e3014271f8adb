import type { PropertyValue } from '../../../../contract/records.ts'
import { propertiesOf, type Property } from '../records/catalogue.ts'
import { columnOf, shownValue } from '../records/values.ts'
import { valuesNow, type Scalar } from '../../store/ops.ts'
import { recordValues } from '../../store/queries/records/lists.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { propertyValue, propertyValueId } from '../../store/tables/properties.ts'
import type { MergeableType } from './mergeable.ts'

/** One field of a merge, as both records have it, and which one is proposed. */
export type MergeFieldShape = {
  key: string
  kept: PropertyValue
  other: PropertyValue
  proposed: 'kept' | 'other'
}

/** Comes over by itself: every phone of either contact is the merged one's. */
const COMES_ALONG: Partial<Record<MergeableType, readonly string[]>> = { contact: ['phone'] }
/** Stands for "nobody said": as good as no value. */
const UNSAID: Record<string, PropertyValue> = { consent: 'unknown' }

const valueOr = (key: string, value: PropertyValue): PropertyValue => (UNSAID[key] === value ? null : value)

/**
 * The properties in which a merge has something to choose: those where either record has a value. Two contacts of whom
 * nobody knows first and last names have a name to choose instead.
 * @param keep, other  ids of records that lists show
 */
export function mergeFields(
  db: ReadableDb,
  type: MergeableType,
  keep: string,
  other: string,
): MergeFieldShape[] {
  const properties = propertiesOf(db, type)
  const rows = recordValues(db, type, [keep, other], properties)
  const valueOf = (id: string, property: Property): PropertyValue =>
    shownValue(property, rows.get(id)?.[property.key] ?? null)
  const isNamed = [keep, other].some((id) => rows.get(id)?.['first_name'] || rows.get(id)?.['last_name'])
  const chosen = properties.filter(
    (property) =>
      !COMES_ALONG[type]?.includes(property.key) &&
      (!property.readOnly || (type === 'contact' && property.key === 'name' && !isNamed)),
  )
  return chosen.flatMap((property) => {
    const kept = valueOf(keep, property)
    const others = valueOf(other, property)
    if (valueOr(property.key, kept) === null && valueOr(property.key, others) === null) return []
    return [{ key: property.key, kept, other: others, proposed: proposalOf(property.key, kept, others) }]
  })
}

function proposalOf(key: string, kept: PropertyValue, other: PropertyValue): 'kept' | 'other' {
  // Who said no on either record said no.
  if (key === 'consent' && other === 'refused') return 'other'
  return valueOr(key, kept) === null && valueOr(key, other) !== null ? 'other' : 'kept'
}

/** What a merge writes into the kept record: columns of its row, and values of a company's own properties by id. */
export type Takeover = {
  columns: Record<string, Scalar>
  values: { id: string; propertyId: string; value: Scalar }[]
}

/**
 * What is written when the fields with these keys are taken from the other record.
 * @param keys  of `mergeFields`
 */
export function takeoverOf(
  db: ReadableDb,
  type: MergeableType,
  keep: string,
  other: string,
  keys: readonly string[],
): Takeover {
  const own = new Set(propertiesOf(db, type).flatMap((property) => property.id ?? []))
  const builtIn = keys.filter((key) => !own.has(key))
  const columnsOf = builtIn.filter((key) => !(type === 'contact' && key === 'email'))
  const columns: Record<string, Scalar> = {}
  if (columnsOf.length > 0) {
    const row = valuesNow(
      db,
      type,
      other,
      columnsOf.map((key) => columnOf(type, key)),
    )
    for (const key of columnsOf) columns[columnOf(type, key)] = row?.[columnOf(type, key)] ?? null
  }
  // The address comes along with its row; what is chosen is which one is the first.
  if (type === 'contact' && builtIn.includes('email'))
    columns.primary_address = recordValues(db, type, [other], [EMAIL]).get(other)?.['email'] ?? null
  const values = keys
    .filter((key) => own.has(key))
    .map((propertyId) => ({
      id: propertyValueId(keep, propertyId),
      propertyId,
      value: propertyValue(db, propertyValueId(other, propertyId))?.value ?? null,
    }))
  return { columns, values }
}

const EMAIL = { key: 'email', id: null, type: 'email' } as const
