import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailboxEntry } from '../../src/main/engine/mime/mbox.ts'

/** Reads an mbox back as RFC 4155 and mboxrd have it: what a mail program would find in it. */
function read(file: string): string[] {
  return file
    .split(/(?<=^|\n)(?=From [^\s]+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n)/)
    .filter((part) => part !== '')
    .map((part) =>
      part
        .slice(part.indexOf('\n') + 1)
        .replace(/\n$/, '')
        .replace(/^>(>*From )/gm, '$1'),
    )
}

describe('an mbox file (RFC 4155)', () => {
  it('separates messages by who sent them and when they came', () => {
    const entry = mailboxEntry(
      'carla@kunde.test',
      Date.UTC(2025, 9, 1, 9, 5, 7),
      Buffer.from('Subject: a\r\n\r\nb\r\n'),
    )
    expect(entry.toString()).toBe('From carla@kunde.test Wed Oct  1 09:05:07 2025\nSubject: a\n\nb\n\n')
  })

  it('lets no sender and no text begin another message', () => {
    const hostile = 'x@y.test Wed Oct  1 09:05:07 2025\nFrom evil@z.test Wed Oct  1 09:05:07 2025\n'
    const body = 'Subject: a\n\nFrom evil@z.test Wed Oct  1 09:05:07 2025\n>From b\nFrom'
    const file = mailboxEntry(hostile, 0, Buffer.from(body)).toString()
    expect(read(file)).toEqual([`${body}\n`])
    expect(mailboxEntry('', 0, Buffer.from('a')).toString()).toMatch(/^From MAILER-DAEMON /)
  })

  it('gives every message back, whatever its bytes', () => {
    const line = fc.oneof(fc.constantFrom('From ', '>From x', '>>From ', '', 'From: a'), fc.string())
    const mail = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n').replace(/\r/g, ''))
    fc.assert(
      fc.property(fc.array(mail, { minLength: 1, maxLength: 4 }), (mails) => {
        const raws = mails.map((text) => Buffer.from(text, 'latin1'))
        const file = Buffer.concat(raws.map((raw) => mailboxEntry('a@b.test', 0, raw))).toString('latin1')
        const whole = raws
          .map((raw) => raw.toString('latin1'))
          .map((text) => (text.endsWith('\n') ? text : `${text}\n`))
        expect(read(file)).toEqual(whole)
      }),
    )
  })
})
