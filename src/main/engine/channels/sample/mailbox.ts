import { crc32, deflateSync } from 'node:zlib'
import type MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { onDemand } from '../../lib/on-demand.ts'
import { STORY, TEAM, type InboxName, type StoryFile, type StoryMessage, type StoryThread } from './story.ts'

const mailComposer = onDemand<typeof MailComposer>('nodemailer/lib/mail-composer/index.js')

const DAY_MS = 24 * 60 * 60 * 1000

export type SampleMail = {
  folder: 'INBOX' | 'Sent'
  uid: number
  raw: Buffer
  at: number
  seen: boolean
  answered: boolean
}

/** The address as every part of the story names it. */
export const messageIdOf = (key: string): string => `${key}@story.lumen.example`

/**
 * One sample address's mailbox, as real messages in date order.
 * @param now  ms; "today" of the story
 */
export async function sampleMailbox(address: string, now: number): Promise<SampleMail[]> {
  const inbox = TEAM.inboxes.find((one) => one.address === address)
  if (!inbox) return []
  const mails = await Promise.all(
    STORY.filter((thread) => thread.inbox === inbox.name).flatMap((thread) =>
      thread.messages.map(async (message, index) => ({
        folder: message.from === 'us' ? ('Sent' as const) : ('INBOX' as const),
        raw: await compose(inbox.name, thread, index, timeOf(message, now)),
        at: timeOf(message, now),
        seen: message.from === 'us' || message.read === true,
        answered: thread.messages.slice(index + 1).some((later) => later.from === 'us'),
      })),
    ),
  )
  return mails.sort((a, b) => a.at - b.at).map((mail, index) => ({ ...mail, uid: index + 1 }))
}

/** Never in the future: what "today" has not reached yet was a few minutes ago. */
function timeOf(message: StoryMessage, now: number): number {
  const midnight = new Date(now)
  midnight.setHours(0, 0, 0, 0)
  const at = midnight.getTime() - message.daysAgo * DAY_MS + message.minute * 60_000
  return Math.min(at, now - 5 * 60_000 - message.minute * 1000)
}

async function compose(
  inboxName: InboxName,
  thread: StoryThread,
  index: number,
  at: number,
): Promise<Buffer> {
  const message = thread.messages[index]!
  const inbox = TEAM.inboxes.find((one) => one.name === inboxName)!
  const us = { name: inbox.fromName, address: inbox.address }
  const customer = thread.messages.find((one) => one.from !== 'us')!.from as { name: string; address: string }
  const before = thread.messages.slice(0, index).map((one) => `<${messageIdOf(one.key)}>`)
  const composer = new (mailComposer())({
    messageId: `<${messageIdOf(message.key)}>`,
    date: new Date(at),
    from: message.from === 'us' ? us : message.from,
    to: message.from === 'us' ? customer : us,
    cc: message.cc,
    subject: message.subject ?? (index === 0 ? thread.subject : `Re: ${thread.subject}`),
    inReplyTo: before.at(-1),
    references: before.join(' ') || undefined,
    headers: message.headers,
    text: message.text,
    html: message.html,
    attachments: message.bounceOf ? [] : (message.files ?? []).map(fileOf),
    ...(message.bounceOf ? { raw: bounce(message, us, at) } : {}),
  })
  return await composer.compile().build()
}

function fileOf(file: StoryFile) {
  switch (file.kind) {
    case 'picture':
      return {
        filename: file.name,
        contentType: 'image/png',
        content: picture(file.name),
        ...(file.inline ? { cid: 'logo@spoke-magazine.example', contentDisposition: 'inline' as const } : {}),
      }
    case 'pdf':
      return { filename: file.name, contentType: 'application/pdf', content: pdf(file.text ?? file.name) }
    case 'csv':
      return { filename: file.name, contentType: 'text/csv', content: file.text ?? '' }
  }
}

/** A delivery status notification (RFC 3464) on an answer of the team. */
function bounce(message: StoryMessage, us: { address: string }, at: number): string {
  const from = message.from as { name: string; address: string }
  const failed = /<([^>]+)>/.exec(message.text)?.[1] ?? ''
  return [
    `From: ${from.name} <${from.address}>`,
    `To: ${us.address}`,
    `Subject: ${message.subject ?? ''}`,
    `Date: ${new Date(at).toUTCString()}`,
    `Message-ID: <${messageIdOf(message.key)}>`,
    `In-Reply-To: <${messageIdOf(message.bounceOf!)}>`,
    `References: <${messageIdOf(message.bounceOf!)}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"',
    '',
    '--dsn',
    'Content-Type: text/plain; charset=utf-8',
    '',
    message.text,
    '--dsn',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    `Final-Recipient: rfc822; ${failed}`,
    'Action: failed',
    'Status: 5.2.2',
    'Diagnostic-Code: smtp; 552 5.2.2 Mailbox full',
    '--dsn--',
    '',
  ].join('\r\n')
}

/** A one-page PDF that says one line (PDF 1.4, written by hand: nothing else in the product needs to make one yet). */
function pdf(line: string): Buffer {
  // The standard font has no letters beyond Latin-1.
  const text = line.replace(/[^\x20-\x7e]/g, '?').replace(/[\\()]/g, '\\$&')
  const stream = `BT /F1 16 Tf 60 760 Td (${text}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = body.length
    body += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const xref = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${xref}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  )
}

/** A small PNG of soft stripes, its colours drawn from the name (PNG specification, section 5). */
function picture(name: string): Buffer {
  const width = 320
  const height = 200
  const hue = [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 200, 7)
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (1 + width * 3) + 1 + x * 3
      const glow = Math.max(0, 1 - Math.hypot(x - width / 2, y - height / 2) / 140)
      const stripe = Math.floor((x + y) / 24) % 2 === 0 ? 10 : 0
      rows[at] = Math.min(255, 40 + stripe + glow * (120 + hue / 2))
      rows[at + 1] = Math.min(255, 50 + stripe + glow * 150)
      rows[at + 2] = Math.min(255, 70 + stripe + glow * (190 - hue / 2))
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.byteLength + 8)
  framed.writeUInt32BE(data.byteLength, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.byteLength + 4)
  return framed
}
