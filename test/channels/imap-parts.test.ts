import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDateTime, parseDateTime } from '../../src/main/engine/channels/imap/fetch-item.ts'
import { HandOver } from '../../src/main/engine/channels/imap/queue.ts'
import { expandSet, sequenceSets } from '../../src/main/engine/channels/imap/sequence-set.ts'
import { plainServerText, problemOf } from '../../src/main/engine/channels/problems.ts'
import { routable } from '../../src/main/engine/channels/smtp/addresses.ts'

const uid = fc.integer({ min: 1, max: 0xffff_ffff })

describe('sequence sets', () => {
  it('hold exactly the UIDs that went in', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(uid, fc.integer({ min: 1, max: 60 })), { maxLength: 300 }), (uids) => {
        const back = sequenceSets(uids).flatMap((set) => expandSet(set, { max: Infinity, limit: 1000 }))
        expect(back).toEqual([...new Set(uids)].sort((a, b) => a - b))
      }),
    )
  })

  it('fit on a command line', () => {
    const odd = Array.from({ length: 50_000 }, (_, i) => i * 2 + 1)
    const sets = sequenceSets(odd)
    expect(sets.length).toBeGreaterThan(1)
    for (const set of sets) expect(set.length).toBeLessThan(8000)
    expect(sequenceSets([5, 1, 2, 3, 9, 0, -1, 1.5, NaN])).toEqual(['1:3,5,9'])
    expect(sequenceSets([])).toEqual([])
  })

  it('from a server are bounded and checked', () => {
    expect(expandSet('1:4294967295', { max: Infinity, limit: 1000 })).toBeNull()
    expect(expandSet('1:4294967295', { max: 3, limit: 1000 })).toEqual([1, 2, 3])
    expect(expandSet('9:7,2', { max: Infinity, limit: 10 })).toEqual([2, 7, 8, 9])
    for (const bad of ['', '1:*', 'x', '1:2:3', '-1', '1,,2', '99999999999']) {
      expect(expandSet(bad, { max: Infinity, limit: 10 })).toBeNull()
    }
  })
})

describe('INTERNALDATE', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(parseDateTime(formatDateTime(seconds * 1000))).toBe(seconds * 1000)
      }),
    )
  })

  it('knows zones and short days, and nothing else', () => {
    expect(parseDateTime(' 1-Oct-2025 09:00:00 +0200')).toBe(Date.UTC(2025, 9, 1, 7))
    expect(parseDateTime('01-Oct-2025 09:00:00 -0330')).toBe(Date.UTC(2025, 9, 1, 12, 30))
    for (const bad of ['', 'yesterday', '01-Foo-2025 09:00:00 +0000', '2025-10-01', undefined]) {
      expect(parseDateTime(bad)).toBeNull()
    }
  })
})

describe('handing over', () => {
  it('gives everything in order, then the error', async () => {
    const queue = new HandOver<number>()
    for (let i = 0; i < 5000; i++) queue.push(i)
    queue.end(new Error('over'))
    const got: number[] = []
    await expect(
      (async () => {
        for await (const item of queue) got.push(item)
      })(),
    ).rejects.toThrow('over')
    expect(got).toEqual(Array.from({ length: 5000 }, (_, i) => i))
  })

  it('lets the producer wait for room, and go when the consumer left', async () => {
    const queue = new HandOver<string>()
    queue.push('a', 10)
    let room = false
    const waiting = queue.room(5).then(() => (room = true))
    await Promise.resolve()
    expect(room).toBe(false)
    for await (const item of queue) {
      expect(item).toBe('a')
      break
    }
    await waiting
    expect(queue.abandoned).toBe(true)
  })
})

describe('addresses', () => {
  it('that are accepted never hold what could end or extend a command', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.emailAddress()), (text) => {
        const found = routable(text)
        if (found) expect(found.address).not.toMatch(/[\s<>",;:()\\\p{Cc}]/u)
      }),
      { numRuns: 2000 },
    )
    expect(routable('ada@acme.test')).toEqual({
      given: 'ada@acme.test',
      address: 'ada@acme.test',
      needsUtf8: false,
    })
    expect(routable('ada@[127.0.0.1]')?.address).toBe('ada@[127.0.0.1]')
    expect(routable('ada@good%2eevil.tést')).toBeNull()
  })
})

describe('the words of a server', () => {
  it('hold no control or direction characters, whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 800 }), (text) => {
        const plain = plainServerText(text)
        if (plain === null) return
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        expect(plain.length).toBeLessThanOrEqual(501)
      }),
    )
  })
})

describe('problems', () => {
  const context = {
    protocol: 'IMAP',
    server: { host: 'mail.acme.test', port: 993, security: 'tls' },
  } as const
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'server_error'],
    ['ETHROTTLE', 'throttled'],
    ['EWHATEVER', 'unknown'],
  ])('%s is %s, with what happened and what to do', (code, expected) => {
    const found = problemOf(Object.assign(new Error('x'), { code }), context)
    expect(found.code).toBe(expected)
    expect(found.message).toContain('mail.acme.test')
    expect(found.hint.length).toBeGreaterThan(10)
  })

  it('are found below what wraps them', () => {
    const inner = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
    expect(problemOf(new Error('outer', { cause: inner }), context).code).toBe('unreachable')
    expect(problemOf(Object.assign(new AggregateError([inner]), { code: undefined }), context).code).toBe(
      'unreachable',
    )
  })

  it('can be made of anything that is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => void expect(problemOf(thrown, context).message).toBeTruthy()),
    )
  })
})
