import type { PropertyType, RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { uuidV7 } from '../../lib/uuid.ts'
import { propertiesOfType, propertyById } from '../../store/tables/properties.ts'
import { builtInProperties, propertyName } from './catalogue.ts'
import type { Doing } from './doing.ts'

/** A company's own properties. */

function mustBeNewName(doing: Doing, type: RecordType, name: string, exceptId: string | null): void {
  const wanted = name.toLowerCase()
  const isTaken =
    builtInProperties(type).some((property) => propertyName(property).toLowerCase() === wanted) ||
    propertiesOfType(doing.write.db, type).some(
      (row) => row.id !== exceptId && row.name.toLowerCase() === wanted,
    )
  if (isTaken)
    throw new DomainError('CONFLICT', `There is a property "${name}" already. Choose another name.`)
}

function optionLines(valueType: PropertyType, options: readonly string[]): string {
  const distinct = [...new Set(options.map((option) => option.replace(/\s+/g, ' ')))]
  if (valueType === 'choice' && distinct.length === 0)
    throw new DomainError('BAD_INPUT', 'A choice needs something to choose from. Add its options.', {
      field: 'options',
    })
  return valueType === 'choice' ? distinct.join('\n') : ''
}

/** @returns the property's id. @throws DomainError CONFLICT, BAD_INPUT */
export function addProperty(
  doing: Doing,
  property: { type: RecordType; name: string; valueType: PropertyType; options: readonly string[] },
): string {
  const { write, undo } = doing
  mustBeNewName(doing, property.type, property.name, null)
  const id = uuidV7(write.now)
  const values = {
    record_type: property.type,
    name: property.name,
    type: property.valueType,
    options: optionLines(property.valueType, property.options),
    created_at: write.now,
  }
  undo.append({ entity: 'property', id, kind: 'create', values })
  write.changed('properties', id)
  return id
}

/** @throws DomainError NOT_FOUND, CONFLICT, BAD_INPUT */
export function updateProperty(
  doing: Doing,
  id: string,
  changes: { name?: string; options?: readonly string[]; removed?: boolean },
): void {
  const { write, undo } = doing
  const row = propertyById(write.db, id)
  if (!row) throw new DomainError('NOT_FOUND', 'This property does not exist.')
  if (changes.name !== undefined) mustBeNewName(doing, row.record_type, changes.name, id)
  const values: Record<string, string | number | null> = {}
  if (changes.name !== undefined && changes.name !== row.name) values.name = changes.name
  if (changes.options !== undefined) {
    const options = optionLines(row.type, changes.options)
    if (options !== row.options) values.options = options
  }
  if (changes.removed !== undefined && changes.removed !== (row.removed_at !== null))
    values.removed_at = changes.removed ? write.now : null
  if (Object.keys(values).length === 0) return
  undo.append({ entity: 'property', id, kind: 'set', values })
  write.changed('properties', id)
}
