import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dovecot } from './dovecot.ts'
import { seeded, type Random } from './random.ts'

export type MailAttachment = {
  name: string
  mimeType?: string
  content: Uint8Array | string
  /** Makes it inline, referred to by `cid:`. */
  contentId?: string
}

export type MailInit = {
  /** `Name <address>` or an address. */
  from: string
  to: string | readonly string[]
  cc?: string | readonly string[]
  subject?: string
  text?: string
  html?: string
  attachments?: readonly MailAttachment[]
  /** Without angle brackets, as the others. */
  messageId?: string
  inReplyTo?: string
  references?: readonly string[]
  /** Milliseconds; a fixed day in 2025 when left out. */
  date?: number
  /** More header lines, as they are (no CRLF at the end). */
  headers?: readonly string[]
}

export const MAIL_EPOCH = Date.UTC(2025, 9, 1, 9, 0, 0)
let serial = 0

/** RFC 2047, in words of at most 75 characters; plain ASCII stays as it is. */
function encodeWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const words: string[] = []
  let part = ''
  for (const letter of text) {
    if (Buffer.byteLength(part + letter) > 42) {
      words.push(part)
      part = ''
    }
    part += letter
  }
  words.push(part)
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ')
}

function mailbox(text: string): string {
  const [, name, address] = /^(.*?)\s*<([^>]*)>$/.exec(text) ?? []
  if (address === undefined) return text
  return /^[\w .'-]*$/.test(name ?? '') ? text : `${encodeWords(name ?? '')} <${address}>`
}

const list = (of: string | readonly string[]) =>
  (typeof of === 'string' ? [of] : of).map(mailbox).join(',\r\n ')
const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n')
const crlf = (text: string) => text.replace(/\r?\n/g, '\r\n')

function textPart(type: 'plain' | 'html', text: string): string {
  const ascii = /^[\x00-\x7e]*$/.test(text) && !/[^\r\n]{900}/.test(text)
  const head = `Content-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: `
  return ascii
    ? `${head}7bit\r\n\r\n${crlf(text)}\r\n`
    : `${head}base64\r\n\r\n${base64(Buffer.from(text))}\r\n`
}

function multipart(kind: string, boundary: string, parts: readonly string[]): string {
  const body = parts.map((part) => `--${boundary}\r\n${part}`).join('')
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`
}

function attachmentPart({ name, mimeType, content, contentId }: MailAttachment): string {
  const type = mimeType ?? 'application/octet-stream'
  const placed = contentId === undefined ? 'attachment' : 'inline'
  const ascii = /^[\x20-\x7e]*$/.test(name)
  const parameter = ascii
    ? `filename="${name.replace(/["\\]/g, '\\$&')}"`
    : `filename*=utf-8''${encodeURIComponent(name)}`
  return (
    `Content-Type: ${type}\r\nContent-Disposition: ${placed}; ${parameter}\r\n` +
    (contentId === undefined ? '' : `Content-ID: <${contentId}>\r\n`) +
    `Content-Transfer-Encoding: base64\r\n\r\n${base64(typeof content === 'string' ? Buffer.from(content) : content)}\r\n`
  )
}

