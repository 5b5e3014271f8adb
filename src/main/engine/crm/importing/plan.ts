import type { PropertyValues } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { companyNamed } from '../../store/queries/contacts.ts'
import { contactsNamed, contactsWithPhone, dealsNamed } from '../../store/queries/import-matches.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Scalar } from '../../store/ops.ts'
import { companiesWithDomain, companyRecordRow } from '../../store/tables/companies.ts'
import { phonesOf } from '../../store/tables/contact-phones.ts'
import { contactById, contactIdOf, contactRecord } from '../../store/tables/contacts.ts'
import { rowOfKey, type ImportRow, type Verdict } from '../../store/tables/imports.ts'
import { propertyValue, propertyValueId } from '../../store/tables/properties.ts'
import { companyOfAddress } from '../company-domain.ts'
import { propertyName, TYPE_NAMES, type Property } from '../records/catalogue.ts'
import { recordRow, type RecordRow } from '../records/doing.ts'
import { normalisePhone } from '../records/phones.ts'
import { columnOf, domainOf, storedValue } from '../records/values.ts'
import { interpret, type Reading, type Wish } from './interpret.ts'
import type { FileRow } from './protocol.ts'

/** What the rows of one file are judged by. */
export type PlanContext = {
  import: ImportRow
  reading: Reading
  properties: ReadonlyMap<string, Property>
  /** In which numbers without "+" are read. */
  country: string
}

/** The company that a record is to belong to: one that is there, or one to be made. */
export type CompanyWish =
  | { id: string; name: string }
  | { id: null; name: string; /** Where its mail says so. */ domain: string | null }

/** What a row does, decided from what is there now; nothing is changed yet. */
export type Plan = {
  verdict: Verdict
  text: string
  name: string
  noted: boolean
  /** What must not stand in the file again. */
  keys: string[]
  /** Of the record that is here already. */
  recordId: string | null
  /** Values that differ, or all of a new record. */
  values: PropertyValues
  addresses: string[]
  phones: { number: string; label: string }[]
  company: CompanyWish | null
}

type Matched = { id: string; by: string } | { refusal: string } | null

/** Decides what a row does: nothing, something, or why it cannot be used. */
export function planRow(db: ReadableDb, context: PlanContext, row: FileRow): Plan {
  const wish = interpret(row, context.reading)
  const values = usable(db, context, wish)
  const keys = wish.problem === null ? keysOf(context, wish, values) : []
  const problem =
    wish.problem ?? missing(context.import.record_type, wish, values) ?? repeated(db, context, keys, row.row)
  if (problem !== null) return refused(wish, problem)
  const company = companyOf(db, context, wish)
  const match = matchOf(db, context, wish, values, company)
  if (match && 'refusal' in match) return refused(wish, match.refusal)
  const plan: Plan = {
    verdict: 'create',
    text: '',
    name: wish.name,
    noted: wish.notes.length > 0,
    keys,
    recordId: null,
    values,
    addresses: wish.addresses,
    phones: wish.phones,
    company,
  }
  return match ? planChange(db, context, wish, plan, match) : planNew(context, wish, plan)
}

const withNotes = (text: string, { notes }: Wish): string =>
  notes.length === 0 ? text : `${text} Left out: ${notes.join(' ')}`

function refused(wish: Wish, text: string): Plan {
  const nothing = { recordId: null, values: {}, addresses: [], phones: [], company: null, keys: [] }
  return { verdict: 'refused', text, name: wish.name, noted: false, ...nothing }
}

/** The values that the engine takes; the others are noted as left out. */
function usable(db: ReadableDb, { properties, country }: PlanContext, wish: Wish): PropertyValues {
  const values: PropertyValues = {}
  for (const [key, value] of Object.entries(wish.values)) {
    const property = properties.get(key)
    if (!property) continue
    try {
      if (property.type !== 'stage') storedValue(db, property, value, country)
      values[key] = value
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      wish.notes.push(error.message)
    }
  }
  return values
}

