import { describe, expect, test } from 'vitest'
import {
  amountOf,
  dateOf,
  dateOrderOf,
  numberOf,
  yesOrNo,
} from '../../../src/main/engine/crm/importing/amounts.ts'
import { phoneLabel, proposeMapping } from '../../../src/main/engine/crm/importing/headings.ts'

const contact = [
  ...[
    'email',
    'first_name',
    'last_name',
    'name',
    'phone',
    'job_title',
    'company',
    'owner_id',
    'lifecycle_stage',
  ],
  ...['consent', 'notes'],
].map((key) => ({ key, name: null }))
const company = [
  'name',
  'domain',
  'website',
  'phone',
  'industry',
  'city',
  'country',
  'owner_id',
  'notes',
].map((key) => ({
  key,
  name: null,
}))
const deal = ['name', 'amount', 'currency', 'stage', 'close_date', 'company', 'owner_id', 'notes'].map(
  (key) => ({
    key,
    name: null,
  }),
)

describe('headings of contacts', () => {
  test.each<[string, Record<string, string | null>]>([
    [
      'English',
      {
        'First name': 'first_name',
        'Last name': 'last_name',
        Email: 'email',
        Phone: 'phone',
        Company: 'company',
        'Job title': 'job_title',
        Notes: 'notes',
        Birthday: null,
      },
    ],
    [
      'Italian',
      {
        Nome: 'first_name',
        Cognome: 'last_name',
        'Indirizzo e-mail': 'email',
        Cellulare: 'phone',
        Azienda: 'company',
        Qualifica: 'job_title',
        Note: 'notes',
        Proprietario: 'owner_id',
      },
    ],
    [
      'Italian, the name in one',
      { Nome: 'name', 'Posta elettronica': 'email', 'Numero di telefono': 'phone' },
    ],
    [
      'Spanish',
      {
        Nombre: 'first_name',
        Apellidos: 'last_name',
        'Correo electrónico': 'email',
        'Teléfono móvil': 'phone',
        Empresa: 'company',
        Cargo: 'job_title',
        Notas: 'notes',
      },
    ],
    [
      'Polish',
      {
        Imię: 'first_name',
        Nazwisko: 'last_name',
        'Adres e-mail': 'email',
        'Telefon komórkowy': 'phone',
        Firma: 'company',
        Stanowisko: 'job_title',
        Uwagi: 'notes',
        Właściciel: 'owner_id',
      },
    ],
    [
      'Google Contacts',
      {
        'First Name': 'first_name',
        'Middle Name': null,
        'Last Name': 'last_name',
        'File As': 'name',
        'Organization Name': 'company',
        'Organization Title': 'job_title',
        Birthday: null,
        Notes: 'notes',
        'E-mail 1 - Label': null,
        'E-mail 1 - Value': 'email',
        'E-mail 2 - Label': null,
        'E-mail 2 - Value': 'email',
        'Phone 1 - Label': null,
        'Phone 1 - Value': 'phone',
        'Address 1 - City': null,
      },
    ],
    [
      'Outlook',
      {
        Title: null,
        'First Name': 'first_name',
        'Last Name': 'last_name',
        Company: 'company',
        'Job Title': 'job_title',
        'Business Fax': null,
        'Business Phone': 'phone',
        'Business Phone 2': 'phone',
        'Home Phone': 'phone',
        'Mobile Phone': 'phone',
        'E-mail Address': 'email',
        'E-mail Type': null,
        'E-mail Display Name': null,
        'E-mail 2 Address': 'email',
        Notes: 'notes',
      },
    ],
    [
      'HubSpot',
      {
        'Record ID': null,
        'First Name': 'first_name',
        'Last Name': 'last_name',
        Email: 'email',
        'Phone Number': 'phone',
        'Contact owner': 'owner_id',
        'Lifecycle Stage': 'lifecycle_stage',
        'Associated Company': 'company',
        'Create Date': null,
      },
    ],
    [
      'Thunderbird',
      {
        'First Name': 'first_name',
        'Last Name': 'last_name',
        'Display Name': 'name',
        Nickname: null,
        'Primary Email': 'email',
        'Secondary Email': 'email',
        'Work Phone': 'phone',
        'Home Phone': 'phone',
        'Fax Number': null,
        'Mobile Number': 'phone',
        'Job Title': 'job_title',
        Organization: 'company',
        Notes: 'notes',
      },
    ],
    [
      'vCard',
      {
        FN: 'name',
        'N (given)': 'first_name',
        'N (family)': 'last_name',
        'EMAIL (work)': 'email',
        'EMAIL 2': 'email',
        'TEL (cell)': 'phone',
        'TEL (work) 2': 'phone',
        'TEL (fax)': null,
        ORG: 'company',
        TITLE: 'job_title',
        NOTE: 'notes',
      },
    ],
  ])('%s', (_, expected) => {
    const headings = Object.keys(expected)
    expect(
      Object.fromEntries(headings.map((h, i) => [h, proposeMapping('contact', headings, contact)[i]!])),
    ).toEqual(expected)
  })

  test("a company's own property comes first, and nothing is proposed that cannot be set", () => {
    const own = [...contact, { key: 'f00d', name: 'Budget (€)' }, { key: 'cafe', name: 'Title' }]
    expect(proposeMapping('contact', ['budget €', 'Title', 'Email'], own)).toEqual(['f00d', 'cafe', 'email'])
    expect(proposeMapping('contact', ['Email', 'Notes'], [{ key: 'notes', name: null }])).toEqual([
      null,
      'notes',
    ])
  })

  test('what a number is for', () => {
    expect(['Mobile Phone', 'TEL (cell)', 'Telefono ufficio', 'Home Phone', 'Phone'].map(phoneLabel)).toEqual(
      [...['mobile', 'mobile', 'work', 'home', '']],
    )
  })
})

