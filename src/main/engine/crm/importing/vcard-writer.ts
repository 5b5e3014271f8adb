import { propertyName } from '../records/catalogue.ts'
import { wordsOf, type ExportedProperty, type ExportedRecord, type ExportWords } from './export-words.ts'
import { escapeText, fold, paramValue } from './vcard-syntax.ts'

export type VcardVersion = '3.0' | '4.0'

/** What has a property of its own in vCard. */
const OWN = new Set(['name', 'first_name', 'last_name', 'email', 'phone', 'company', 'job_title', 'notes'])
/** The types that every program knows, for the labels that we have. */
const TYPES: Record<string, string> = { mobile: 'cell', cell: 'cell', work: 'work', home: 'home' }

/**
 * A contact as a vCard: 4.0 by RFC 6350, 3.0 by RFC 2426 for older programs. What neither of them has a property for is
 * written as X-ANTEROOM-PROPERTY with its name, which an import reads again.
 */
export function vcardOf(
  record: ExportedRecord,
  properties: readonly ExportedProperty[],
  words: ExportWords,
  version: VcardVersion,
): string {
  const isNew = version === '4.0'
  const lines: string[] = ['BEGIN:VCARD', `VERSION:${version}`]
  const add = (name: string, value: string) => void lines.push(`${name}:${value}`)
  const textOf = (key: string): string => {
    const property = properties.find((each) => each.key === key)
    return property ? wordsOf(record, property, words) : ''
  }
  let groups = 0
  /** A line with a label of its own, as Apple's programs write it: no type has a free text. */
  const labelled = (name: string, params: string, value: string, label: string) => {
    if (label === '' || TYPES[label]) return add(`${name}${params}`, value)
    groups += 1
    add(`item${groups}.${name}${params}`, value)
    add(`item${groups}.X-ABLABEL`, escapeText(label))
  }

  add('UID', isNew ? `urn:uuid:${record.id}` : record.id)
  add('FN', escapeText(record.name || record.addresses[0] || record.phones[0]?.number || record.id))
  add('N', [textOf('last_name'), textOf('first_name'), '', '', ''].map(escapeText).join(';'))
  record.addresses.forEach((address, i) => {
    const params = isNew ? (i === 0 ? ';PREF=1' : '') : `;TYPE=INTERNET${i === 0 ? ',PREF' : ''}`
    add(`EMAIL${params}`, escapeText(address))
  })
  record.phones.forEach(({ number, label }, i) => {
    const type = TYPES[label]
    if (isNew) {
      const isUri = /^\+\d+$/.test(number)
      const params = `;VALUE=${isUri ? 'uri' : 'text'}${i === 0 ? ';PREF=1' : ''}${type ? `;TYPE=${type}` : ''}`
      labelled('TEL', params, isUri ? `tel:${number}` : escapeText(number), label)
    } else {
      const types = [type?.toUpperCase(), i === 0 ? 'PREF' : undefined].filter(Boolean).join(',')
      labelled('TEL', types && `;TYPE=${types}`, escapeText(number), label)
    }
  })
  for (const [name, key] of [
    ['ORG', 'company'],
    ['TITLE', 'job_title'],
    ['NOTE', 'notes'],
  ] as const) {
    const text = textOf(key)
    if (text !== '') add(name, escapeText(text))
  }
  for (const property of properties) {
    if (OWN.has(property.key)) continue
    const text = wordsOf(record, property, words)
    if (text !== '') add(`X-ANTEROOM-PROPERTY;X-NAME=${paramValue(propertyName(property))}`, escapeText(text))
  }
  lines.push('END:VCARD')
  return lines.map(fold).join('')
}