/** What an identity was refused for leaves nothing to make a record of. */
function missing(type: ImportRow['record_type'], wish: Wish, values: PropertyValues): string | null {
  const has = (key: string) => values[key] !== undefined
  if (type === 'company' && !has('name') && !has('domain')) return wish.notes[0] ?? 'There is no name.'
  if (type === 'deal' && !has('name')) return wish.notes[0] ?? 'There is no name.'
  return null
}

/** Each with how it is called in messages, behind a line break. */
function keysOf(
  { import: { record_type }, country }: PlanContext,
  wish: Wish,
  values: PropertyValues,
): string[] {
  const { addresses, phones, name } = wish
  const word = name.toLowerCase()
  if (record_type === 'contact') {
    if (addresses.length > 0) return addresses.map((address) => `address\n${address}`)
    if (phones[0]) return [`phone\n${normalisePhone(phones[0].number, country)}`]
    return [`name\n${word}`]
  }
  if (record_type === 'company') {
    const domain = domainOf(String(values['domain'] ?? ''))
    return [domain === null ? `name\n${word}` : `domain\n${domain}`]
  }
  return [`name\n${word}\n${(wish.company ?? '').toLowerCase()}`]
}

function repeated(db: ReadableDb, context: PlanContext, keys: readonly string[], row: number): string | null {
  for (const key of keys) {
    const first = rowOfKey(db, context.import.id, key)
    if (first === null || first >= row) continue
    return `${key.split('\n')[1]} is in row ${first} already; only the first one counts.`
  }
  return null
}

/** By its domain where the words are one, else by its name. */
function companyOf(db: ReadableDb, context: PlanContext, wish: Wish): CompanyWish | null {
  const { company } = wish
  if (company === null) return null
  const domain = /^[^\s@]+\.[^\s@]+$/.test(company) ? domainOf(company) : null
  const known = (domain !== null && companyWithDomain(db, domain)) || companyNamed(db, company)
  return known ? { id: known.id, name: known.name } : { id: null, name: company, domain: null }
}

function companyWithDomain(db: ReadableDb, domain: string): { id: string; name: string } | undefined {
  for (const row of companiesWithDomain(db, domain)) {
    const record = companyRecordRow(db, row.id)
    if (record?.listed === 1) return record
  }
  return undefined
}

function matchOf(
  db: ReadableDb,
  context: PlanContext,
  wish: Wish,
  values: PropertyValues,
  company: CompanyWish | null,
): Matched {
  const type = context.import.record_type
  if (type === 'contact') return matchContact(db, context, wish)
  if (type === 'company') {
    const domain = domainOf(String(values['domain'] ?? ''))
    const byDomain = domain === null ? undefined : companyWithDomain(db, domain)
    if (byDomain) return { id: byDomain.id, by: domain! }
    const byName = values['name'] === undefined ? undefined : companyNamed(db, String(values['name']))
    // Two companies of one name, each with a domain of its own, are two.
    const other = byName && companyRecordRow(db, byName.id)
    if (!byName || (domain !== null && other?.domain !== null && other?.domain !== domain)) return null
    return { id: byName.id, by: byName.name }
  }
  if (company?.id === null) return null
  return one(dealsNamed(db, String(values['name']), company?.id ?? null), String(values['name']), 'deals')
}

function matchContact(db: ReadableDb, { country }: PlanContext, wish: Wish): Matched {
  const found = new Map<string, string>()
  for (const address of wish.addresses) {
    const row = contactById(db, contactIdOf(address))
    const record = row && contactRecord(db, row.id)
    if (record?.listed === 1 && !found.has(record.id)) found.set(record.id, address)
  }
  if (found.size > 1)
    return {
      refusal: `${[...found.values()].join(' and ')} are the addresses of different contacts. Merge them first, or divide the row.`,
    }
  const [match] = found
  if (match) return { id: match[0], by: match[1] }
  if (wish.addresses.length > 0) return null
  const [phone] = wish.phones
  if (phone) {
    const byPhone = one(
      contactsWithPhone(db, normalisePhone(phone.number, country)),
      phone.number,
      'contacts',
    )
    if (byPhone) return byPhone
  }
  return wish.name === '' ? null : one(contactsNamed(db, wish.name), wish.name, 'contacts')
}

