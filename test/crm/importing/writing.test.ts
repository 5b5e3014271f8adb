import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PropertyView } from '../../../src/contract/records.ts'
import { csvHead, csvLines } from '../../../src/main/engine/crm/importing/csv-writer.ts'
import type { ExportedRecord, ExportWords } from '../../../src/main/engine/crm/importing/export-words.ts'
import { proposeMapping } from '../../../src/main/engine/crm/importing/headings.ts'
import { inspect, recordsOf } from '../../../src/main/engine/crm/importing/inspect.ts'
import { interpret, type Reading } from '../../../src/main/engine/crm/importing/interpret.ts'
import { vcardOf } from '../../../src/main/engine/crm/importing/vcard-writer.ts'

const property = (
  key: string,
  type: PropertyView['type'],
  more: Partial<PropertyView> = {},
): PropertyView => ({
  key,
  id: null,
  recordType: 'contact',
  name: null,
  type,
  options: [],
  readOnly: false,
  sortable: false,
  ...more,
})
const contactProperties = [
  property('email', 'email'),
  property('first_name', 'text'),
  property('last_name', 'text'),
  property('phone', 'phone'),
  property('company', 'company'),
  property('job_title', 'text'),
  property('lifecycle_stage', 'choice', { options: ['lead', 'customer'] }),
  property('owner_id', 'user'),
  property('notes', 'long_text'),
  property('f00d', 'text', { name: 'Room; "floor"' }),
]
const words: ExportWords = {
  userName: (id) => (id === 'u1' ? 'Ada Admin' : ''),
  stage: (id) => ({
    stage: { id: id as never, name: 'Won', outcome: 'won', probability: 100 },
    pipeline: 'Sales',
    unique: false,
  }),
}
const ada: ExportedRecord = {
  id: '4fbe8971-0bc3-424c-9c26-36c3e1eff6b1',
  name: 'Ada Lovelace',
  values: {
    email: 'ada@acme.test',
    first_name: 'Ada',
    last_name: 'Lovelace',
    phone: '+393331234567',
    company: 'c1',
    job_title: '=HYPERLINK("http://evil.test")',
    lifecycle_stage: 'lead',
    owner_id: 'u1',
    notes: 'Two\nlines; "quoted", and more',
    f00d: "'-tricky",
  },
  names: { company: 'Acme, Ltd.' },
  addresses: ['ada@acme.test', 'ada@home.test'],
  phones: [
    { number: '+393331234567', label: 'mobile' },
    { number: '06 12 ext 4', label: 'assistant' },
  ],
}

let folder: string
let serial = 0
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'anteroom-writing-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What an import of that text would wish for. */
function readBack(text: string, type: Reading['type'], properties: readonly PropertyView[]) {
  const path = join(folder, `file-${(serial += 1)}`)
  writeFileSync(path, text)
  const shape = inspect(path, () => {})
  const mapping = proposeMapping(type, shape.headings, properties)
  const reading: Reading = {
    type,
    columns: shape.headings.map((heading, i) => ({
      heading,
      property: properties.find(({ key }) => key === mapping[i]) ?? null,
      dateOrder: shape.dateOrders[i]!,
    })),
    userId: (name) => (name === 'Ada Admin' ? 'u1' : null),
    stageId: (name) => (name === 'Sales / Won' ? 's1' : null),
  }
  return [...recordsOf(path, shape, () => {})].map((row) => interpret(row, reading))
}

