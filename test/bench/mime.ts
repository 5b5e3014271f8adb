import { availableParallelism } from 'node:os'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { parse } from '../../src/main/engine/mime/parse.ts'
import { createMimeParser } from '../../src/main/engine/mime/pool.ts'

export type MimeBenchRow = {
  name: string
  /** Messages a second of wall clock. */
  perSecond: number
  /** CPU time of this process and its threads for one message, in microseconds. */
  cpuMicros: number
}

const words =
  'meeting invoice order thanks regards delivery schedule contract customer support ticket answer question update release plan budget quarter report team review approve shipping address payment account balance größer naïve façade żółw señor Übung'.split(
    ' ',
  )

/** A repeatable stream of numbers in [0, 1): the same mailbox in every run. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function quotedPrintable(text: string): string {
  const encoded = Buffer.from(text)
    .toString('latin1')
    .replace(/[=\x80-\xff]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  return encoded
    .split('\n')
    .map((line) => line.replace(/(?:=[0-9A-F]{2}|[^=]){60}(?=.)/g, '$&=\r\n'))
    .join('\r\n')
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')
}

/**
 * A believable mailbox, about 8 KB a message: plain replies with quotations, HTML with a text alternative,
 * newsletters without one, some attachments; trace fields as two hops leave them.
 */
export function sampleMessages(count: number, seed = 7): Uint8Array[] {
  const next = random(seed)
  const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)]!
  const sentence = () =>
    `${Array.from({ length: 6 + Math.floor(next() * 14) }, () => pick(words)).join(' ')}.`
  const paragraph = () => Array.from({ length: 2 + Math.floor(next() * 4) }, sentence).join(' ')
  const paragraphs = (n: number) => Array.from({ length: n }, paragraph)

  return Array.from({ length: count }, (_, index) => {
    const from = `Person ${index % 300} <person${index % 300}@example${index % 40}.test>`
    const headers = [
      `Return-Path: <person${index % 300}@example${index % 40}.test>`,
      `Received: from mx.example.test (mx.example.test [192.0.2.1])\r\n\tby mail.example.test with ESMTPS id ${index}AAA\r\n\tfor <support@acme.test>; Tue, 02 Jan 2024 10:00:00 +0000`,
      `Received: from [198.51.100.7] by mx.example.test; Tue, 02 Jan 2024 09:59:58 +0000`,
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example${index % 40}.test; s=sel;\r\n\th=from:to:subject:date:message-id; bh=${'x'.repeat(43)}=;\r\n\tb=${'y'.repeat(340)}`,
      `From: ${from}`,
      `To: "Acme Support" <support@acme.test>, =?utf-8?Q?J=C3=BCrgen?= <j@acme.test>`,
      `Subject: =?utf-8?B?${Buffer.from(sentence().slice(0, 40)).toString('base64')}?=`,
      `Date: Tue, 02 Jan 2024 10:00:${String(index % 60).padStart(2, '0')} +0100`,
      `Message-ID: <${index}.${seed}@example.test>`,
      `References: <root${index % 900}@example.test> <${index}.parent@example.test>`,
      `MIME-Version: 1.0`,
    ]
    const kind = next()
    const lines = paragraphs(2 + Math.floor(next() * 4))
    const quote = paragraphs(4).map((line) => `> ${line}`)
    const text = `${lines.join('\n\n')}\n\nOn Mon, Jan 1, 2024 at 9:00 AM Support <support@acme.test> wrote:\n${quote.join('\n')}\n\n-- \nPerson ${index}\n`
    if (kind < 0.35) {
      headers.push('Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable')
      return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${quotedPrintable(text)}`)
    }
    const rows = paragraphs(kind < 0.8 ? 6 : 20)
      .map(
        (line) =>
          `<tr><td style="padding:8px;font-family:Arial,sans-serif"><p>${line}</p><a href="https://example.test/${index}">more</a></td></tr>`,
      )
      .join('\n')
    const html = `<!doctype html><html><head><style>p{margin:0 0 1em}</style></head><body><table>${rows}</table><img src="cid:logo@x" alt=""></body></html>`
    const alternative = [
      `--alt${index}`,
      'Content-Type: text/plain; charset="utf-8"',
      'Content-Transfer-Encoding: base64',
      '',
      base64(Buffer.from(text)),
      `--alt${index}`,
      'Content-Type: text/html; charset="utf-8"',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      quotedPrintable(html),
      `--alt${index}--`,
      '',
    ].join('\r\n')
    if (kind < 0.85) {
      headers.push(`Content-Type: multipart/alternative; boundary="alt${index}"`)
      return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${alternative}`)
    }
    headers.push(`Content-Type: multipart/mixed; boundary="mix${index}"`)
    const file = Buffer.concat([
      Buffer.from('%PDF-1.7\n'),
      Buffer.alloc(4_000 + Math.floor(next() * 30_000), index % 251),
    ])
    const body = [
      `--mix${index}`,
      `Content-Type: multipart/alternative; boundary="alt${index}"`,
      '',
      alternative,
      `--mix${index}`,
      `Content-Type: application/pdf; name="invoice-${index}.pdf"`,
      `Content-Disposition: attachment; filename="invoice-${index}.pdf"`,
      'Content-Transfer-Encoding: base64',
      '',
      base64(file),
      `--mix${index}--`,
      '',
    ].join('\r\n')
    return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
  })
}

async function measure(
  name: string,
  messages: Uint8Array[],
  run: (raw: Uint8Array) => unknown,
): Promise<MimeBenchRow> {
  // Once over a part of them, so that every peer is measured compiled.
  for (const raw of messages.slice(0, 300)) await run(raw)
  const cpu = process.cpuUsage()
  const start = performance.now()
  for (const raw of messages) await run(raw)
  return row(name, messages.length, start, cpu)
}

function row(name: string, count: number, start: number, cpuStart: NodeJS.CpuUsage): MimeBenchRow {
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpuStart)
  return { name, perSecond: Math.round(count / seconds), cpuMicros: Math.round((user + system) / count) }
}

/**
 * Measures the parser against its peers on the same messages in the same run: ours in this thread, ours through the pool, bare mailparser (its conversions off), bare postal-mime.
 */
export async function benchMime(options: { messages?: number } = {}): Promise<MimeBenchRow[]> {
  const messages = sampleMessages(options.messages ?? 3_000)
  const rows: MimeBenchRow[] = []
  rows.push(await measure('anteroom, one thread', messages, (raw) => parse(raw)))
  rows.push(
    await measure('mailparser, conversions off', messages, (raw) =>
      simpleParser(Buffer.from(raw), {
        skipHtmlToText: true,
        skipTextToHtml: true,
        skipTextLinks: true,
        skipImageLinks: true,
      }),
    ),
  )
  rows.push(await measure('postal-mime', messages, (raw) => PostalMime.parse(raw)))
  const sizes = new Set([
    1,
    Math.max(1, Math.min(4, availableParallelism() - 1)),
    Math.min(4, availableParallelism()),
  ])
  for (const size of sizes) {
    const pool = createMimeParser({
      worker: new URL('../../src/main/engine/mime/worker.ts', import.meta.url),
      size,
    })
    await Promise.all(messages.slice(0, 600).map((raw) => pool.parse(raw)))
    const cpu = process.cpuUsage()
    const start = performance.now()
    await Promise.all(messages.map((raw) => pool.parse(raw)))
    rows.push(row(`anteroom, pool of ${size}`, messages.length, start, cpu))
    await pool.close()
  }
  return rows
}