/** A raw message (CRLF) as a well-behaved mail client would write it; deterministic but for a made-up Message-ID. */
export function buildMail(init: MailInit): Buffer {
  const number = ++serial
  const date = init.date ?? MAIL_EPOCH + number * 1000
  const boundary = (kind: string) => `=_${kind}_${(date % 1e9).toString(36)}_${init.messageId?.length ?? 0}`
  const headers = [
    `From: ${mailbox(init.from)}`,
    `To: ${list(init.to)}`,
    ...(init.cc === undefined ? [] : [`Cc: ${list(init.cc)}`]),
    `Subject: ${encodeWords(init.subject ?? '')}`,
    `Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${init.messageId ?? `${number}.${process.pid}.${Date.now()}@mail.test`}>`,
    ...(init.inReplyTo === undefined ? [] : [`In-Reply-To: <${init.inReplyTo}>`]),
    ...(init.references?.length
      ? [`References: ${init.references.map((id) => `<${id}>`).join('\r\n ')}`]
      : []),
    ...(init.headers ?? []),
    'MIME-Version: 1.0',
  ]
  const attachments = init.attachments ?? []
  const inline = attachments.filter(({ contentId }) => contentId !== undefined)
  const files = attachments.filter(({ contentId }) => contentId === undefined)
  let body = textPart('plain', init.text ?? '')
  if (init.html !== undefined) {
    let html = textPart('html', init.html)
    if (inline.length) html = multipart('related', boundary('rel'), [html, ...inline.map(attachmentPart)])
    body = init.text === undefined ? html : multipart('alternative', boundary('alt'), [body, html])
  }
  if (files.length) body = multipart('mixed', boundary('mix'), [body, ...files.map(attachmentPart)])
  return Buffer.from(`${headers.join('\r\n')}\r\n${body}`)
}

export type SyntheticMail = {
  raw: Buffer
  messageId: string
  /** Date and INTERNALDATE in ms, ascending. */
  at: number
  seen: boolean
  answered: boolean
  subject: string
  from: string
}

const WORDS = (
  'invoice order delivery question support customer account payment meeting contract project update version ' +
  'schedule offer price quality service team thanks please today tomorrow week month problem answer solution ' +
  'machine printer server network password office travel report budget review sample product return refund ' +
  'the a and of to in for with on is was are we you they it this that when where because before after ' +
  'fattura ordine consegna grazie domani settimana riunione contratto pagamento preventivo fornitore ' +
  'factura pedido gracias mañana semana reunión faktura zamówienie dziękuję jutro tydzień spotkanie łącznik'
).split(' ')
const FIRST =
  'Ada Ben Carla Dario Elena Filip Gosia Hugo Ines Jan Katarzyna Luca Marta Nils Olga Paweł Rosa Tomás'.split(
    ' ',
  )
const LAST =
  'Rossi Nowak García Smith Müller Kowalska Bianchi Fernández Jones Lewandowski Ferrari Ruiz Weber Øster'.split(
    ' ',
  )
const DOMAINS =
  'example.com example.org example.net kunde.test cliente.test firma.test shop.test gmail.com'.split(' ')

function sentence(random: Random, words: number): string {
  let text = ''
  for (let i = 0; i < words; i++) text += (i ? ' ' : '') + random.pick(WORDS)
  return text.charAt(0).toUpperCase() + text.slice(1) + '.'
}

function paragraphs(random: Random, bytes: number): string[] {
  const all: string[] = []
  for (let size = 0; size < bytes;) {
    let one = ''
    for (let i = random.int(2, 6); i > 0; i--)
      one += `${one ? '\n' : ''}${sentence(random, random.int(5, 14))}`
    all.push(one)
    size += one.length + 2
  }
  return all
}

/**
 * `n` varied messages to `to`, ascending in time, about 8 KB each on average: half of them answers in
 * threads, some HTML, some with attachments, several languages. The same seed gives the same bytes,
 * and a smaller `n` a prefix.
 */
