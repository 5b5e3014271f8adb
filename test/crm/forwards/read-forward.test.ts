import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mailboxIn } from '../../../src/main/engine/crm/forwards/mailbox.ts'
import { readForward } from '../../../src/main/engine/crm/forwards/read-forward.ts'
import { secondReading } from '../../../src/main/engine/crm/forwards/second-reading.ts'
import { forwards } from './forwards.ts'
import { cpuTime } from '../../support/cpu-time.ts'

const names = forwards.map(
  (forward) => [`${forward.client} (${forward.language}, ${forward.way})`, forward] as const,
)

test('the table has 30 forwards of common programs in ten languages, by hand and by rule', () => {
  expect(forwards.length).toBeGreaterThanOrEqual(30)
  expect(new Set(forwards.map(({ language }) => language)).size).toBeGreaterThanOrEqual(10)
  expect(new Set(forwards.map(({ way }) => way))).toEqual(new Set(['manual', 'automatic']))
})

describe('F1: who wrote a forward', () => {
  test.each(names)('%s', (_name, { subject, text, author, confidence, deeper }) => {
    const reading = readForward({ subject, text })
    expect(reading?.confidence).toBe(confidence)
    if (author) expect(reading?.found).toEqual(author)
    expect(deeper).not.toContain(reading?.found?.address)
  })

  test.each(names)('%s: CRLF and no space at the ends change nothing', (_name, { subject, text }) => {
    const bare = text.replace(/[ \t]+$/gm, '').replace(/\n/g, '\r\n')
    expect(readForward({ subject, text: bare })).toEqual(readForward({ subject, text }))
  })

  test.each(names)('%s: the same text under an answer says nothing', (_name, { subject, text }) => {
    expect(readForward({ subject: `Re: ${subject}`, text })).toBeNull()
  })
})

describe('what is doubtful', () => {
  const block = (from: string) => ({
    subject: 'Fwd: Lamp',
    text: `---------- Forwarded message ---------\nFrom: ${from}\nDate: today\nSubject: Lamp\nTo: b@acme.test\n\nHello\n`,
  })

  test.each([
    ['a name that holds another address', '"ceo@bank.test" <mallory@evil.test>'],
    ['two addresses', 'Anna <anna@kunde.test>, Dora <dora@deep.test>'],
    ['no address', 'Anna Berg'],
  ])('%s', (_name, from) => {
    expect(readForward(block(from))?.confidence).toBe('doubtful')
  })

  test('"on behalf of" names the author', () => {
    expect(
      readForward(block('News <news@list.test> on behalf of Anna Berg <anna@kunde.test>'))?.found,
    ).toEqual({
      name: 'Anna Berg',
      address: 'anna@kunde.test',
    })
  })
})

test.each([
  ['Anna <anna@x.test>', 'Anna', 'anna@x.test'],
  ['*Anna* <anna@x.test<mailto:anna@x.test>>', 'Anna', 'anna@x.test'],
  ['anna@x.test', '', 'anna@x.test'],
  ['<anna@x.test>', '', 'anna@x.test'],
  ['"Berg, Anna" <ANNA@X.test>;', 'Berg, Anna', 'anna@x.test'],
  ['Anna (anna@x.test)', 'Anna', 'anna@x.test'],
  ["'Anna' via Sales <sales@x.test>", 'Anna', 'sales@x.test'],
])('a mailbox: %s', (text, name, address) => {
  expect(mailboxIn(text)).toMatchObject({ name, address, several: false })
})

describe('hostile text', () => {
  const runs: [string, string][] = [
    ['blanks', ' '.repeat(2_000_000)],
    ['line breaks', '\n'.repeat(2_000_000)],
    ['From without end', 'From: '.repeat(400_000)],
    ['blocks', 'From: a\nTo: b\n'.repeat(200_000)],
    ['labels without From', 'Subject: a\nTo: b\n'.repeat(200_000)],
    ['brackets', '<'.repeat(2_000_000)],
    ['rules', `${'-'.repeat(100)}\n`.repeat(20_000)],
    ['marks', `${'>'.repeat(500)}\n`.repeat(4_000)],
    ['introductions', 'On 1.1.2025, a <a@b.c> wrote '.repeat(100_000)],
    ['one line of fields', `-----Forwarded Message----- From: ${'a <b@c.d>To: '.repeat(100_000)}`],
    ['addresses', `From: ${'a@b.test,'.repeat(200_000)}\nTo: x`],
  ]
  test.each(runs)('%s: answered at once', (_name, text) => {
    const started = cpuTime()
    readForward({ subject: 'Fwd: x', text })
    readForward({
      subject: 'Fwd: x',
      text: `---------- Forwarded message ---------\nFrom: A <a@b.test>\n${text}`,
    })
    secondReading([text, text, text], text)
    expect(cpuTime() - started).toBeLessThan(3_000)
  })

  test('whatever stands there, nothing is thrown and nobody is found who is not in the text', () => {
    const piece = fc.constantFrom(
      'From: ',
      'To: ',
      'Subject: ',
      '\n',
      '> ',
      '<',
      '>',
      'a@b.test',
      '-----',
      ' Forwarded message ',
      'wrote:',
      'On 1.1.2025',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 60 }), (pieces) => {
        const text = pieces.join('')
        const address = readForward({ subject: 'Fwd: x', text })?.found?.address
        if (address) expect(text.toLowerCase()).toContain(address)
      }),
      { numRuns: 300 },
    )
  })
})
