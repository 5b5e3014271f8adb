import type { PropertyType, PropertyValue, PropertyValues } from '../../../../contract/records.ts'
import { amountOf, dateOf, numberOf, yesOrNo, type DateOrder } from './amounts.ts'
import { phoneLabel, plain } from './headings.ts'
import type { FileRow } from './protocol.ts'

/** What of a property decides how a cell is read. */
export type Readable = { key: string; type: PropertyType; options: readonly string[] }

/** What the columns of a file are taken for, and what the words in them can mean. */
export type Reading = {
  type: 'contact' | 'company' | 'deal'
  /** In the order of the file's columns; null for one that is left out. */
  columns: readonly { heading: string; property: Readable | null; dateOrder: DateOrder }[]
  /** The user of that name or address, or null. */
  userId(text: string): string | null
  /** The stage of that name, "Pipeline / Stage" where several pipelines have it; null for none. */
  stageId(text: string): string | null
}

/** What a row asks for. */
export type Wish = {
  values: PropertyValues
  /** The first one is the contact's own, the others are additional ones. In lower case. */
  addresses: string[]
  phones: { number: string; label: string }[]
  /** The name or the domain of a company that the record belongs to. */
  company: string | null
  /** What is left out, each with its reason. */
  notes: string[]
  /** Why nothing can come of it, or null. */
  problem: string | null
  /** What the row is about, for lists. */
  name: string
}

/** Characters that a text may have; the contract's limit for a value. */
const TEXT = 20_000
const SHORT_TEXT = 1_000
const MANY = 20
const ADDRESS =
  /^[^\s@<>()[\]\\,;:"]{1,64}@(?:[^\s@.<>()[\]\\,;:"]+\.)+[^\s@.<>()[\]\\,;:"\d][^\s@.<>()[\]\\,;:"]+$/u

/** Shortened, in quotation marks. */
const quote = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 59)}…` : text}”`

/** Reads one row of a file as the columns say. Nothing here depends on what is there already. */
export function interpret({ cells, problem }: FileRow, reading: Reading): Wish {
  const wish: Wish = {
    values: {},
    addresses: [],
    phones: [],
    company: null,
    notes: [],
    problem,
    name: '',
  }
  let currency: string | null = null
  reading.columns.forEach(({ heading, property, dateOrder }, i) => {
    const text = (cells[i] ?? '').trim()
    if (property === null || text === '') return
    const { key } = property
    if (reading.type === 'contact' && key === 'email') return addAddresses(wish, text)
    if (key === 'phone') return addPhones(wish, text, phoneLabel(heading))
    if (property.type === 'company') {
      wish.company ??= text.slice(0, 200)
      return
    }
    if (property.type === 'amount') {
      const found = amountOf(text)
      if (!found) wish.notes.push(`${quote(text)} is no amount.`)
      else {
        wish.values[key] = found.amount
        currency ??= found.currency
      }
      return
    }
    const value = valueOf(text, property, dateOrder, reading)
    if (value.problem !== null) wish.notes.push(value.problem)
    else wish.values[key] = value.value
  })
  if (reading.type === 'contact') splitName(wish)
  else if (wish.phones[0]) {
    wish.values['phone'] = wish.phones[0].number
    if (wish.phones.length > 1) wish.notes.push('More than one phone number.')
  }
  amountsInMinorUnits(wish, reading, currency)
  wish.name = nameOf(wish).slice(0, 200)
  if (wish.problem === null) wish.problem = refusalOf(wish, reading)
  return wish
}

type Read = { value: PropertyValue; problem: null } | { value: null; problem: string }
const got = (value: PropertyValue): Read => ({ value, problem: null })
const not = (problem: string): Read => ({ value: null, problem })

