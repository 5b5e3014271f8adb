import fc from 'fast-check'
import { simpleParser, type AddressObject } from 'mailparser'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import {
  buildMessage,
  ownCopy,
  plainText,
  type OutgoingMessage,
} from '../../src/main/engine/outbox/build-message.ts'

const message = (init: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  messageId: 'one@acme.test',
  date: Date.UTC(2025, 9, 1, 9, 30),
  from: { name: 'Acme Support', address: 'support@acme.test' },
  to: [{ name: 'Carla', address: 'carla@kunde.test' }],
  cc: [],
  subject: 'Order',
  html: '<p>Hello <b>you</b></p>',
  quotedHtml: '',
  inReplyTo: null,
  references: [],
  files: [],
  ...init,
})

const addresses = (
  field: AddressObject | AddressObject[] | undefined,
): { name: string; address?: string }[] =>
  [field ?? []].flat().flatMap((one) => one.value.map(({ name, address }) => ({ name, address })))

/** The message as two parsers that share no code understand it. */
async function read(raw: Buffer) {
  const [one, two] = await Promise.all([
    simpleParser(raw),
    PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' }),
  ])
  return { one, two }
}

const headOf = (raw: Buffer): string => raw.toString('latin1').split('\r\n\r\n', 1)[0]!
const fieldNames = (raw: Buffer): string[] =>
  [...headOf(raw).matchAll(/^([!-9;-~]+):/gm)].map((match) => match[1]!.toLowerCase())

/** RFC 5322 sections 2.1.1 and 2.3: CRLF only, no line over 998 octets. */
function expectWellFormed(raw: Buffer): void {
  const text = raw.toString('latin1')
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  // Everything is 7 bit, so that no server on the way has to change it.
  expect(/[\u0080-\u00ff]/.test(text)).toBe(false)
}

const FIELDS = new Set([
  'from', 'to', 'cc', 'subject', 'message-id', 'in-reply-to', 'references', 'date', 'mime-version', 'content-type',
  'content-transfer-encoding',
]) // prettier-ignore

test('text and HTML, the same for two parsers', async () => {
  const raw = await buildMessage(
    message({
      subject: 'Größe, żółw and 日本語 🎈',
      html: '<p>Grüße <a href="https://acme.test/x">dort</a></p><ul><li>eins</li></ul>',
      cc: [{ name: 'Łukasz "Luk" Żak, Dr.', address: 'l@kunde.test' }],
      inReplyTo: 'q@kunde.test',
      references: ['p@kunde.test', 'q@kunde.test'],
    }),
  )
  expectWellFormed(raw)
  const { one, two } = await read(raw)
  for (const subject of [one.subject, two.subject]) expect(subject).toBe('Größe, żółw and 日本語 🎈')
  expect(addresses(one.cc)).toEqual([{ name: 'Łukasz "Luk" Żak, Dr.', address: 'l@kunde.test' }])
  expect(two.cc).toMatchObject([{ name: 'Łukasz "Luk" Żak, Dr.', address: 'l@kunde.test' }])
  expect([one.messageId, two.messageId]).toEqual(['<one@acme.test>', '<one@acme.test>'])
  expect([one.inReplyTo, two.inReplyTo]).toEqual(['<q@kunde.test>', '<q@kunde.test>'])
  expect(one.references).toEqual(['<p@kunde.test>', '<q@kunde.test>'])
  expect(one.date?.getTime()).toBe(Date.UTC(2025, 9, 1, 9, 30))
  for (const html of [one.html, two.html]) expect(html).toContain('Grüße')
  for (const text of [one.text, two.text])
    expect(text).toMatch(/Grüße dort \[https:\/\/acme\.test\/x\]\s+\* eins/)
  expect(fieldNames(raw).filter((name) => !FIELDS.has(name))).toEqual([])
})

