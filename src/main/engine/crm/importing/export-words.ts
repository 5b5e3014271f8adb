import type { PropertyType, PropertyValue } from '../../../../contract/records.ts'
import { digitsOf } from './interpret.ts'

/** What is written of a property. */
export type ExportedProperty = { key: string; name: string | null; type: PropertyType }

/** A record as it leaves: its values, and for a contact every address and number, the primary ones first. */
export type ExportedRecord = {
  id: string
  name: string
  values: Record<string, PropertyValue>
  /** Of the records that values name, by the property's key. */
  names: Record<string, string>
  addresses: string[]
  phones: { number: string; label: string }[]
}

/** What ids stand for. */
export type ExportWords = {
  userName(id: string): string
  stage(id: string): { stage: { name: string }; pipeline: string; unique: boolean } | null
}

/** A value in words, as an import reads it again. Empty for none. */
export function wordsOf(record: ExportedRecord, property: ExportedProperty, words: ExportWords): string {
  const value = record.values[property.key]
  if (value === null || value === undefined || value === '') return ''
  switch (property.type) {
    case 'user':
      return words.userName(String(value))
    case 'company':
      return record.names[property.key] ?? ''
    case 'stage': {
      const found = words.stage(String(value))
      if (!found) return ''
      return found.unique ? found.stage.name : `${found.pipeline} / ${found.stage.name}`
    }
    case 'amount': {
      const digits = digitsOf(String(record.values['currency'] ?? '').toUpperCase()) ?? 2
      return (Number(value) / 10 ** digits).toFixed(digits)
    }
    case 'boolean':
      return value ? 'yes' : 'no'
    case 'time':
      return new Date(Number(value)).toISOString()
    default:
      return String(value)
  }
}
