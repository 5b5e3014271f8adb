import { createSecureContext } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeCertificate, readCertificate } from '../../../src/main/engine/channels/hosted/certificate.ts'
import type { CheckFindings } from '../../../src/main/engine/channels/hosted/check-types.ts'
import { readHead } from '../../../src/main/engine/channels/hosted/head.ts'
import { LineCheck } from '../../../src/main/engine/channels/hosted/line-check.ts'
import { verdictOf } from '../../../src/main/engine/channels/hosted/verdict.ts'
import { Visitors } from '../../../src/main/engine/channels/hosted/visitors.ts'

describe('line ends', () => {
  const check = (chunks: readonly string[]) => {
    const lines = new LineCheck()
    return (
      chunks.map((chunk) => lines.push(Buffer.from(chunk, 'latin1'))).find((fault) => fault !== null) ?? null
    )
  }

  test.each([
    ['x\r\n.\r\ny\r\n', null],
    ['x\n.\n', 'bare LF'],
    ['x\n.\r\n', 'bare LF'],
    ['\r\n.\n', 'bare LF'],
    ['x\r.\r', 'bare CR'],
    ['\r\n.\r\r\n', 'bare CR'],
    ['\n', 'bare LF'],
    ['', null],
  ])('%j: %s', (text, fault) => {
    expect(check([text])).toBe(fault)
  })

  test('however the bytes are cut, the same is found', () => {
    const bytes = fc
      .array(fc.constantFrom('\r', '\n', '\r\n', '.', 'a'), { maxLength: 30 })
      .map((list) => list.join(''))
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(30)), (text, cuts) => {
        const at = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].sort(
          (a, b) => a - b,
        )
        const pieces = at.slice(1).map((end, i) => text.slice(at[i], end))
        const bad = /(^|[^\r])\n|\r[^\n]/.test(text)
        expect(check(pieces) !== null).toBe(bad)
        expect(check([text]) !== null).toBe(bad)
      }),
      { numRuns: 2000 },
    )
  })
})

test('the head is counted as far as it goes', () => {
  const head = readHead(
    Buffer.from(
      'Received: a\r\nreceived : b\r\n\tReceived: folded\r\nDKIM-Signature: x\r\nX-Anteroom-Received-For: In@Mx.test\r\n\r\nReceived: body\r\n',
    ),
    1000,
  )
  expect(head).toEqual({ size: 102, hops: 2, signatures: 1, cameTo: ['in@mx.test'] })
  expect(readHead(Buffer.from('\r\nReceived: body\r\n'), 1000)).toMatchObject({ size: 0, hops: 0 })
})

describe('certificates', () => {
  test('one that is made holds its names, verifies, and can be served', () => {
    const now = Date.UTC(2026, 0, 1)
    const made = makeCertificate(['mail.acme.test', '127.0.0.1', '2001:db8::1'], now)
    const parsed = new X509Certificate(made.cert)
    expect(parsed.verify(parsed.publicKey)).toBe(true)
    expect(parsed.checkHost('mail.acme.test')).toBe('mail.acme.test')
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(parsed.checkIP('2001:db8::1')).toBeDefined()
    expect(parsed.ca).toBe(false)
    expect(readCertificate(made).expiresAt).toBeGreaterThan(now + 9 * 365 * 86_400_000)
    expect(() => createSecureContext(made)).not.toThrow()
  })

  test('a key of another certificate is refused in words', () => {
    const one = makeCertificate(['a.test'], Date.now())
    const other = makeCertificate(['b.test'], Date.now())
    expect(() => readCertificate({ cert: one.cert, key: other.key })).toThrow('does not belong')
    expect(() => readCertificate({ cert: 'x', key: one.key })).toThrow('no certificate')
    expect(() => readCertificate({ cert: one.cert, key: 'x' })).toThrow('no private key')
  })
})

test('visitors are capped by number and by rate, and forgotten after a minute', () => {
  let now = 0
  const caps = { connections: 3, connectionsOfOne: 2, connectionsAMinute: 4, messagesAMinute: 1 }
  const visitors = new Visitors(caps, () => now)
  expect(visitors.enter('a')).toBeNull()
  expect(visitors.enter('a')).toBeNull()
  expect(visitors.enter('a')).toContain('from your address')
  expect(visitors.enter('b')).toBeNull()
  expect(visitors.enter('c')).toContain('Too many connections')
  visitors.leave('a')
  expect(visitors.enter('a')).toBeNull()
  visitors.leave('a')
  expect(visitors.enter('a')).toContain('minute')
  expect(visitors.message('a')).toBeNull()
  expect(visitors.message('a')).toContain('minute')
  now = 60_000
  expect(visitors.enter('a')).toBeNull()
  expect(visitors.message('a')).toBeNull()
})

describe('the verdict', () => {
  const findings = (change: Partial<CheckFindings>): CheckFindings => ({
    spf: { result: 'fail', domain: 'acme.test', detail: '' },
    dkim: [],
    dmarc: { result: 'fail', domain: 'acme.test', policy: 'none', detail: '' },
    authorDomains: ['acme.test'],
    arc: { result: 'none', sealers: [], says: { dmarc: '', spf: '', dkim: [] } },
    ...change,
  })
  const failing = (policy: 'none' | 'quarantine' | 'reject') => ({
    dmarc: { result: 'fail', domain: 'acme.test', policy, detail: '' } as const,
  })
  const sealed = (sealer: string, dmarc: string) => ({
    arc: { result: 'pass', sealers: ['first.test', sealer], says: { dmarc, spf: '', dkim: [] } } as const,
  })

  test.each([
    [
      'no policy',
      findings({ dmarc: { result: 'none', domain: 'acme.test', policy: 'none', detail: '' } }),
      'accept',
    ],
    [
      'it passes',
      findings({ dmarc: { result: 'pass', domain: 'acme.test', policy: 'reject', detail: '' } }),
      'accept',
    ],
    ['p=none', findings(failing('none')), 'accept'],
    ['p=quarantine', findings(failing('quarantine')), 'quarantine'],
    ['p=reject', findings(failing('reject')), 'refuse'],
    [
      'sealed by a trusted server that saw it pass',
      findings({ ...failing('reject'), ...asArc(sealed('google.com', 'pass')) }),
      'accept',
    ],
    [
      'sealed by a trusted server that saw it fail',
      findings({ ...failing('reject'), ...asArc(sealed('google.com', 'fail')) }),
      'refuse',
    ],
    [
      'sealed by anybody',
      findings({ ...failing('reject'), ...asArc(sealed('evil.test', 'pass')) }),
      'refuse',
    ],
    [
      'sealed by one that only looks trusted',
      findings({ ...failing('reject'), ...asArc(sealed('notgoogle.com', 'pass')) }),
      'refuse',
    ],
    [
      'sealed by our own server',
      findings({ ...failing('reject'), ...asArc(sealed('mx.own.test', 'pass')) }),
      'accept',
    ],
    ['two authors', findings({ authorDomains: ['acme.test', 'bank.test'] }), 'quarantine'],
    [
      'the DNS is silent',
      findings({ dmarc: { result: 'temperror', domain: 'acme.test', policy: 'none', detail: '' } }),
      'accept',
    ],
  ])('%s: %s', (_, found, action) => {
    const verdict = verdictOf(found, ['own.test'])
    expect(verdict.action).toBe(action)
    expect(verdict.reason).not.toBe('')
    expect(verdict.checks.map((check) => check.name)).toEqual(['SPF', 'DKIM', 'DMARC', 'ARC'])
  })
})

const asArc = (part: { arc: unknown }) => part as { arc: CheckFindings['arc'] }
