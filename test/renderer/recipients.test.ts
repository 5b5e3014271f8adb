import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Mailbox } from '@contract/common.ts'
import {
  addRecipients,
  addressProblem,
  joinRecipients,
  parseRecipients,
} from '@/features/composer/recipients.ts'
import { cpuTime } from '../support/cpu-time.ts'

const box = (address: string, name = ''): Mailbox => ({ name, address })

describe('parseRecipients', () => {
  it.each<[string, Mailbox[]]>([
    ['ada@acme.test', [box('ada@acme.test')]],
    ['Ada Agent <ada@acme.test>', [box('ada@acme.test', 'Ada Agent')]],
    ['"Agent, Ada" <ada@acme.test>', [box('ada@acme.test', 'Agent, Ada')]],
    ['"The \\"Boss\\"" <b@c.test>', [box('b@c.test', 'The "Boss"')]],
    [
      'a@b.test, c@d.test; e@f.test\nG <g@h.test>',
      [box('a@b.test'), box('c@d.test'), box('e@f.test'), box('g@h.test', 'G')],
    ],
    ['a@b.test;;, \n\r\n;c@d.test,', [box('a@b.test'), box('c@d.test')]],
    ['a@b.test c@d.test\te@f.test', [box('a@b.test'), box('c@d.test'), box('e@f.test')]],
    ['Ada Agent ada@acme.test', [box('ada@acme.test', 'Ada Agent')]],
    ['ada@acme.test (Ada Agent)', [box('ada@acme.test', 'Ada Agent')]],
    [
      'Doe, John <john@doe.test>; Roe, Ann <ann@roe.test>',
      [box('john@doe.test', 'Doe, John'), box('ann@roe.test', 'Roe, Ann')],
    ],
    ['Team: a@b.test, C <c@d.test>;', [box('a@b.test'), box('c@d.test', 'C')]],
    ['undisclosed-recipients:;', []],
    ['mailto:ada@acme.test', [box('ada@acme.test')]],
    ['<ada@acme.test>', [box('ada@acme.test')]],
    ['< ada@acme.test >', [box('ada@acme.test')]],
    ['ada@acme.test <ada@acme.test>', [box('ada@acme.test')]],
    ["'Ada' <ada@acme.test>", [box('ada@acme.test', 'Ada')]],
    ['żółw@jaźń.test', [box('żółw@jaźń.test')]],
    ['nonsense', [box('nonsense')]],
    ['"never closed <a@b.test>\nc@d.test', [box('a@b.test', '"never closed'), box('c@d.test')]],
    ['a@b.test, "x <y>', [box('a@b.test'), box('y', '"x')]],
    ['\u202eada@acme.test\u200b', [box('ada@acme.test')]],
    ['', []],
    [' \n ', []],
  ])('reads %j', (text, expected) => {
    expect(parseRecipients(text)).toEqual(expected)
  })

  it('never lets a line end through (fault 27)', () => {
    for (const mailbox of parseRecipients('"A\r\nBcc: x@y.test" <a@b.test\r\n>')) {
      expect(mailbox.name + mailbox.address).not.toMatch(/[\r\n]/)
    }
  })

  it('never throws and invents no address, whatever is pasted', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
        for (const { address } of parseRecipients(text)) {
          expect(address).not.toMatch(/[\r\n<>]/)
          const letters = [...address.replace(/[\s"]/g, '')]
          expect(letters.every((letter) => text.includes(letter))).toBe(true)
        }
      }),
    )
  })

  it('reads rows of a sheet: the name stands in other cells, the heading is none', () => {
    expect(
      parseRecipients(
        'First name\tLast name\tE-mail\tPhone\r\nAda\tAgent\tada@acme.test\t+39 1\r\n"Doe, John"\t\tjohn@acme.test\t',
      ),
    ).toEqual([box('ada@acme.test', 'Ada Agent'), box('john@acme.test', 'Doe, John')])
    expect(parseRecipients('ada@acme.test\tAda\tMilan\njohn@acme.test\t\t')).toEqual([
      box('ada@acme.test', 'Ada'),
      box('john@acme.test'),
    ])
    // What is no such row loses nothing.
    expect(parseRecipients('a@b.test\tc@d.test')).toEqual([box('a@b.test'), box('c@d.test')])
    expect(parseRecipients('Ada\tada@acme.test\nJohn\tnowhere').map(({ address }) => address)).toContain(
      'nowhere',
    )
  })

  it('takes long input in no time', () => {
    const text = Array.from({ length: 2000 }, (_, i) => `"Person, ${i}" <p${i}@host${i % 7}.test>`).join('; ')
    const started = cpuTime()
    expect(parseRecipients(text)).toHaveLength(2000)
    for (const bad of [
      '<'.repeat(20_000),
      '"'.repeat(20_001),
      '(a '.repeat(10_000),
      'a '.repeat(20_000),
      'x: '.repeat(8000),
    ]) {
      parseRecipients(bad)
    }
    expect(cpuTime() - started).toBeLessThan(3000)
  })
})

