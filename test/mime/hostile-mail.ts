/** Makers of messages that are meant to hurt a parser: each returns raw bytes. */

const crlf = '\r\n'
const envelope = [
  'From: Mallory <mallory@evil.test>',
  'To: support@acme.test',
  'Subject: Hostile',
  'Message-ID: <hostile@evil.test>',
  'MIME-Version: 1.0',
]

export function mail(headers: string[], body: string): Buffer {
  return Buffer.from(`${[...envelope, ...headers].join(crlf)}${crlf}${crlf}${body}`, 'latin1')
}

/** Multiparts inside multiparts, a text at the bottom (fault 55). */
export function nestedParts(depth: number): Buffer {
  const opens: string[] = []
  const closes: string[] = []
  for (let i = 1; i < depth; i++) {
    opens.push(`--b${i - 1}`, `Content-Type: multipart/mixed; boundary=b${i}`, '')
    closes.unshift(`--b${i}--`)
  }
  const body = [
    ...opens,
    `--b${depth - 1}`,
    'Content-Type: text/plain',
    '',
    'the bottom',
    ...closes,
    '--b0--',
    '',
  ].join(crlf)
  return mail(['Content-Type: multipart/mixed; boundary=b0'], body)
}

/** Many small parts side by side (fault 55). */
export function manyParts(count: number): Buffer {
  const parts = Array.from(
    { length: count },
    (_, i) => `--b${crlf}Content-Type: text/plain; name=f${i}.txt${crlf}${crlf}part ${i}${crlf}`,
  )
  return mail(['Content-Type: multipart/mixed; boundary=b'], `${parts.join('')}--b--${crlf}`)
}

/** One field of many megabytes in front of what identifies the message (fault 56). */
export function hugeHeader(bytes: number): Buffer {
  const line = `${crlf} ${'x'.repeat(998)}`
  return Buffer.from(
    `X-Padding: a${line.repeat(Math.ceil(bytes / line.length))}${crlf}${envelope.join(crlf)}${crlf}${crlf}behind the header${crlf}`,
  )
}

/** Many small fields in front of what identifies the message (fault 56). */
export function manyFields(bytes: number): Buffer {
  return Buffer.from(
    `${`a:b${crlf}`.repeat(bytes / 5)}${envelope.join(crlf)}${crlf}${crlf}behind the header${crlf}`,
  )
}

export function manyRecipients(count: number): Buffer {
  const list = Array.from({ length: count }, (_, i) => `Person ${i} <p${i}@acme.test>`).join(`,${crlf} `)
  return Buffer.from(`${envelope.join(crlf)}${crlf}Cc: ${list}${crlf}${crlf}hello${crlf}`)
}

export function html(body: string): Buffer {
  return mail(['Content-Type: text/html; charset=utf-8'], body)
}

export function text(body: string): Buffer {
  return mail(['Content-Type: text/plain; charset=utf-8'], body)
}

/** Inputs that take the square of their length where a parser looks twice at the same byte. */
export const quadratic: Record<string, () => Buffer> = {
  'links without end': () => html('http://a.b/ '.repeat(18_500)),
  'links without end, as text': () => text('http://a.b/'.repeat(20_000)),
  'blanks then a letter': () => text(`${' '.repeat(5_000_000)}x`),
  'blanks in HTML': () => html(`<p>${' '.repeat(5_000_000)}x`),
  'open angle brackets': () => html('<'.repeat(3_000_000)),
  'tags that never end': () => html('<a href="'.repeat(500_000)),
  'single quotes that never end': () => html("<a b='".repeat(500_000) + '>'),
  'comments that never end': () => html('<!--'.repeat(1_000_000)),
  'styles that never end': () => html('<style>'.repeat(500_000)),
  'css urls': () => html(`<style>${'url('.repeat(500_000)}</style>`),
  'css imports': () => html(`<style>${'@import'.repeat(500_000)}</style>`),
  'attributes of blanks': () => html(`<img src${' '.repeat(2_000_000)}x>`),
  ampersands: () => html('&'.repeat(3_000_000)),
  'numeric references': () => html('&#'.repeat(1_000_000)),
  'content ids': () => html('<img src="cid:'.repeat(300_000)),
  'quote marks': () => text('> '.repeat(2_000_000)),
  'deep quotation': () => text(`${'>'.repeat(1_000)} x\n`.repeat(3_000)),
  introductions: () => text('On Mon, 1 Jan 2024 at 10:00\n'.repeat(150_000)),
  'signature marks': () => text('--\n'.repeat(1_000_000)),
  'from fields in the body': () => text('From: a\nTo: b\n'.repeat(200_000)),
  'quotes in an address': () => mail([`Cc: ${'"<\\'.repeat(300_000)}`], 'x'),
  'escaped quotes in an address': () => mail([`Cc: ${'"<>\\'.repeat(250_000)}`], 'x'),
  'open angles in an address': () => mail([`Cc: ${'<a,"'.repeat(250_000)}`], 'x'),
  'open comments in an address': () => mail([`Cc: ${'('.repeat(900_000)}`], 'x'),
  'colons in an address': () => mail([`Cc: ${'a:'.repeat(450_000)}`], 'x'),
  'at signs in an address': () => mail([`Cc: ${'@ '.repeat(450_000)}`], 'x'),
  'ids without brackets': () => mail([`References: ${'a'.repeat(900_000)}`], 'x'),
  'open ids': () => mail([`References: ${'<'.repeat(900_000)}`], 'x'),
  'encoded words without end': () => mail([`Subject: ${'=?utf-8?q?'.repeat(90_000)}`], 'x'),
  parameters: () => mail([`Content-Type: text/plain;${' a=b;'.repeat(100_000)}`], 'x'),
  'parameter pieces': () =>
    mail(
      [`Content-Type: text/plain;${Array.from({ length: 5_000 }, (_, i) => ` name*${i}*=%41;`).join('')}`],
      'x',
    ),
  'boundaries that are none': () =>
    mail(['Content-Type: multipart/mixed; boundary=b'], '--bx\r\n'.repeat(1_000_000)),
  'boundaries in one line': () =>
    mail(['Content-Type: multipart/mixed; boundary=b'], '--b'.repeat(2_000_000)),
  'soft breaks': () => mail(['Content-Transfer-Encoding: quoted-printable'], '= '.repeat(2_000_000)),
  'equals signs in base64': () => mail(['Content-Transfer-Encoding: base64'], '='.repeat(4_000_000)),
  'truncated base64': () =>
    mail(
      ['Content-Transfer-Encoding: base64', 'Content-Type: application/pdf; name=a.pdf'],
      'JVBERi0xLjQKJcOkw7zDtsOfCj'.repeat(50_000) + 'J',
    ),
  'carriage returns': () => Buffer.from(`${envelope.join('\r')}\r\rlone\r`.repeat(10_000)),
  nuls: () => text('\0'.repeat(3_000_000)),
  'nothing at all': () => Buffer.alloc(0),
  'only line ends': () => Buffer.from('\r\n'.repeat(1_000_000)),
  'one long line': () => Buffer.from('a'.repeat(5_000_000)),
  'a colon after megabytes': () => Buffer.from(`${'a'.repeat(5_000_000)}: b\r\n\r\nbody`),
}
