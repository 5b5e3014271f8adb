import type { PropertyValues, RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { OpEntity, Scalar } from '../../store/ops.ts'
import type { CompanyRow } from '../../store/tables/companies.ts'
import type { ContactRow } from '../../store/tables/contacts.ts'
import { propertyValue, propertyValueId } from '../../store/tables/properties.ts'
import { setPrimaryAddress } from './addresses.ts'
import { mustHaveProperty, propertiesOf, propertyName, TYPE_NAMES, type Property } from './catalogue.ts'
import { linkDomain, mustBeFreeDomain } from './company-domains.ts'
import { setFirstPhone } from './contact-phones.ts'
import { isTicket, mustChangeRecord, noteRecord, type Doing, type RecordRow } from './doing.ts'
import { ensurePipeline } from './pipelines.ts'
import { columnOf, storedValue } from './values.ts'

/** A value that was checked, ready to be stored. */
export type Checked = { property: Property; value: Scalar }

/** What only one record can have: setting it on many at once is a mistake. */
const OF_ONE = new Set(['contact email', 'company domain'])

/**
 * Checks values against the properties of a type.
 * @throws DomainError BAD_INPUT that names the property and the next step
 */
export function checkValues(doing: Doing, type: RecordType, values: PropertyValues): Checked[] {
  const { db } = doing.write
  if (type === 'deal' && 'stage' in values) ensurePipeline(doing)
  const properties = propertiesOf(db, type)
  return Object.entries(values).map(([key, value]) => {
    const property = mustHaveProperty(properties, type, key, key)
    if (property.readOnly)
      throw new DomainError(
        'BAD_INPUT',
        key === 'name'
          ? 'The name of a contact follows from first and last name. Change those.'
          : `${propertyName(property)} is noted by Anteroom itself. Leave it out.`,
        { field: key },
      )
    return { property, value: storedValue(db, property, value, doing.country) }
  })
}

/**
 * Sets the same values on one or many records.
 * @returns the ids of those that differed
 * @throws DomainError NOT_FOUND, NOT_ALLOWED, BAD_INPUT, CONFLICT: nothing is changed then
 */
export function updateRecords(
  doing: Doing,
  type: RecordType,
  ids: readonly string[],
  values: PropertyValues,
): string[] {
  const checked = checkValues(doing, type, values)
  const single = checked.find(({ property }) => OF_ONE.has(`${type} ${property.key}`))
  const distinct = [...new Set(ids)]
  if (single && single.value !== '' && distinct.length > 1)
    throw new DomainError(
      'BAD_INPUT',
      `${propertyName(single.property)} can only be one ${TYPE_NAMES[type].one}'s. Change them one by one.`,
      { field: single.property.key },
    )
  return distinct.filter((id) => {
    const row = mustChangeRecord(doing, type, id)
    const changed = setValues(doing, type, row, checked)
    if (changed) noteRecord(doing.write, type, row)
    return changed
  })
}

/** The columns of checked values that are ones of the row itself and set without more ado. */
export function plainColumns(type: RecordType, checked: readonly Checked[]): Record<string, Scalar> {
  const plain = checked.filter(
    ({ property, value }) =>
      property.id === null &&
      !OF_ONE.has(`${type} ${property.key}`) &&
      !(type === 'contact' && property.key === 'phone') &&
      value !== null,
  )
  return Object.fromEntries(plain.map(({ property, value }) => [columnOf(type, property.key), value]))
}

/**
 * Sets checked values on one record; what has the value already is no op.
 * @returns whether anything differed
 */
export function setValues(
  doing: Doing,
  type: RecordType,
  row: RecordRow,
  checked: readonly Checked[],
): boolean {
  const { write, undo } = doing
  const columns: Record<string, Scalar> = {}
  const own: Checked[] = []
  let special: { email?: string; phone?: string; domain?: string } = {}
  for (const { property, value } of checked) {
    if (property.id !== null) own.push({ property, value })
    else if (type === 'contact' && (property.key === 'email' || property.key === 'phone'))
      special = { ...special, [property.key]: String(value ?? '') }
    else {
      const column = columnOf(type, property.key)
      const isDomain = type === 'company' && column === 'domain'
      const stored = isDomain && value === '' ? null : value
      if ((row as unknown as Record<string, Scalar>)[column] === stored) continue
      columns[column] = stored
      if (isDomain && typeof stored === 'string') special = { ...special, domain: stored }
    }
  }
  if (isTicket(row) && columns.status !== undefined)
    columns.closed_at = columns.status === 'closed' ? write.now : null
  if (special.domain !== undefined) mustBeFreeDomain(doing, special.domain, row.id)
  let changed = Object.keys(columns).length > 0
  if (changed) undo.append({ entity: type satisfies OpEntity, id: row.id, kind: 'set', values: columns })
  if (special.domain !== undefined) linkDomain(doing, row as CompanyRow, special.domain)
  if (special.email !== undefined)
    changed = setPrimaryAddress(doing, row as ContactRow, special.email) || changed
  if (special.phone !== undefined) changed = setFirstPhone(doing, row as ContactRow, special.phone) || changed
  for (const { property, value } of own) changed = setOwnValue(doing, row.id, property, value) || changed
  return changed
}

/** Sets the value of a company's own property. */
function setOwnValue(doing: Doing, ofId: string, property: Property, value: Scalar): boolean {
  const { write, undo } = doing
  const id = propertyValueId(ofId, property.key)
  const known = propertyValue(write.db, id)
  if ((known?.value ?? null) === value) return false
  // Made without a value first, so that taking the value back leaves none.
  if (!known) {
    const values = { property_id: property.key, of_id: ofId, value: null }
    undo.append({ entity: 'property_value', id, kind: 'create', values })
  }
  undo.append({ entity: 'property_value', id, kind: 'set', values: { value } })
  return true
}