test('headings of companies and deals', () => {
  expect(
    proposeMapping('company', ['Company name', 'Company Domain Name', 'Settore', 'Ciudad', 'Kraj'], company),
  ).toEqual(['name', 'domain', 'industry', 'city', 'country'])
  expect(
    proposeMapping(
      'deal',
      ['Deal Name', 'Amount', 'Waluta', 'Deal Stage', 'Fecha de cierre', 'Deal owner'],
      deal,
    ),
  ).toEqual(['name', 'amount', 'currency', 'stage', 'close_date', 'owner_id'])
})

describe('values', () => {
  test.each([
    ['1234', 1234],
    ['1,234.5', 1234.5],
    ['1.234,50', 1234.5],
    ['1 234,5', 1234.5],
    ['1.234', 1234],
    ['1,234,567', 1234567],
    ['0.125', 0.125],
    ['12,5', 12.5],
    ['-3', -3],
    ['(40)', -40],
    ["1'000", 1000],
    ['', null],
    ['abc', null],
    ['1.2.3,4,5', null],
    ['1e5', null],
  ])('the number %s is %s', (text, value) => expect(numberOf(text)).toBe(value))

  test.each([
    ['1.234,50 €', { amount: 1234.5, currency: 'EUR' }],
    ['$1,200', { amount: 1200, currency: 'USD' }],
    ['1000 zł', { amount: 1000, currency: 'PLN' }],
    ['CHF 90', { amount: 90, currency: 'CHF' }],
    ['90', { amount: 90, currency: null }],
    ['much', null],
  ])('the amount %s', (text, value) => expect(amountOf(text)).toEqual(value))

  test.each([
    ['2026-11-21', null, '2026-11-21'],
    ['2026-11-21T10:00:00Z', null, '2026-11-21'],
    ['21.11.2026', null, '2026-11-21'],
    ['21/11/2026', null, '2026-11-21'],
    ['11/21/2026', null, '2026-11-21'],
    ['03/04/2026', null, null],
    ['03/04/2026', 'day', '2026-04-03'],
    ['03/04/2026', 'month', '2026-03-04'],
    ['04/04/2026', null, '2026-04-04'],
    ['31.02.2026', null, null],
    ['soon', 'day', null],
  ] as const)('the day %s, %s first, is %s', (text, order, value) => expect(dateOf(text, order)).toBe(value))

  test('which comes first is only said by a date that cannot be read both ways', () => {
    expect(['21/11/2026', '11/21/2026', '03/04/2026', '2026-11-21', '99/99/2026'].map(dateOrderOf)).toEqual([
      ...['day', 'month', null, null, null],
    ])
  })

  test('yes and no', () => {
    expect(['Yes', 'sì', 'TAK', 'falso', '0', 'maybe'].map(yesOrNo)).toEqual([
      true,
      true,
      true,
      false,
      false,
      null,
    ])
  })
})
