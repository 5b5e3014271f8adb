import type { RecordRef, RecordType } from '@contract/records.ts'
import type { Dependencies } from '@/stores/change.ts'

export const RECORD_TYPES: readonly RecordType[] = ['contact', 'company', 'deal', 'ticket']

/** The name of each type among what can change. */
const ENTITIES = { contact: 'contacts', company: 'companies', deal: 'deals', ticket: 'tickets' } as const

/** What makes a list of this type stale: its own records, what its columns name, and what its columns are. */
export const listDependencies = (type: RecordType): Dependencies => ({
  [ENTITIES[type]]: true,
  companies: true,
  properties: true,
})

/** What makes the page of a record stale. What it is associated with is named there, whichever type it has. */
export const pageDependencies = ({ type, id }: RecordRef): Dependencies => ({
  contacts: true,
  companies: true,
  deals: true,
  tickets: true,
  properties: true,
  [ENTITIES[type]]: type === 'contact' ? true : [id],
})

/** Columns that a list begins with, in this order, as far as the engine has them. */
export const FIRST_COLUMNS: Record<RecordType, readonly string[]> = {
  contact: ['email', 'company', 'lifecycle_stage', 'owner_id', 'phone', 'last_seen_at'],
  company: ['domain', 'industry', 'owner_id', 'contact_count', 'phone', 'city'],
  deal: ['stage', 'amount', 'close_date', 'company', 'owner_id'],
  ticket: ['number', 'status', 'priority', 'owner_id', 'category', 'created_at'],
}

/** What is asked for a new record, in this order. */
export const FIRST_FIELDS: Record<RecordType, readonly string[]> = {
  contact: ['email', 'first_name', 'last_name'],
  company: ['name', 'domain'],
  deal: ['name', 'amount', 'currency', 'stage', 'close_date'],
  ticket: ['subject', 'status', 'priority', 'owner_id'],
}

/** Without one of these nothing is made; the first that the engine has counts. */
export const NEEDED_FIELD: Record<RecordType, readonly string[]> = {
  contact: [],
  company: ['name'],
  deal: ['name'],
  ticket: ['subject'],
}
