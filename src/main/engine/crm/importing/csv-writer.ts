import Papa from 'papaparse'
import type { RecordType } from '../../../../contract/records.ts'
import { propertyName } from '../records/catalogue.ts'
import { wordsOf, type ExportedProperty, type ExportedRecord, type ExportWords } from './export-words.ts'

/**
 * What a spreadsheet would take for a formula: such a cell gets an apostrophe before it, which an import takes off
 * again. Plain signed numbers are none. The wide forms of the signs count too.
 */
const FORMULA = /^(?:'*[=@\t\r\n＝＠]|'*[+\-＋－](?!\d+(?:[.,]\d+)?$))[^]*$/

const ESCAPES = { escapeFormulae: FORMULA, newline: '\r\n', header: false } as const

/** "Other emails" and "Other phones": what a contact has beside its first address and number. */
const OTHERS = ['Other emails', 'Other phones']

/** The first line, with the mark by which spreadsheets know UTF-8. */
export const csvHead = (type: RecordType, properties: readonly ExportedProperty[]): string =>
  `\uFEFF${Papa.unparse([[...properties.map(propertyName), ...(type === 'contact' ? OTHERS : [])]], ESCAPES)}\r\n`

/** Records as lines, every property in the order of the headings (RFC 4180). */
export function csvLines(
  type: RecordType,
  properties: readonly ExportedProperty[],
  records: readonly ExportedRecord[],
  words: ExportWords,
): string {
  if (records.length === 0) return ''
  const rows = records.map((record) => [
    ...properties.map((property) => wordsOf(record, property, words)),
    ...(type === 'contact' ? othersOf(record) : []),
  ])
  return `${Papa.unparse(rows, ESCAPES)}\r\n`
}

/** The first ones stand in columns of their own. */
function othersOf({ values, addresses, phones }: ExportedRecord): string[] {
  return [
    addresses.filter((address) => address !== values['email']).join('; '),
    phones
      .map(({ number }) => number)
      .filter((number) => number !== values['phone'])
      .join('; '),
  ]
}
