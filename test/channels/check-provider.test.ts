import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createProviderCheck } from '../../src/main/engine/channels/check-provider.ts'

const resourcesDir = join(import.meta.dirname, '../../resources')

type Dns = { mx?: Record<string, string[]>; srv?: Record<string, string[]>; down?: boolean; silent?: boolean }

/** A DNS that says exactly this. */
const check = ({ mx = {}, srv = {}, down = false, silent = false }: Dns, patience?: number) => {
  const answer = <T>(records: T): Promise<T> =>
    silent ? new Promise(() => {}) : down ? Promise.reject(new Error('ETIMEOUT')) : Promise.resolve(records)
  return createProviderCheck({
    resourcesDir,
    patience,
    lookups: {
      mx: (domain) =>
        answer(
          (mx[domain] ?? []).map((exchange, i) => ({ exchange, priority: (mx[domain] ?? []).length - i })),
        ),
      srv: (name) =>
        answer((srv[name] ?? []).map((target) => ({ name: target, port: 993, priority: 0, weight: 0 }))),
    },
  })
}

describe('an address at a provider’s own domain', () => {
  const ask = check({ down: true })
  test('belongs there, whatever the DNS does', async () => {
    expect(await ask('ada@GMAIL.com', 'imap.gmail.com')).toEqual({
      contradiction: null,
      evidence: ['gmail.com is a domain of Gmail, whose server is imap.gmail.com.'],
    })
    expect((await ask('ada@gmail.com', 'outlook.office365.com')).contradiction).toBe(
      'Addresses at gmail.com belong to Gmail, but outlook.office365.com is not its server: that is imap.gmail.com. What is sent to the address would not arrive there.',
    )
  })
})

describe('a company’s own domain', () => {
  test('whose mail goes to the provider that was chosen', async () => {
    const ask = check({ mx: { 'acme.test': ['acme-test.mail.protection.outlook.com'] } })
    expect(await ask('support@acme.test', 'Outlook.Office365.com.')).toEqual({
      contradiction: null,
      evidence: ['Mail for acme.test goes to acme-test.mail.protection.outlook.com (MX).'],
    })
  })

  test('whose mail goes to another one', async () => {
    const ask = check({ mx: { 'acme.test': ['alt1.aspmx.l.google.com', 'aspmx.l.google.com'] } })
    const verdict = await ask('support@acme.test', 'outlook.office365.com')
    expect(verdict.contradiction).toMatch(
      /^Mail for acme\.test goes to Gmail, but outlook\.office365\.com is not/,
    )
    // The one with the lowest preference comes first (RFC 5321 section 5.1).
    expect(verdict.evidence).toEqual([
      'Mail for acme.test goes to aspmx.l.google.com, alt1.aspmx.l.google.com (MX).',
    ])
  })

  test('whose mail goes to servers of its own, when a known provider was chosen', async () => {
    const ask = check({ mx: { 'acme.test': ['mx.acme.test'] } })
    expect((await ask('support@acme.test', 'imap.gmail.com')).contradiction).toBe(
      'imap.gmail.com belongs to Gmail, but mail for acme.test goes to mx.acme.test. What is sent to the address would not arrive there.',
    )
    expect((await ask('support@acme.test', 'imap.acme.test')).contradiction).toBeNull()
  })

  test('that names its IMAP server itself is believed, whatever filters its mail first', async () => {
    const ask = check({
      mx: { 'acme.test': ['acme-test.mail.protection.outlook.com'] },
      srv: { '_imaps._tcp.acme.test': ['imap.acme.test'] },
    })
    expect(await ask('support@acme.test', 'imap.acme.test')).toEqual({
      contradiction: null,
      evidence: [
        'Mail for acme.test goes to acme-test.mail.protection.outlook.com (MX).',
        'acme.test names imap.acme.test as its IMAP server (SRV).',
      ],
    })
    expect((await ask('support@acme.test', 'imap.gmail.com')).contradiction).toContain('Microsoft 365')
  })

  test('is compared in its ASCII form', async () => {
    const ask = check({ mx: { 'xn--bcher-kva.test': ['aspmx.l.google.com'] } })
    expect((await ask('a@bücher.test', 'imap.gmail.com')).contradiction).toBeNull()
  })

  test.each<Dns>([{ mx: {} }, { mx: { 'acme.test': ['.'] } }, { srv: { '_imaps._tcp.acme.test': ['.'] } }])(
    'that says nothing (%j) contradicts nothing',
    async (dns) => {
      const verdict = await check(dns)('support@acme.test', 'imap.gmail.com')
      expect(verdict).toEqual({
        contradiction: null,
        evidence: ['acme.test names no mail exchanger (MX).'],
      })
    },
  )
})

test.each([
  ['fails', { down: true }],
  ['is silent', { silent: true }],
] as const)('a DNS that %s contradicts nothing, and it says so', async (_, dns) => {
  expect(await check(dns, 5)('support@acme.test', 'imap.gmail.com')).toEqual({
    contradiction: null,
    evidence: ['The DNS could not be asked about acme.test.'],
  })
})
