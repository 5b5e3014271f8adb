import type { PropertyType, RecordType } from '../../../../../contract/records.ts'

/** How each property of a record is read, ordered by and compared, in SQL over its row `r`. */
export type Field = {
  /** The value as the contract has it; null or '' for none. */
  value: string
  /** What lists are ordered by: never null. Null where no list can be. */
  sort: string | null
  /** Holds for rows without a value. */
  empty: string
  /** An index gives the order, the id second. */
  indexed?: true
}

/** Below everything that people write: rows without a number come first in ascending order. */
const NO_NUMBER = '-9007199254740991'

const text = (column: string): Field => ({
  value: column,
  sort: `${column} COLLATE NOCASE`,
  empty: `${column} = ''`,
})
/** Written in lower case, or in a fixed form: ordered as it is. */
const plain = (column: string): Field => ({ value: column, sort: column, empty: `${column} = ''` })
const unsorted = (column: string): Field => ({ value: column, sort: null, empty: `${column} = ''` })
const number = (column: string): Field => ({
  value: column,
  sort: `coalesce(${column}, ${NO_NUMBER})`,
  empty: `${column} IS NULL`,
})
/** Always there. */
const given = (column: string): Field => ({ value: column, sort: column, empty: 'FALSE' })
const time = (column: string): Field => ({
  value: `nullif(${column}, 0)`,
  sort: column,
  empty: `${column} = 0`,
})
const id = (column: string): Field => ({ value: column, sort: null, empty: `${column} IS NULL` })

const indexed = (field: Field): Field => ({ ...field, indexed: true })

/** The record that a company belongs to now, unless it was removed. */
const company = (what: 'id' | 'name'): string =>
  `(SELECT k.${what} FROM companies c CROSS JOIN companies k ON k.id = c.record_id
    WHERE c.id = r.company_id AND k.listed = 1)`
const COMPANY: Field = { value: company('id'), sort: null, empty: `${company('id')} IS NULL` }
export const companyNameSql = company('name')

/** The first phone of the record, its own before those of what was merged into it. */
const PHONE = `(SELECT p.number FROM contacts c INDEXED BY contacts_by_record
    CROSS JOIN contact_phones p INDEXED BY contact_phones_by_contact ON p.contact_id = c.id
  WHERE c.record_id = r.id AND p.removed_at IS NULL ORDER BY p.position, c.id <> r.id, p.id LIMIT 1)`

const CONTACTS = `(SELECT count(*) FROM companies c INDEXED BY companies_by_record
    CROSS JOIN contacts k INDEXED BY contacts_by_company ON k.company_id = c.id
  WHERE c.record_id = r.id AND k.listed = 1)`

const STAGE_PLACE = `coalesce((SELECT p.name || printf(' %06d', s.position) FROM stages s
  JOIN pipelines p ON p.id = s.pipeline_id WHERE s.id = r.stage_id), '')`
const PIPELINE = `(SELECT p.name FROM stages s JOIN pipelines p ON p.id = s.pipeline_id WHERE s.id = r.stage_id)`

const fields: Record<RecordType, Record<string, Field>> = {
  contact: {
    name: indexed(text('r.name')),
    first_name: text('r.first_name'),
    last_name: indexed(text('r.last_name')),
    email: indexed(plain('r.email')),
    phone: { value: PHONE, sort: null, empty: `${PHONE} IS NULL` },
    job_title: text('r.job_title'),
    company: COMPANY,
    owner_id: id('r.owner_id'),
    lifecycle_stage: indexed(plain('r.lifecycle_stage')),
    consent: plain('r.consent'),
    first_seen_at: time('r.record_first_seen_at'),
    last_seen_at: indexed(time('r.record_last_seen_at')),
    message_count: given('r.record_message_count'),
    created_at: given('iif(r.created_at > 0, r.created_at, r.record_first_seen_at)'),
    notes: unsorted('r.notes'),
  },
  company: {
    name: indexed(text('r.name')),
    domain: indexed(plain(`coalesce(r.domain, '')`)),
    phone: plain('r.phone'),
    website: text('r.website'),
    industry: text('r.industry'),
    city: text('r.city'),
    country: text('r.country'),
    owner_id: id('r.owner_id'),
    contact_count: { value: CONTACTS, sort: null, empty: `${CONTACTS} = 0` },
    created_at: indexed(given('r.created_at')),
    notes: unsorted('r.notes'),
  },
  deal: {
    name: indexed(text('r.name')),
    amount: number('r.amount'),
    currency: plain('r.currency'),
    stage: { value: 'r.stage_id', sort: STAGE_PLACE, empty: 'r.stage_id IS NULL' },
    pipeline: { value: PIPELINE, sort: null, empty: `${PIPELINE} IS NULL` },
    close_date: indexed(plain('r.close_date')),
    owner_id: id('r.owner_id'),
    company: COMPANY,
    created_at: indexed(given('r.created_at')),
    notes: unsorted('r.notes'),
  },
  ticket: {
    number: indexed(given('r.number')),
    subject: indexed(text('r.subject')),
    status: indexed(plain('r.status')),
    priority: {
      value: 'r.priority',
      sort: `CASE r.priority WHEN 'urgent' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END`,
      empty: 'FALSE',
    },
    category: text('r.category'),
    pipeline: text('r.pipeline'),
    owner_id: id('r.owner_id'),
    created_at: indexed(given('r.created_at')),
    closed_at: number('r.closed_at'),
  },
}

/** Keys of the built-in properties of a type. */
export const builtInKeys = (type: RecordType): string[] => Object.keys(fields[type])

const UUID = /^[0-9a-f-]{36}$/

/**
 * The field behind a property.
 * @param property.id  of a company's own property; its values lie in a table of their own
 */
export function fieldOf(
  type: RecordType,
  property: { key: string; id: string | null; type: PropertyType },
): Field {
  const known = property.id === null ? fields[type][property.key] : undefined
  if (known) return known
  if (property.id === null || !UUID.test(property.id))
    throw new Error(`${type} has no property "${property.key}".`)
  const value = `(SELECT v.value FROM property_values v INDEXED BY property_values_of
    WHERE v.of_id = r.id AND v.property_id = '${property.id}')`
  const isNumber = ['number', 'amount', 'boolean', 'time'].includes(property.type)
  return {
    value,
    sort: isNumber ? `coalesce(${value}, ${NO_NUMBER})` : `coalesce(${value}, '') COLLATE NOCASE`,
    empty: isNumber ? `${value} IS NULL` : `coalesce(${value}, '') = ''`,
  }
}