const word = fc.stringMatching(/^[A-Za-z0-9ąéßœ]{1,12}$/)
const validAddress = fc
  .tuple(
    fc.stringMatching(/^[a-z0-9+_=-]{1,20}(\.[a-z0-9]{1,8})?$/),
    word,
    fc.constantFrom('test', 'example.org', 'co.uk'),
  )
  .map(([local, host, tld]) => `${local}@${host.toLowerCase()}.${tld}`)
  .filter((address) => addressProblem(address) === null)
/** Anything people type into the field that stays there as a wrong entry. */
const wrongAddress = fc
  .stringMatching(/^[a-z0-9@ .!,;()-]{1,20}$/)
  .map((text) => text.replace(/\s+/g, ' ').trim())
  .filter(
    (text) =>
      text !== '' && addressProblem(text) !== null && addressProblem(text.replace(/\s/g, '')) !== null,
  )
const anyName = fc.oneof(
  fc.constant(''),
  fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  fc.stringMatching(/^[a-z"\\,;:<>@()'. -]{1,20}$/).map((text) => text.replace(/\s+/g, ' ').trim()),
)

describe('joinRecipients', () => {
  it('is undone by parseRecipients', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: anyName, address: fc.oneof(validAddress, wrongAddress) }), {
          maxLength: 6,
        }),
        (list) => {
          const wanted = list.map(({ name, address }) => ({
            address,
            name: name.toLowerCase() === address.toLowerCase() ? '' : name,
          }))
          expect(parseRecipients(joinRecipients(wanted))).toEqual(wanted)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('addressProblem', () => {
  it.each([
    'a@b.test',
    "o'neil+tag@sub.example.co.uk",
    'żółw@jaźń.test',
    'x@localhost',
    'x@[127.0.0.1]',
    '"a..b"@good.test',
    '!#$%&*/=?^`{|}~@b.test',
    'x@xn--bcher-kva.test',
  ])('accepts %s', (address) => expect(addressProblem(address)).toBeNull())

  it.each([
    ['', 'empty'],
    ['ada', 'no_at'],
    ['@b.test', 'no_local'],
    ['a@', 'no_domain'],
    ['a@b', 'no_dot'],
    ['a@b@c.test', 'several_at'],
    ['a b@c.test', 'space'],
    ['a..b@c.test', 'bad_local'],
    ['.a@c.test', 'bad_local'],
    ['a@-b.test', 'bad_domain'],
    ['a@b..test', 'bad_domain'],
    ['a@b.test.', 'bad_domain'],
    ['a,@b.test', 'bad_local'],
    ['"a@evil.test x"@good.test', 'several_at'],
    [`${'a'.repeat(65)}@b.test`, 'too_long'],
    [`a@${'b'.repeat(64)}.test`, 'bad_domain'],
  ])('refuses %j: %s', (address, problem) => expect(addressProblem(address)).toBe(problem))
})

describe('addRecipients', () => {
  it('folds the same address, whatever its case, and keeps the name', () => {
    expect(
      addRecipients([box('Ada@acme.test')], [box('b@c.test', 'B'), box('ada@ACME.test', 'Ada')]),
    ).toEqual([box('Ada@acme.test', 'Ada'), box('b@c.test', 'B')])
  })
})
