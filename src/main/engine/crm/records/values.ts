import { domainToASCII } from 'node:url'
import type { PropertyValue, RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { Scalar } from '../../store/ops.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { companyRecordRow } from '../../store/tables/companies.ts'
import { stageById } from '../../store/tables/pipelines.ts'
import { userById } from '../../store/tables/users.ts'
import { propertyName, type Property } from './catalogue.ts'
import { normalisePhone } from './phones.ts'

/** Values as people give them, and as they are stored. Whatever cannot be used is refused by the name of its property. */

/** Characters of one line. */
const LINE = 1000

const refuse = (property: Property, message: string): DomainError =>
  new DomainError('BAD_INPUT', `${propertyName(property)}: ${message}`, { field: property.key })

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/

/** An address in lower case, or null where it is none. */
export function addressOf(written: string): string | null {
  const address = written.trim().toLowerCase()
  return address.length <= 320 && ADDRESS.test(address) ? address : null
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A domain out of what people paste: "https://www.Acme.test/about" is "acme.test"; null where there is none. */
export function domainOf(written: string): string | null {
  const host = written
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/[/?#:].*$/, '')
    .replace(/^www\./, '')
  const domain = domainToASCII(host)
  return HOST.test(domain) ? domain : null
}

const isDate = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(Date.parse(`${value}T00:00:00Z`)) &&
  new Date(`${value}T00:00:00Z`).toISOString().startsWith(value)

const currencies = new Set(Intl.supportedValuesOf('currency'))

function line(property: Property, value: PropertyValue, longest: number): string {
  if (typeof value === 'boolean' || value === null) throw refuse(property, 'this has to be text.')
  const text = String(value).trim()
  if (text.length > longest) throw refuse(property, `at most ${longest} characters fit. Shorten it.`)
  return text
}

/** What stands for "nothing" in the column behind a property. */
function nothing(property: Property): Scalar {
  switch (property.type) {
    case 'number':
    case 'amount':
    case 'boolean':
    case 'time':
    case 'user':
    case 'company':
      return null
    case 'stage':
      throw refuse(property, 'a deal is always in a stage. Choose one.')
    default:
      if (property.key === 'consent') return 'unknown'
      if (property.key === 'status' || property.key === 'priority')
        throw refuse(property, 'a ticket always has one. Choose one.')
      return property.id === null ? '' : null
  }
}

/**
 * A value as the column behind its property holds it.
 * @param country  see `normalisePhone`
 * @throws DomainError BAD_INPUT that names the property and what to write instead
 */
export function storedValue(
  db: ReadableDb,
  property: Property,
  value: PropertyValue,
  country: string,
): Scalar {
  if (value === null || (typeof value === 'string' && value.trim() === '')) return nothing(property)
  switch (property.type) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw refuse(property, 'this has to be a number.')
      return value
    case 'amount':
      if (typeof value !== 'number' || !Number.isSafeInteger(value))
        throw refuse(property, 'this has to be a whole number of the smallest unit of the currency (cents).')
      return value
    case 'time':
      if (typeof value !== 'number' || !Number.isSafeInteger(value))
        throw refuse(property, 'this has to be a time in milliseconds.')
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw refuse(property, 'this has to be yes or no.')
      return Number(value)
    case 'date':
      if (typeof value !== 'string' || !isDate(value))
        throw refuse(property, `"${value}" is no day. Write it like 2026-11-21.`)
      return value
    case 'choice':
      if (typeof value !== 'string' || !property.options.includes(value))
        throw refuse(property, `"${value}" is none of its choices: ${property.options.join(', ')}.`)
      return value
    case 'user':
      if (typeof value !== 'string' || userById(db, value)?.active !== 1)
        throw refuse(property, 'this has to be an active user. Choose somebody who is one.')
      return value
    case 'email': {
      const address = typeof value === 'string' ? addressOf(value) : null
      if (address === null) throw refuse(property, `"${value}" is no address. Write it like ada@acme.test.`)
      return address
    }
    case 'phone':
      return normalisePhone(line(property, value, 100), country)
    case 'url':
      return webAddress(property, line(property, value, 2000))
    case 'company': {
      const company = typeof value === 'string' ? companyRecordRow(db, value) : undefined
      if (company?.listed !== 1)
        throw refuse(property, 'this company does not exist any more. Choose another one.')
      return company.id
    }
    case 'stage': {
      const stage = typeof value === 'string' ? stageById(db, value) : undefined
      if (!stage || stage.removed_at !== null)
        throw refuse(property, 'this stage does not exist any more. Choose another one.')
      return stage.id
    }
    case 'long_text':
      return line(property, value, 20_000)
    case 'text':
      return textValue(property, line(property, value, LINE))
  }
}

function textValue(property: Property, text: string): string {
  if (property.id !== null) return text
  if (property.key === 'currency') {
    const currency = text.toUpperCase()
    if (!currencies.has(currency))
      throw refuse(property, `"${text}" is no currency. Write its three letters, like EUR.`)
    return currency
  }
  if (property.key === 'domain') {
    const domain = domainOf(text)
    if (domain === null) throw refuse(property, `"${text}" is no domain. Write it like acme.test.`)
    return domain
  }
  return text
}

function webAddress(property: Property, text: string): string {
  const url = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !parsed.hostname.includes('.'))
    throw refuse(property, `"${text}" is no web address. Write it like https://acme.test.`)
  return url
}

/** A stored value as the contract has it. */
export function shownValue(property: Pick<Property, 'type'>, value: Scalar): PropertyValue {
  if (value === null || value === '') return null
  return property.type === 'boolean' ? value === 1 : value
}

/** The column behind a built-in property that is one of the row itself. */
export function columnOf(type: RecordType, key: string): string {
  if (key === 'company') return 'company_id'
  return type === 'deal' && key === 'stage' ? 'stage_id' : key
}