export function* syntheticMailbox(
  n: number,
  seed: number,
  options: { to?: string; start?: number; meanGapMs?: number } = {},
): Generator<SyntheticMail> {
  const random = seeded(seed)
  const to = options.to ?? 'support@acme.test'
  const recent: { ids: string[]; subject: string; from: string }[] = []
  let at = options.start ?? Date.UTC(2024, 0, 8, 8, 0, 0)
  const noise = Buffer.alloc(96 * 1024)
  for (let i = 0; i < noise.length; i++) noise[i] = random.int(0, 255)
  for (let i = 0; i < n; i++) {
    at += Math.max(1000, Math.round(-Math.log(1 - random.next()) * (options.meanGapMs ?? 600_000)))
    at -= at % 1000
    const messageId = `${seed}.${i}.${random.int(1e6, 1e9).toString(36)}@${random.pick(DOMAINS)}`
    const answers = recent.length > 0 && random.chance(0.5) ? random.pick(recent) : null
    const name = `${random.pick(FIRST)} ${random.pick(LAST)}`
    const made = `${name} <${name
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z ]/g, '')
      .replace(' ', '.')}@${random.pick(DOMAINS)}>`
    const from = answers && random.chance(0.7) ? answers.from : made
    const subject = answers ? `Re: ${answers.subject}` : sentence(random, random.int(2, 7)).slice(0, -1)
    const thread = answers ?? { ids: [], subject, from }
    const plain = paragraphs(random, random.chance(0.1) ? random.int(3000, 9000) : random.int(200, 2200))
    if (answers)
      plain.push(`On Monday ${answers.from} wrote:\n> ${sentence(random, 12)}\n> ${sentence(random, 9)}`)
    const kind = random.next()
    const html = kind < 0.45 ? htmlOf(random, plain, kind < 0.12) : undefined
    const attachments: MailAttachment[] = []
    if (random.chance(0.05)) {
      const size = random.int(2_000, 80_000)
      const offset = random.int(0, noise.length - size)
      const [file, mimeType] = random.pick([
        ['report.pdf', 'application/pdf'],
        ['picture.png', 'image/png'],
        ['Angebot für Łódź.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
      ] as const)
      attachments.push({ name: file, mimeType, content: noise.subarray(offset, offset + size) })
    }
    const parent = thread.ids.at(-1)
    const raw = buildMail({
      from,
      to,
      subject,
      text: plain.join('\n\n'),
      html,
      attachments,
      messageId,
      inReplyTo: parent,
      references: thread.ids.slice(-20),
      date: at,
    })
    thread.ids.push(messageId)
    if (!answers) {
      recent.push(thread)
      if (recent.length > 200) recent.shift()
    }
    yield { raw, messageId, at, seen: random.chance(0.7), answered: random.chance(0.2), subject, from }
  }
}

function htmlOf(random: Random, plain: readonly string[], newsletter: boolean): string {
  const style =
    'font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.5;color:#222222;margin:0 0 12px 0'
  const body = plain
    .map((one) => `<p style="${style}">${one.replace(/>/g, '&gt;').replaceAll('\n', '<br>\n')}</p>`)
    .join('\n')
  if (!newsletter) return `<html><body><div dir="ltr">${body}</div></body></html>`
  const rows = Array.from(
    { length: random.int(10, 50) },
    () =>
      `<tr><td style="${style};padding:8px 16px;border-bottom:1px solid #dddddd" align="left" valign="top">` +
      `<a href="https://news.example.com/click?id=${random.int(1e6, 1e9)}" style="color:#0044cc">${sentence(random, 6)}</a></td></tr>`,
  ).join('\n')
  return `<html><head><style>td{mso-line-height-rule:exactly}</style></head><body>${body}\n<table width="600">${rows}</table></body></html>`
}

/**
 * Writes messages straight into a folder's Maildir, quickly, with INTERNALDATE from the file's time.
 * Best before a client opens the folder: UIDs then go by date. Resolves with how many were written.
 */
export function seedMaildir(
  dovecot: Dovecot,
  user: string,
  messages: Iterable<Pick<SyntheticMail, 'raw' | 'at' | 'seen' | 'answered'>>,
  folder = 'INBOX',
): number {
  const cur = join(dovecot.folderDir(user, folder), 'cur')
  const begin = readdirSync(cur).length
  let count = 0
  for (const { raw, at, seen, answered } of messages) {
    const letters = `${answered ? 'R' : ''}${seen ? 'S' : ''}`
    const order = String(begin + count).padStart(9, '0')
    // W= is the size with CRLF: Dovecot then needs not read the file to know RFC822.SIZE.
    const name = `${Math.floor(at / 1000)}.M${order}P1.seed,S=${raw.length},W=${raw.length}:2,${letters}`
    const path = join(cur, name)
    writeFileSync(path, raw)
    utimesSync(path, at / 1000, at / 1000)
    dovecot.own(path)
    count += 1
  }
  return count
}
