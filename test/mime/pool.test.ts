import { afterEach, describe, expect, it } from 'vitest'
import { createMimeParser } from '../../src/main/engine/mime/pool.ts'
import type { MimeParserOptions } from '../../src/main/engine/mime/pool.ts'
import type { MimeParser, ParseResult } from '../../src/main/engine/mime/types.ts'

const real = new URL('../../src/main/engine/mime/worker.ts', import.meta.url)
const stubborn = new URL('./stubborn-worker.ts', import.meta.url)

/** Long for a message that is answered, on a busy machine too. */
const PATIENCE = 1_500
const open: MimeParser[] = []
function pool(options: Partial<MimeParserOptions> = {}): MimeParser {
  const parser = createMimeParser({ worker: stubborn, size: 1, timeoutMs: PATIENCE, ...options })
  open.push(parser)
  return parser
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((parser) => parser.close()))
})

const reason = (result: ParseResult) => (result.ok ? 'parsed' : result.reason)
const bytes = (text: string) => new TextEncoder().encode(text)

describe('the pool', () => {
  it('parses in a thread and hands back attachments of its own', async () => {
    const parser = pool({ worker: real })
    const raw = bytes(
      'From: a@b.test\r\nSubject: Files\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n--x--\r\n',
    )
    const result = await parser.parse(raw)
    if (!result.ok) throw new Error(result.reason)
    expect(result.message.text.trim()).toBe('hello')
    expect(Buffer.from(result.message.attachments[0]!.content!).toString()).toBe('%PDF-1.4')
    // The caller's bytes stay the caller's.
    expect(raw.length).toBe(197)
  })

  it('takes a view into larger memory as it is', async () => {
    const large = Buffer.from('XXXXFrom: a@b.test\r\nSubject: inside\r\n\r\nbodyXXXX')
    const result = await pool({ worker: real }).parse(large.subarray(4, large.length - 4))
    if (!result.ok) throw new Error(result.reason)
    expect([result.message.subject, result.message.text]).toEqual(['inside', 'body'])
  })

  it.each([
    ['hang', `It took longer than ${PATIENCE} ms.`],
    ['crash', 'a fault of its own'],
    ['exit', 'ended with code 3'],
    ['memory', 'too much memory'],
    ['fail', 'first refused second refused'],
  ])(
    'calls a message that makes both parsers %s unparsed, and goes on',
    { timeout: 60_000 },
    async (deed, why) => {
      const parser = pool({ timeoutMs: deed === 'memory' ? 40_000 : PATIENCE, heapMb: 48 })
      const [bad, good] = await Promise.all([parser.parse(bytes(deed)), parser.parse(bytes('good'))])
      expect(reason(bad)).toContain(why)
      expect(bad.ok).toBe(false)
      expect(reason(good)).toBe('first: good')
      expect(reason(await parser.parse(bytes('after')))).toBe('first: after')
    },
  )

  it.each(['hang', 'crash', 'exit', 'fail'])(
    'asks the second parser when the first makes it %s',
    async (deed) => {
      expect(reason(await pool().parse(bytes(`first-${deed}`)))).toBe(`second: first-${deed}`)
    },
  )

  it('loses no message around those that end their thread', { timeout: 60_000 }, async () => {
    const parser = pool({ size: 2 })
    const deeds = Array.from({ length: 60 }, (_, i) =>
      i % 12 === 5 ? `first-hang ${i}` : i % 12 === 9 ? `exit ${i}` : `ok ${i}`,
    )
    const results = await Promise.all(deeds.map((deed) => parser.parse(bytes(deed))))
    for (const [index, deed] of deeds.entries()) {
      if (deed.startsWith('first-')) expect(reason(results[index]!)).toBe(`second: ${deed}`)
      else if (deed.startsWith('exit')) expect(reason(results[index]!)).toContain('ended with code 3')
      else expect(reason(results[index]!)).toBe(`first: ${deed}`)
    }
  })

  it('does not end a thread whose answer waits because this one was busy', async () => {
    const parser = pool({ timeoutMs: 300 })
    await parser.parse(bytes('warm'))
    // From here the next turn of the loop begins with the timers, before any answer is read.
    await new Promise((resolve) => setImmediate(resolve))
    const waiting = parser.parse(bytes('good'))
    const until = performance.now() + 2_000
    while (performance.now() < until);
    expect(reason(await waiting)).toBe('first: good')
  })

  it('says so when its module cannot be loaded, and does not try for ever', { timeout: 60_000 }, async () => {
    const parser = pool({ worker: new URL('./no-such-worker.ts', import.meta.url) })
    await expect(parser.parse(bytes('x'))).rejects.toThrow(/no-such-worker\.ts cannot be started/)
  })

  it('rejects what waits and what comes after closing', async () => {
    const parser = pool()
    const waiting = parser.parse(bytes('hang'))
    const outcome = expect(waiting).rejects.toThrow(/closed before/)
    await parser.close()
    await outcome
    await expect(parser.parse(bytes('x'))).rejects.toThrow(/closed/)
  })
})
