import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { describe, expect, it } from 'vitest'
import { parse } from '../../src/main/engine/mime/parse.ts'
import { sampleMessages } from '../bench/mime.ts'

// What another program composes must come back as it went in, and two parsers must agree on ordinary mail.

const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  // Controls and invisible characters are taken out on purpose; that has its own tests.
  .map((text) => text.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim())
  .filter((text) => text !== '')
const lines = fc.array(words, { minLength: 1, maxLength: 8 }).map((list) => list.join('\n'))
const address = fc
  .tuple(fc.stringMatching(/^[a-z]{1,10}$/), fc.stringMatching(/^[a-z]{1,10}$/))
  .map(([user, host]) => `${user}@${host}.test`)
const plainName = words.map((name) => name.replace(/["'\\@<>()]/g, '').trim())

const letter = fc.record({
  from: fc.record({ name: plainName, address }),
  to: fc.array(fc.record({ name: plainName, address }), { minLength: 1, maxLength: 5 }),
  subject: words,
  text: lines,
  html: fc.option(lines.map((text) => `<p>${text.replace(/[<&]/g, '')}</p>`)),
  encoding: fc.constantFrom('quoted-printable' as const, 'base64' as const),
  files: fc.array(
    fc.record({
      filename: fc.stringMatching(/^[a-zżół ]{1,30}\.bin$/).map((name) => `x${name}`),
      content: fc.uint8Array({ maxLength: 500 }),
    }),
    { maxLength: 3 },
  ),
})

describe('mail that nodemailer composed', () => {
  it('comes back as it went in', async () => {
    await fc.assert(
      fc.asyncProperty(letter, async ({ from, to, subject, text, html, encoding, files }) => {
        const raw = await new MailComposer({
          from,
          to,
          subject,
          text,
          ...(html === null ? {} : { html }),
          textEncoding: encoding,
          date: new Date(1_700_000_000_000),
          messageId: '<composed@acme.test>',
          attachments: files.map(({ filename, content }) => ({
            filename,
            content: Buffer.from(content),
            contentType: 'application/x-data',
          })),
        })
          .compile()
          .build()
        const result = parse(raw)
        if (!result.ok) throw new Error(result.reason)
        const { message } = result
        expect(message.from).toEqual(from)
        expect(message.to).toEqual(to)
        expect(message.subject).toBe(subject)
        expect(message.date).toBe(1_700_000_000_000)
        expect(message.messageId).toBe('composed@acme.test')
        expect(message.text.trimEnd()).toBe(text.trimEnd())
        expect(message.html?.trimEnd() ?? null).toBe(html)
        expect(message.attachments.map(({ content }) => Buffer.from(content!))).toEqual(
          files.map(({ content }) => Buffer.from(content)),
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('mailparser and ours', () => {
  it('agree on an ordinary mailbox', async () => {
    for (const raw of sampleMessages(60)) {
      const [ours, theirs] = [
        parse(raw),
        await simpleParser(Buffer.from(raw), { skipHtmlToText: true, skipTextToHtml: true }),
      ]
      if (!ours.ok) throw new Error(ours.reason)
      const { message } = ours
      expect(message.subject).toBe(theirs.subject!.trim())
      expect(message.from.address).toBe(theirs.from!.value[0]!.address)
      expect(`<${message.messageId}>`).toBe(theirs.messageId)
      expect(message.date).toBe(theirs.date!.getTime())
      expect(message.text.trimEnd()).toBe(theirs.text!.trimEnd())
      expect(message.html?.trimEnd() ?? false).toBe(theirs.html === false ? false : theirs.html!.trimEnd())
      expect(message.attachments.map(({ size }) => size)).toEqual(theirs.attachments.map(({ size }) => size))
    }
  })
})