describe('fault 27: nothing typed makes a header', () => {
  const evil = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      'a\r\nBcc: evil@evil.test',
      'a\nBcc: evil@evil.test',
      'a\rBcc: evil@evil.test',
      'a\u2028Bcc: evil@evil.test',
      'a\u0085Bcc: evil@evil.test',
      'a\r\n\r\n<script>',
      '=?utf-8?Q?a=0D=0ABcc:_evil@evil.test?=',
      'a"\r\nContent-Type: text/html',
      'x".html"; evil="',
      "utf-8''%0d%0aBcc:%20evil@evil.test",
    ),
  )

  test('by subject, name or file name', async () => {
    await fc.assert(
      fc.asyncProperty(evil, evil, evil, evil, async (subject, name, fileName, mimeType) => {
        const raw = await buildMessage(
          message({
            subject,
            from: { name, address: 'support@acme.test' },
            to: [{ name, address: 'carla@kunde.test' }],
            files: [
              {
                name: fileName,
                mimeType,
                contentId: 'f@acme.test',
                inline: false,
                content: Buffer.from('file'),
              },
            ],
          }),
        )
        expectWellFormed(raw)
        expect(fieldNames(raw).filter((field) => !FIELDS.has(field))).toEqual([])
        const { one, two } = await read(raw)
        expect([one.bcc, two.bcc ?? []]).toEqual([undefined, []])
        expect(addresses(one.to).map((box) => box.address)).toEqual(['carla@kunde.test'])
        expect(two.to?.map((box) => box.address)).toEqual(['carla@kunde.test'])
        expect(one.attachments).toHaveLength(1)
        expect(two.attachments).toHaveLength(1)
        expect(one.attachments[0]!.content.toString()).toBe('file')
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  test('by the ids of what is answered', async () => {
    const ids = ['a b@x.test', 'ok@x.test', 'x>\r\nBcc: <evil@evil.test', '']
    const raw = await buildMessage(message({ inReplyTo: ids[2]!, references: ids }))
    expectWellFormed(raw)
    expect(fieldNames(raw)).not.toContain('bcc')
  })
})

test('a long name that is not ASCII comes out whole (RFC 2231), also where it looks dangerous', async () => {
  for (const name of [
    `${'Zażółć gęślą jaźń '.repeat(14)}.pdf`,
    'Angebot "final"; v2.pdf',
    '価格表.xlsx',
    'a\\b/c.txt',
    `${'x'.repeat(250)}.txt`,
  ]) {
    const raw = await buildMessage(
      message({
        files: [
          {
            name,
            mimeType: 'application/pdf',
            contentId: 'f@acme.test',
            inline: false,
            content: Buffer.from('x'),
          },
        ],
      }),
    )
    expectWellFormed(raw)
    const { one, two } = await read(raw)
    expect([one.attachments[0]?.filename, two.attachments[0]?.filename]).toEqual([name, name])
  }
})

test('a long conversation: References are folded and all there', async () => {
  const references = Array.from({ length: 101 }, (_, index) => `${'r'.repeat(100)}.${index}@kunde.test`)
  const raw = await buildMessage(message({ references, inReplyTo: references.at(-1)! }))
  expectWellFormed(raw)
  const { one } = await read(raw)
  expect(one.references).toEqual(references.map((id) => `<${id}>`))
})

test('a thousand recipients with long names', async () => {
  const to = Array.from({ length: 1000 }, (_, index) => ({
    name: `Żółta Łódź Nummer ${index} ${'lang '.repeat(10)}`,
    address: `r${index}@kunde.test`,
  }))
  const raw = await buildMessage(message({ to }))
  expectWellFormed(raw)
  const { one, two } = await read(raw)
  expect(addresses(one.to).map((box) => box.address)).toEqual(to.map((box) => box.address))
  expect(two.to).toHaveLength(1000)
})

test('fault 28: lines with a single dot and bare line feeds', async () => {
  const raw = await buildMessage(message({ html: '<pre>.\n..\n.leading\nFrom here\n.</pre><p>a\rb</p>' }))
  expectWellFormed(raw)
  const { one } = await read(raw)
  expect(one.text).toMatch(/\.\n\.\.\n\.leading\nFrom here\n\./)
})

test('one very long word, and any text at all, keep every line short', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 3000 }), async (text) => {
      const html = `<p>${text.replace(/[&<>]/g, '')}${'x'.repeat(2000)}</p>`
      expectWellFormed(await buildMessage(message({ html })))
    }),
    { numRuns: 40 },
  )
})

