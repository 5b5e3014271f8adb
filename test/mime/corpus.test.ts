import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from '../../src/main/engine/mime/parse.ts'
import type { ParsedMessage } from '../../src/main/engine/mime/types.ts'

// Every message of the corpus beside what its authors expect (JSON, the same message with LF and with CRLF line
// ends). A difference is allowed only where it is listed with its reason; a listed one that is gone fails too.

const root = resolve(import.meta.dirname, '../../../shared/corpora/mail-parser')
const present = existsSync(root)
if (!present) console.log(`left out: the corpus comparison, because ${root} is not here`)

type Expected = {
  text_body: number[]
  html_body: number[]
  attachments: number[]
  parts: { headers: { name: string; value: unknown }[]; body: string | Record<string, unknown> }[]
}
type Entry = { name?: string | null; address?: string | null }

const utf7 = 'UTF-7 is never decoded (fault 58): its bytes are shown as the ASCII that they are'
const raw8bit = 'raw 8-bit text without a charset: read as windows-1252 here, replaced by U+FFFD there'
const explained: Record<string, string> = {
  'legacy/001 subject': utf7,
  'legacy/001 to': utf7,
  'legacy/001 text': utf7,
  'legacy/005 subject': utf7,
  'legacy/005 to': utf7,
  'legacy/005 text': utf7,
  'legacy/034 text': utf7,
  'legacy/010 subject': raw8bit,
  'legacy/010 to': raw8bit,
  'legacy/017 to': raw8bit,
  'legacy/020 subject': raw8bit,
  'legacy/020 to': raw8bit,
  'legacy/022 subject': raw8bit,
  'legacy/022 to': raw8bit,
  'legacy/027 subject': raw8bit,
  'legacy/027 to': raw8bit,
  'legacy/033 text': raw8bit,
  'legacy/052 subject': raw8bit,
  'legacy/052 to': raw8bit,
  'legacy/052 text': raw8bit,
}

function mailboxes(value: unknown): { name: string; address: string }[] {
  const address = (value as { Address?: { List?: Entry[]; Group?: { addresses: Entry[] }[] } } | undefined)
    ?.Address
  const entries = address?.List ?? address?.Group?.flatMap((group) => group.addresses) ?? []
  return entries.map((entry) => ({ name: entry.name ?? '', address: entry.address ?? '' }))
}

function compare(expected: Expected, message: ParsedMessage): Record<string, [unknown, unknown]> {
  const header = (name: string) => expected.parts[0]!.headers.findLast((field) => field.name === name)?.value
  const textOf = (value: unknown) => (value as { Text?: string } | undefined)?.Text ?? null
  const bodyOf = (index: number, kind: 'Text' | 'Html') => {
    const body = expected.parts[index]!.body
    return typeof body === 'string' ? null : ((body[kind] as string | undefined) ?? null)
  }
  const lines = (text: string) => text.replace(/\r\n?/g, '\n').trim()
  // An inline picture is a file for us and a step of the body for them: their list of attachments holds it as well.
  const texts = expected.text_body.map((index) => bodyOf(index, 'Text')).filter((text) => text !== null)
  const pages = expected.html_body.map((index) => bodyOf(index, 'Html')).filter((text) => text !== null)
  const date = header('date') as { DateTime?: Record<string, number | boolean> } | undefined
  const time = date?.DateTime
  const when =
    time === undefined
      ? null
      : Date.UTC(
          Number(time.year),
          Number(time.month) - 1,
          Number(time.day),
          Number(time.hour),
          Number(time.minute),
          Number(time.second),
        ) +
        (time.tz_before_gmt === true ? 1 : -1) * (Number(time.tz_hour) * 60 + Number(time.tz_minute)) * 60_000
  const fields: Record<string, [unknown, unknown]> = {
    from: [
      mailboxes(header('from')),
      message.from.name === '' && message.from.address === '' ? [] : [message.from],
    ],
    to: [mailboxes(header('to')), message.to],
    subject: [textOf(header('subject')) ?? '', message.subject],
    messageId: [textOf(header('message_id')), message.messageId],
    date: [when, message.date],
    attachments: [expected.attachments.length, message.attachments.length],
  }
  // Between two texts a line break is ours to choose.
  const joined = (text: string) => (texts.length > 1 ? text.replace(/\n+/g, '\n') : text)
  if (texts.length > 0) fields.text = [joined(texts.map(lines).join('\n')), joined(lines(message.text))]
  if (pages.length === 1 && expected.html_body.length === 1)
    fields.html = [lines(pages[0]!), lines(message.html ?? '')]
  return fields
}

describe.skipIf(!present)('the mail-parser corpus', () => {
  for (const ending of ['lf', 'crlf'] as const) {
    it(`gives the same fields with ${ending} line ends, but for the differences that are explained`, () => {
      const differences = new Map<string, string>()
      let total = 0
      let handled = 0
      for (const folder of ['rfc', 'legacy']) {
        for (const file of readdirSync(`${root}/${folder}`).filter((name) => name.endsWith('.eml'))) {
          const name = file.slice(0, -4)
          const stored = readFileSync(`${root}/${folder}/${file}`)
          const raw =
            ending === 'lf'
              ? stored
              : Buffer.from(stored.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
          const json = `${root}/${folder}/${name}${ending === 'lf' ? '' : '.crlf'}.json`
          const expected = JSON.parse(readFileSync(json, 'utf8')) as Expected
          const result = parse(raw)
          if (!result.ok) throw new Error(`${folder}/${file} was not parsed: ${result.reason}`)
          handled++
          for (const [field, [theirs, ours]] of Object.entries(compare(expected, result.message))) {
            total++
            if (JSON.stringify(theirs) !== JSON.stringify(ours))
              differences.set(
                `${folder}/${name} ${field}`,
                `expected ${JSON.stringify(theirs)?.slice(0, 300)} but got ${JSON.stringify(ours)?.slice(0, 300)}`,
              )
          }
        }
      }
      expect(handled).toBe(64)
      const unlisted = [...differences].filter(([key]) => explained[key] === undefined)
      expect(unlisted, 'differences without an explanation').toEqual([])
      const gone = Object.keys(explained).filter((key) => !differences.has(key))
      expect(gone, 'explained differences that are no longer there').toEqual([])
      expect(1 - differences.size / total, `share of ${total} fields that are equal`).toBeGreaterThanOrEqual(
        0.95,
      )
    })
  }
})
