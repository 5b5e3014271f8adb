import { expect, test } from 'vitest'
import { diagnosticsText, headerLines } from '../../../src/main/engine/crm/reply-logging/diagnostics.ts'

const RAW = Buffer.from(
  [
    'From: Mario <mario@rossi.test>',
    'References: <a@b.test>',
    '\t<c@d.test>',
    'List-Unsubscribe: <https://news.test/leave?token=s3cret>',
    'X-Api-Key: hunter2',
    'Received: from mx.rossi.test',
    '',
    'Subject: not a field but the text',
    'the text',
  ].join('\r\n'),
)

test('fields that support needs, unfolded; of the others the names; nothing of the text', () => {
  expect(headerLines(RAW)).toEqual([
    'From: Mario <mario@rossi.test>',
    'References: <a@b.test> <c@d.test>',
    'Received: from mx.rossi.test',
    'Other fields, without their values: List-Unsubscribe, X-Api-Key',
  ])
})

test('a header without an end is cut, and controls cannot make lines', () => {
  const [only] = headerLines(Buffer.from(`Subject: ${'x'.repeat(200_000)}`))
  expect(only?.length).toBe(2000)
  const text = diagnosticsText({
    version: '1',
    now: 0,
    decision: [['Reason', 'a\u2028Verdict: logged\rb']],
    trace: [{ rule: 'G1', text: 'x\ny', holds: false, decided: true }],
    record: [['Empty', '']],
    raw: null,
    head: [],
  })
  expect(text).toContain('Reason: a Verdict: logged b')
  expect(text).toContain('* - G1: x y')
  expect(text).toContain('Record\n(none)')
})
