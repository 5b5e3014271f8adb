import type { LocationQuery } from 'vue-router'
import type { RecordRef } from '@contract/records.ts'
import { libraryPath } from '@/shell/place.ts'

/** Whom a new quote may be for. */
const TYPES = ['deal', 'contact'] as const

export const canHaveQuotes = (type: string): boolean => TYPES.some((one) => one === type)

/** The address of a new quote for a deal or a contact. */
export const quotePathFor = ({ type, id }: RecordRef) => ({
  path: libraryPath('new-quote'),
  query: { [type]: id },
})

/** What the address says that a new quote is for; what is no id names nothing, and the engine says so. */
export function recordOfQuery(query: LocationQuery): RecordRef | null {
  for (const type of TYPES) {
    const id = query[type]
    if (typeof id === 'string') return { type, id } as RecordRef
  }
  return null
}