const one = (ids: readonly string[], by: string, many: string): Matched => {
  if (ids.length > 1)
    return { refusal: `Several ${many} are called ${by}; which one is meant cannot be known.` }
  return ids[0] === undefined ? null : { id: ids[0], by }
}

function planNew({ import: { record_type } }: PlanContext, wish: Wish, plan: Plan): Plan {
  const [address] = wish.addresses
  let { company } = plan
  if (record_type === 'contact' && company === null && address !== undefined) {
    const found = companyOfAddress(address)
    if (found) company = { id: null, name: found.name, domain: found.domain }
  }
  const made = plan.company?.id === null ? ` The company “${plan.company.name}” is new too.` : ''
  return { ...plan, company, text: withNotes(`New ${TYPE_NAMES[record_type].one}.${made}`, wish) }
}

function planChange(
  db: ReadableDb,
  context: PlanContext,
  wish: Wish,
  plan: Plan,
  { id, by }: { id: string; by: string },
): Plan {
  const { record_type: type, existing } = context.import
  const one = TYPE_NAMES[type].one
  const record = recordRow(db, type, id)
  if (!record) return refused(wish, `${by} is being changed by somebody else. Check the file again.`)
  const same = {
    ...plan,
    verdict: 'same' as const,
    recordId: id,
    values: {},
    addresses: [],
    phones: [],
    company: null,
  }
  if (existing === 'skip')
    return { ...same, noted: false, text: `${by} is a ${one} already, and is left as it is.` }

  const words: string[] = []
  const values: PropertyValues = {}
  for (const [key, property] of context.properties) {
    const value = plan.values[key]
    if (value === undefined) continue
    const now = valueNow(db, type, record, property)
    const wanted =
      property.type === 'stage' ? String(value) : storedValue(db, property, value, context.country)
    if (now === wanted || (existing === 'fill_empty' && !isEmpty(property, now))) continue
    values[key] = value
    words.push(propertyName(property))
  }
  const company = plan.company && changesCompany(db, record, plan.company, existing) ? plan.company : null
  if (company) words.push('Company')
  const addresses =
    type === 'contact' ? plan.addresses.filter((address) => recordOfAddress(db, address) !== id) : []
  if (addresses.length > 0) words.push(`Address (${addresses.join(', ')})`)
  const numbers = type === 'contact' ? new Set(phonesOf(db, id).map(({ number }) => number)) : new Set()
  const phones =
    type === 'contact'
      ? plan.phones.filter(({ number }) => !numbers.has(normalisePhone(number, context.country)))
      : []
  if (phones.length > 0) words.push('Phone')

  if (words.length === 0)
    return { ...same, text: withNotes(`${by} is a ${one} already, and nothing is new.`, wish) }
  const text = withNotes(`${by} is a ${one} already. Changes: ${words.join(', ')}.`, wish)
  return { ...plan, verdict: 'update', recordId: id, values, addresses, phones, company, text }
}

function valueNow(
  db: ReadableDb,
  type: ImportRow['record_type'],
  record: RecordRow,
  property: Property,
): Scalar {
  if (property.id !== null) return propertyValue(db, propertyValueId(record.id, property.key))?.value ?? null
  return (record as unknown as Record<string, Scalar>)[columnOf(type, property.key)] ?? null
}

/** Consent that nobody asked for, and a stage that a deal has to have, are values like others. */
const isEmpty = (property: Property, value: Scalar): boolean =>
  value === null || value === '' || (property.key === 'consent' && value === 'unknown')

function changesCompany(
  db: ReadableDb,
  record: RecordRow,
  wanted: CompanyWish,
  existing: ImportRow['existing'],
): boolean {
  const now = 'company_id' in record ? record.company_id : null
  if (now === null) return true
  if (existing === 'fill_empty') return false
  return wanted.id === null || companyRecordRow(db, now)?.id !== wanted.id
}

function recordOfAddress(db: ReadableDb, address: string): string | null {
  const row = contactById(db, contactIdOf(address))
  const record = row && contactRecord(db, row.id)
  return record?.listed === 1 && row?.address_removed_at === null ? record.id : null
}