test('inline pictures lie beside the HTML (RFC 2387), files beside both; what is shown nowhere does not travel', async () => {
  const file = (name: string, inline: boolean, contentId: string) => ({
    name,
    mimeType: inline ? 'image/png' : 'application/pdf',
    contentId,
    inline,
    content: Buffer.from(name),
  })
  const raw = await buildMessage(
    message({
      html: '<p>See <img src="cid:shown@acme.test"></p>',
      files: [
        file('shown.png', true, 'shown@acme.test'),
        file('gone.png', true, 'gone@acme.test'),
        file('paper.pdf', false, 'f@acme.test'),
      ],
    }),
  )
  expectWellFormed(raw)
  const { one, two } = await read(raw)
  expect(one.attachments.map((each) => each.filename)).toEqual(['shown.png', 'paper.pdf'])
  expect(two.attachments.find((each) => each.filename === 'shown.png')).toMatchObject({
    contentId: '<shown@acme.test>',
    disposition: 'inline',
    related: true,
  })
  expect(raw.toString()).toMatch(/multipart\/mixed[\s\S]*multipart\/alternative[\s\S]*multipart\/related/)
})

test('Bcc is in no copy but our own, and there it comes out whole', async () => {
  const raw = await buildMessage(message())
  expect(fieldNames(raw)).not.toContain('bcc')
  const bcc = [
    { name: 'Żółć, Dr. "X"', address: 'quiet@kunde.test' },
    { name: 'a\r\nX-Evil: 1', address: 'b@kunde.test' },
  ]
  const own = ownCopy(raw, bcc)
  expectWellFormed(own)
  const { one, two } = await read(own)
  expect(addresses(one.bcc).map((box) => box.address)).toEqual(['quiet@kunde.test', 'b@kunde.test'])
  expect(two.bcc?.[0]?.name).toBe('Żółć, Dr. "X"')
  expect(fieldNames(own)).not.toContain('x-evil')
  expect(own.subarray(own.length - raw.length).equals(raw)).toBe(true)
  expect(ownCopy(raw, [])).toBe(raw)
})

test('the same message each time it is tried: only the boundaries differ', async () => {
  const [first, second] = await Promise.all([buildMessage(message()), buildMessage(message())])
  const without = (raw: Buffer): string => raw.toString().replace(/--_NmP[^\s"]*/g, 'B')
  expect(without(first)).toBe(without(second))
})

test('plain text is worth reading', () => {
  expect(
    plainText('<p>One</p><blockquote>said</blockquote><p>Two <a href="https://x.test">here</a></p>'),
  ).toBe('One\n\n> said\n\nTwo here [https://x.test]')
})

test('plain text of what was written here has its tables, pictures and lists', async () => {
  const raw = await buildMessage(
    message({
      html:
        '<h2>Offer</h2><table><tbody><tr><th>Product</th><th>Price</th></tr><tr><td>Tea &amp; milk</td><td>4.50</td></tr></tbody></table>' +
        '<p><img src="cid:cat@acme.test" alt="a cat"></p><ol start="3"><li>third<ul><li>inner</li></ul></li></ol><p>a</p><p><br></p><p><br></p><p><br></p><p>b</p>',
      signatureHtml: '<p>Ada</p>',
      quotedHtml: '<table><tr><td>laid out</td></tr></table><blockquote>said</blockquote>',
    }),
  )
  const { one, two } = await read(raw)
  for (const text of [one.text, two.text])
    expect(text?.replace(/\r/g, '').trim()).toBe(
      [
        'Offer',
        'Product     Price\nTea & milk  4.50',
        '[a cat]',
        ' 3. third\n    * inner',
        'a\n\n\nb',
        'Ada',
        'laid out',
        '> said',
      ].join('\n\n'),
    )
})

test('the HTML is a whole page of UTF-8', async () => {
  const { one } = await read(await buildMessage(message({ html: '<p>żółw</p>' })))
  expect(one.html).toMatch(
    /^<!DOCTYPE html><html><head><meta [^>]*charset=utf-8"><\/head><body><div .*żółw.*<\/body><\/html>\s*$/s,
  )
})