describe('CSV', () => {
  const text = csvHead('contact', contactProperties) + csvLines('contact', contactProperties, [ada], words)

  test('has every column, a mark for spreadsheets, and quoted cells', () => {
    expect(text.slice(0, text.indexOf('\r\n'))).toBe(
      '\uFEFFEmail,First name,Last name,Phone,Company,Job title,Lifecycle stage,Owner,Notes,"Room; ""floor""",Other emails,Other phones',
    )
    expect(text).toContain('"Acme, Ltd."')
    expect(text).toContain('+393331234567')
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['+1+1', "'+1+1"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['＝1', "'＝1"],
    ["'=1", "''=1"],
    ['=a\nb', "'=a\nb"],
    ['-12.5', '-12.5'],
    ['+390612345', '+390612345'],
    ['a=b', 'a=b'],
    ["'quoted'", "'quoted'"],
  ])('the cell %j is written as %j', (value, written) => {
    const line = csvLines('company', [property('name', 'text')], [{ ...ada, values: { name: value } }], words)
    expect(line.trimEnd().replace(/^"([^]*)"$/, '$1')).toBe(written)
  })

  test('comes back as it went', () => {
    const [wish] = readBack(text, 'contact', contactProperties)
    expect(wish).toMatchObject({
      values: {
        first_name: 'Ada',
        last_name: 'Lovelace',
        job_title: '=HYPERLINK("http://evil.test")',
        lifecycle_stage: 'lead',
        owner_id: 'u1',
        notes: 'Two\nlines; "quoted", and more',
        f00d: "'-tricky",
      },
      addresses: ['ada@acme.test', 'ada@home.test'],
      company: 'Acme, Ltd.',
      notes: [],
      problem: null,
      name: 'Ada Lovelace',
    })
    expect(wish!.phones.map(({ number }) => number)).toEqual(['+393331234567', '06 12 ext 4'])
  })

  test('amounts in their currency, days, stages and numbers', () => {
    const properties = [
      property('name', 'text'),
      property('amount', 'amount'),
      property('currency', 'text'),
      property('stage', 'stage'),
      property('close_date', 'date'),
    ]
    const deals = [
      { name: 'One', amount: 123450, currency: 'EUR', stage: 's1', close_date: '2026-11-21' },
      { name: 'Two', amount: 5000, currency: 'JPY', stage: 's1', close_date: '' },
    ].map((values) => ({ ...ada, values }))
    const file = csvHead('deal', properties) + csvLines('deal', properties, deals, words)
    expect(file).toContain('One,1234.50,EUR,Sales / Won,2026-11-21')
    expect(file).toContain('Two,5000,JPY,Sales / Won,')
    expect(readBack(file, 'deal', properties).map(({ values }) => values)).toEqual([
      { name: 'One', amount: 123450, currency: 'EUR', stage: 's1', close_date: '2026-11-21' },
      { name: 'Two', amount: 5000, currency: 'JPY', stage: 's1' },
    ])
  })

  test('any text comes back as it went', () => {
    const properties = [property('name', 'long_text'), property('notes', 'long_text')]
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^['=+\-@",;\n a]{0,12}$/)),
        (given) => {
          const value = given.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim()
          const file =
            csvHead('deal', properties) +
            csvLines('deal', properties, [{ ...ada, values: { name: 'x', notes: value } }], words)
          expect(readBack(file, 'deal', properties)[0]!.values['notes'] ?? '').toBe(value)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('vCard', () => {
  test.each(['4.0', '3.0'] as const)('%s comes back as it went', (version) => {
    const text = vcardOf(ada, contactProperties, words, version)
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    expect(text).toMatch(new RegExp(`^BEGIN:VCARD\r\nVERSION:${version}\r\n`))
    const [wish] = readBack(text, 'contact', contactProperties)
    expect(wish).toMatchObject({
      values: {
        first_name: 'Ada',
        last_name: 'Lovelace',
        job_title: '=HYPERLINK("http://evil.test")',
        lifecycle_stage: 'lead',
        owner_id: 'u1',
        notes: 'Two\nlines; "quoted", and more',
        f00d: "'-tricky",
      },
      addresses: ['ada@acme.test', 'ada@home.test'],
      company: 'Acme, Ltd.',
      notes: [],
      problem: null,
    })
    expect(wish!.phones).toEqual([
      { number: '+393331234567', label: 'mobile' },
      { number: '06 12 ext 4', label: '' },
    ])
  })

  test('in the words of each version', () => {
    const now = vcardOf(ada, contactProperties, words, '4.0')
    expect(now).toContain('TEL;VALUE=uri;PREF=1;TYPE=cell:tel:+393331234567\r\n')
    expect(now).toContain('item1.TEL;VALUE=text:06 12 ext 4\r\nitem1.X-ABLABEL:assistant\r\n')
    expect(now).toContain('EMAIL;PREF=1:ada@acme.test\r\n')
    const old = vcardOf(ada, contactProperties, words, '3.0')
    expect(old).toContain('TEL;TYPE=CELL,PREF:+393331234567\r\n')
    expect(old).toContain('EMAIL;TYPE=INTERNET,PREF:ada@acme.test\r\nEMAIL;TYPE=INTERNET:ada@home.test\r\n')
  })

  test('a contact without a name has one all the same', () => {
    const card = vcardOf({ ...ada, name: '', values: {}, phones: [] }, contactProperties, words, '4.0')
    expect(card).toContain('FN:ada@acme.test\r\n')
  })
})