function valueOf(text: string, property: Readable, order: DateOrder, reading: Reading): Read {
  switch (property.type) {
    case 'number': {
      const number = numberOf(text)
      return number === null ? not(`${quote(text)} is no number.`) : got(number)
    }
    case 'date': {
      const date = dateOf(text, order)
      if (date !== null) return got(date)
      return not(
        /^\d{1,2}[/-]\d{1,2}[/-]\d{4}/.test(text)
          ? `${quote(text)} can be read with the day or the month first; write it like 2026-11-21.`
          : `${quote(text)} is no date; write it like 2026-11-21.`,
      )
    }
    case 'boolean': {
      const answer = yesOrNo(text)
      return answer === null ? not(`${quote(text)} is neither yes nor no.`) : got(answer)
    }
    case 'choice': {
      const wanted = plain(text)
      const option = property.options.find((each) => each === text || plain(each) === wanted)
      return option === undefined
        ? not(
            `${quote(text)} is none of the choices (${property.options.slice(0, 12).join(', ').replaceAll('_', ' ')}).`,
          )
        : got(option)
    }
    case 'user': {
      const id = reading.userId(text)
      return id === null ? not(`Nobody here is called ${quote(text)}.`) : got(id)
    }
    case 'stage': {
      const id = reading.stageId(text)
      return id === null ? not(`There is no stage ${quote(text)}.`) : got(id)
    }
    case 'email':
      return ADDRESS.test(text) ? got(text.toLowerCase()) : not(`${quote(text)} is no email address.`)
    case 'url':
      return /^(?:https?:\/\/)?[^\s/:?#]+\.[^\s/:?#]+\S*$/i.test(text)
        ? got(text.slice(0, SHORT_TEXT))
        : not(`${quote(text)} is no address of a website.`)
    case 'long_text':
      return text.length > TEXT
        ? not(`${quote(text)} is longer than ${TEXT.toLocaleString('en')} characters.`)
        : got(text)
    default:
      return text.length > SHORT_TEXT
        ? not(`${quote(text)} is longer than ${SHORT_TEXT.toLocaleString('en')} characters.`)
        : got(text.replace(/\s*\n\s*/g, ' '))
  }
}

/** Several in one cell: Google writes ":::" between them, HubSpot ";". */
function addAddresses(wish: Wish, text: string): void {
  for (const part of text.split(/:::|[;,\n|]/)) {
    const bare = /<([^<>]*)>\s*$/.exec(part)?.[1] ?? part
    const address = bare.trim().toLowerCase()
    if (address === '') continue
    if (!ADDRESS.test(address) || address.length > 320)
      wish.notes.push(`${quote(part.trim())} is no email address.`)
    else if (!wish.addresses.includes(address) && wish.addresses.length < MANY) wish.addresses.push(address)
  }
}

function addPhones(wish: Wish, text: string, label: string): void {
  for (const part of text.split(/:::|[;\n|]/)) {
    const number = part.trim().replace(/^tel:/i, '')
    if (number === '') continue
    if (!/\d/.test(number) || number.length > 100) wish.notes.push(`${quote(number)} is no phone number.`)
    else if (!wish.phones.some((phone) => phone.number === number) && wish.phones.length < MANY)
      wish.phones.push({ number, label })
  }
}

/** What was read as 12.5 is 1250 of the smallest unit, if the currency has cents (ISO 4217). */
function amountsInMinorUnits(wish: Wish, reading: Reading, told: string | null): void {
  const amounts = reading.columns.flatMap(({ property }) =>
    property?.type === 'amount' ? [property.key] : [],
  )
  const currency = String(wish.values['currency'] ?? '').toUpperCase() || told || ''
  const digits = digitsOf(currency)
  if (reading.type === 'deal' && currency !== '') {
    if (digits === null) {
      wish.notes.push(`${quote(currency)} is no currency; write its code, like EUR.`)
      delete wish.values['currency']
    } else wish.values['currency'] = currency
  }
  for (const key of new Set(amounts)) {
    const value = wish.values[key]
    if (typeof value === 'number') wish.values[key] = Math.round(value * 10 ** (digits ?? 2))
  }
}

/** Decimals of a currency; null for what is none. */
export function digitsOf(currency: string): number | null {
  if (!/^[A-Z]{3}$/.test(currency)) return null
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  )
}

/**
 * A contact's name is kept as first and last name. Of a whole name, which counts only where the parts are missing, the
 * last word is the last name, or what stands before a comma.
 */
function splitName({ values }: Wish): void {
  const whole = String(values['name'] ?? '')
  delete values['name']
  if (whole === '' || values['first_name'] || values['last_name']) return
  const [, last, first] = /^([^,]+),\s*([^,]+)$/.exec(whole) ?? []
  if (last !== undefined && first !== undefined) {
    values['first_name'] = first.trim()
    values['last_name'] = last.trim()
    return
  }
  const space = whole.lastIndexOf(' ')
  values['first_name'] = space < 0 ? whole : whole.slice(0, space).trim()
  if (space >= 0) values['last_name'] = whole.slice(space + 1)
}

function nameOf({ values, addresses, phones }: Wish): string {
  const text = (key: string) => String(values[key] ?? '')
  return (
    [text('first_name'), text('last_name')].filter(Boolean).join(' ') ||
    text('name') ||
    addresses[0] ||
    phones[0]?.number ||
    text('domain')
  )
}

function refusalOf(wish: Wish, { type, columns }: Reading): string | null {
  if (type === 'contact') {
    const hasAddressColumn = columns.some(({ property }) => property?.key === 'email')
    if (wish.addresses.length === 0 && wish.notes.length > 0 && hasAddressColumn) {
      const bad = wish.notes.find((note) => note.endsWith('is no email address.'))
      if (bad) return bad
    }
    return wish.name === '' ? 'There is no address, no name and no number in this row.' : null
  }
  if (type === 'company') return wish.name === '' ? 'There is no name and no domain in this row.' : null
  return wish.name === '' ? 'There is no name in this row.' : null
}
