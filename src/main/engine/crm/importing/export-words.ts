import type { PropertyValue, PropertyView, StageView } from '../../../../contract/records.ts'
import { digitsOf } from './interpret.ts'

/** A record as it leaves: its values, and for a contact every address and number, the primary ones first. */
export type ExportedRecord = {
  id: string
  name: string
  values: Record<string, PropertyValue>
  addresses: string[]
  phones: { number: string; label: string }[]
}

/** What ids stand for. */
export type ExportWords = {
  userName(id: string): string
  companyName(id: string): string
  stage(id: string): { stage: StageView; pipeline: string; unique: boolean } | null
}

/** The heading of a property's column, in English, so that the file can be imported anywhere: "close_date" is "Close date". */
export const headingOf = ({ key, name }: Pick<PropertyView, 'key' | 'name'>): string =>
  name ?? `${key.charAt(0).toUpperCase()}${key.slice(1).replaceAll('_', ' ')}`

/** A value in words, as an import reads it again. Empty for none. */
export function wordsOf(record: ExportedRecord, property: PropertyView, words: ExportWords): string {
  const value = record.values[property.key]
  if (value === null || value === undefined || value === '') return ''
  switch (property.type) {
    case 'user':
      return words.userName(String(value))
    case 'company':
      return words.companyName(String(value))
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
