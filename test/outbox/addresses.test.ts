import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressProblem, envelopeAddress } from '../../src/main/engine/outbox/addresses.ts'

describe('addressProblem', () => {
  test.each(['a@b.test', "o'neil+tag@b-c.test", 'łukasz@exämple.com', 'x@localhost', '用户@例え.jp'])(
    '%s can be sent to',
    (address) => expect(addressProblem(address)).toBeNull(),
  )

  test.each([
    ['fault 29', '"a@evil.test x"@good.test'],
    ['two @', 'a@b@c.test'],
    ['a comma', 'a,b@c.test'],
    ['a space', 'a b@c.test'],
    ['a line break (fault 27)', 'a@b.test\r\nBcc: c@d.test'],
    ['a tab', 'a\t@b.test'],
    ['NUL', 'a\u0000@b.test'],
    ['angle brackets', '<a@b.test>'],
    ['no name', '@b.test'],
    ['no domain', 'a@'],
    ['nothing', '  '],
    ['a dot first', '.a@b.test'],
    ['two dots', 'a..b@c.test'],
    ['a label that begins with a hyphen', 'a@-b.test'],
    ['a domain with an empty label', 'a@b..test'],
    ['a domain literal', 'a@[127.0.0.1]'],
    ['a name of 65 bytes', `${'ł'.repeat(33)}@b.test`],
    ['a path behind the domain', 'a@b.test/evil'],
    ['an escaped domain', 'a@%62.test'],
    ['a domain of digits', 'a@0x7f.1'],
    ['an IP address', 'a@127.0.0.1'],
  ])('%s is refused, in words', (_name, address) => {
    expect(addressProblem(address)).toMatch(/address|domain|empty/)
  })

  test('what passes holds nothing that could end an SMTP command', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (a, b) => {
          const address = `${a}@${b}`
          if (addressProblem(address) !== null) return
          const envelope = envelopeAddress({ name: '', address })
          expect(envelope).not.toMatch(/[\u0000-\u0020<>()[\]\\,;:"\u007f]/)
          expect(envelope.split('@')).toHaveLength(2)
          expect(envelope.split('@')[1]).toMatch(/^[a-z0-9.-]+$/)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

test('the envelope has the domain in ASCII and the name as it is', () => {
  expect(envelopeAddress({ name: '', address: 'Łukasz@Exämple.COM' })).toBe('Łukasz@xn--exmple-cua.com')
})
