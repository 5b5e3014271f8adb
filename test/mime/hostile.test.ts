import { toUSVString } from 'node:util'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from '../../src/main/engine/mime/parse.ts'
import { createMimeParser } from '../../src/main/engine/mime/pool.ts'
import { splitQuoted } from '../../src/main/engine/mime/quote.ts'
import { parseSecond } from '../../src/main/engine/mime/second-parser.ts'
import type { ParsedMessage } from '../../src/main/engine/mime/types.ts'
import * as hostile from './hostile-mail.ts'

const pool = createMimeParser({
  worker: new URL('../../src/main/engine/mime/worker.ts', import.meta.url),
  size: 1,
})
afterAll(() => pool.close())

const plain = hostile.text('a message that follows')

/** Parses in the pool; the result must not be the fallback, and the next message must come through. */
async function survives(raw: Uint8Array): Promise<ParsedMessage> {
  const [result, next] = await Promise.all([pool.parse(raw), pool.parse(plain)])
  if (!result.ok) throw new Error(result.reason)
  if (!next.ok) throw new Error(next.reason)
  expect(next.message.text).toBe('a message that follows')
  return result.message
}

const kinds = (message: ParsedMessage) => message.warnings.map(({ kind }) => kind)

describe('hostile mail', () => {
  it('holds its limits on 1,000 nested parts (fault 55)', async () => {
    const message = await survives(hostile.nestedParts(1_000))
    expect(kinds(message)).toContain('parts_limit')
    expect(message.from.address).toBe('mallory@evil.test')
  })

  it('reads a text that lies 20 parts deep', async () => {
    const message = await survives(hostile.nestedParts(20))
    expect(kinds(message)).toEqual([])
    expect(message.text).toBe('the bottom')
  })

  it('holds its limits on 10,000 parts (fault 55)', async () => {
    const message = await survives(hostile.manyParts(10_000))
    expect(kinds(message)).toContain('parts_limit')
    expect(message.attachments.length).toBeLessThan(1_000)
    expect(message.text.trim()).toBe('part 0')
  })

  it.each([
    ['one long field', hostile.hugeHeader],
    ['many short ones', hostile.manyFields],
  ])('finds sender, subject and body behind 10 MB of header in %s (fault 56)', async (_, make) => {
    const message = await survives(make(10_000_000))
    expect(kinds(message)).toContain('cut_headers')
    expect([message.from.address, message.subject, message.messageId]).toEqual([
      'mallory@evil.test',
      'Hostile',
      'hostile@evil.test',
    ])
    expect(message.text.trim()).toBe('behind the header')
  })

  it('folds 10,000 recipients and says how many there were (fault 56)', async () => {
    const message = await survives(hostile.manyRecipients(10_000))
    expect(message.cc).toHaveLength(1_000)
    expect(message.warnings).toContainEqual({ kind: 'many_recipients', detail: 'cc: 10000' })
  })

  it.each([
    ['10 MB of HTML', () => hostile.html('<p>hello <b>world</b></p>'.repeat(400_000))],
    [
      '5,000 nested blocks',
      () => hostile.html(`${'<div>'.repeat(5_000)}hello world${'</div>'.repeat(5_000)}`),
    ],
    ['100,000 nested tags', () => hostile.html(`${'<b>'.repeat(100_000)}hello world`)],
  ])('gives the text of %s and keeps the page from the reader (fault 57)', async (_, make) => {
    const message = await survives(make())
    expect(kinds(message)).toContain('body_fallback')
    expect(message.html).toBeNull()
    expect(message.text.startsWith('hello world')).toBe(true)
  })

  it('keeps an ordinary page of 1 MB', async () => {
    const message = await survives(hostile.html('<p>hello <b>world</b></p>'.repeat(40_000)))
    expect(kinds(message)).toEqual([])
    expect(message.html?.length).toBe(1_000_000)
  })

  it.each(Object.keys(hostile.quadratic))('takes linear time on %s', async (name) => {
    const raw = hostile.quadratic[name]!()
    const message = await survives(raw)
    splitQuoted(message.text)
  })

  it('reads a header of bare carriage returns, and a long address list of a group', async () => {
    const message = await survives(Buffer.from('From: a@b.test\rSubject: Old Mac\r\rfirst\rsecond\r'))
    expect([message.subject, message.text.trim()]).toEqual(['Old Mac', 'first\nsecond'])
  })

  it('keeps what a cut-off base64 part still holds', async () => {
    const raw = hostile.mail(
      ['Content-Type: application/pdf; name=a.pdf', 'Content-Transfer-Encoding: base64'],
      'JVBERi0xLjQKJc',
    )
    const [file] = (await survives(raw)).attachments
    expect(Buffer.from(file!.content!).toString('latin1')).toBe('%PDF-1.4\n%')
    expect(file!.mimeType).toBe('application/pdf')
  })
})

describe('any bytes', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...[
        '\r\n',
        '\n',
        '\r',
        '\r\n\r\n',
        '\0',
        ' ',
        '\t',
        ':',
        ';',
        '=',
        '"',
        '<',
        '>',
        '--b',
        '--b--',
        '=?utf-8?b?',
        '?=',
        '=20',
        '=\r\n',
      ],
      ...[
        'From: ',
        'To: ',
        'Subject: ',
        'Date: ',
        'Content-Type: ',
        'multipart/mixed; boundary=b',
        'text/html',
        'message/rfc822',
      ],
      ...[
        'Content-Transfer-Encoding: base64\r\n',
        'Content-Transfer-Encoding: quoted-printable\r\n',
        'charset=',
        'iso-2022-jp',
        'utf-16',
      ],
      ...[
        '<div>',
        '</div>',
        '<style>',
        '&#x41;',
        'cid:',
        '@',
        'a@b.test',
        'group:',
        'On 1 Jan 2024 10:00 x wrote:',
        '> ',
        '-- \n',
      ],
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')))
  const random = fc.oneof(soup, fc.uint8Array({ maxLength: 2_000 }))

  it('become a well-formed message, the same one every time', () => {
    fc.assert(
      fc.property(random, (raw) => {
        const result = parse(raw)
        expect(parse(Uint8Array.from(raw))).toEqual(result)
        if (!result.ok) throw new Error('the first parser gives messages only')
        const { message } = result
        for (const value of [
          message.subject,
          message.from.name,
          message.from.address,
          ...message.attachments.map(({ name }) => name),
        ]) {
          expect(value).not.toMatch(/[\r\n\0]/)
          expect(toUSVString(value)).toBe(value)
        }
        expect(message.text).not.toMatch(/[\r\0]/)
        expect(message.snippet.length).toBeLessThanOrEqual(200)
        expect(message.contentHash).toMatch(/^[0-9a-f]{64}$/)
        for (const { name, size, content } of message.attachments) {
          expect(name).not.toBe('')
          expect(content?.length).toBe(size)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never change what a text says when it is split for folding', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          soup.map((raw) => raw.toString()),
          fc.string(),
        ),
        (text) => {
          const joined = splitQuoted(text)
            .segments.map((segment) => segment.text)
            .join('\n')
          expect(joined).toBe(text.replace(/\r\n?/g, '\n'))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('never make the second parser do anything but answer or reject', async () => {
    await fc.assert(
      fc.asyncProperty(random, async (raw) => {
        await parseSecond(raw).then(
          (result) => expect(result.ok).toBe(true),
          (error: unknown) => expect(error).toBeInstanceOf(Error),
        )
      }),
      { numRuns: 200 },
    )
  })
})
