import type { LoggingFact } from '../../../../contract/logging.ts'

/**
 * Fields of a header that support needs (G9). Others are named without their values: a List-Unsubscribe or an
 * X-field may hold what works like a password.
 */
const SHOWN = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'date',
  'subject',
  'message-id',
  'in-reply-to',
  'references',
  'delivered-to',
  'x-original-to',
  'return-path',
  'received',
  'auto-submitted',
  'precedence',
  'list-id',
  'resent-from',
  'resent-to',
  'x-forwarded-to',
  'x-forwarded-for',
  'x-gm-labels',
  'mime-version',
  'content-type',
])
/** Bytes of a header that are looked at; more is no help to anyone (fault 56). */
const MAX_HEADER = 64 * 1024

export type DiagnosticsInput = {
  version: string
  now: number
  /** Lines of "name: value" about the decision and the record; empty values are left out. */
  decision: readonly [name: string, value: string][]
  trace: readonly LoggingFact[]
  record: readonly [name: string, value: string][]
  /** The message's bytes where they are here, else null. */
  raw: Uint8Array | null
  /** What is kept of the head where the bytes are not here. */
  head: readonly [name: string, value: string][]
}

/** Plain text for support: the decision, the record and the headers. Neither a body nor a secret is in it. */
export function diagnosticsText(input: DiagnosticsInput): string {
  const facts = input.trace.map(({ rule, text, holds, decided }) => {
    const mark = holds === null ? ' ' : holds ? '+' : '-'
    return `${decided ? '*' : ' '} ${mark} ${rule}: ${line(text)}`
  })
  return [
    `Anteroom ${input.version}, logging diagnostics of ${new Date(input.now).toISOString()}`,
    section('Decision', lines(input.decision)),
    section('Facts (+ speaks for logging, - against it, * decided)', facts),
    section('Record', lines(input.record)),
    input.raw
      ? section('Headers', headerLines(input.raw))
      : section('Headers (what is kept of a message that is not logged)', lines(input.head)),
  ].join('\n\n')
}

const section = (title: string, content: readonly string[]): string =>
  [title, ...(content.length > 0 ? content : ['(none)'])].join('\n')
// Everything in here came with a mail: one line each, so that no value can pass for another one's.
const line = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 2000)
const lines = (pairs: readonly [string, string][]): string[] =>
  pairs.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${line(value)}`)

/** The fields of a raw message that support needs, unfolded (RFC 5322 section 2.2.3); of the others the names. */
export function headerLines(raw: Uint8Array): string[] {
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, MAX_HEADER)).toString(
    'latin1',
  )
  const end = /\r?\n\r?\n/.exec(text)
  const head = (end ? text.slice(0, end.index) : text).replace(/\r?\n[ \t]+/g, ' ')
  const others = new Set<string>()
  const shown: string[] = []
  for (const field of head.split(/\r?\n/)) {
    const name = /^([!-9;-~]+):/.exec(field)?.[1]
    if (name === undefined) continue
    if (SHOWN.has(name.toLowerCase())) shown.push(line(field))
    else others.add(name)
  }
  return others.size > 0 ? [...shown, `Other fields, without their values: ${[...others].join(', ')}`] : shown
}
