import { toUSVString } from 'node:util'
import type * as HtmlToText from 'html-to-text'
import type MailComposer from 'nodemailer/lib/mail-composer/index.js'
import type { Mailbox } from '../../../contract/common.ts'
import { onDemand } from '../lib/on-demand.ts'
import { outgoingHtml } from './clean-html.ts'

const htmlToText = onDemand<typeof HtmlToText>('html-to-text')
const mailComposer = onDemand<typeof MailComposer>('nodemailer/lib/mail-composer/index.js')

export type OutgoingFile = {
  name: string
  mimeType: string
  contentId: string
  inline: boolean
  content: Uint8Array
}

export type OutgoingMessage = {
  /** Without angle brackets; made once, the same at every try. */
  messageId: string
  /** Ms since the epoch. */
  date: number
  from: Mailbox
  /** Where answers are to go, where that is not the From address. */
  replyTo?: Mailbox
  to: readonly Mailbox[]
  cc: readonly Mailbox[]
  subject: string
  /** What the editor held. */
  html: string
  /** The quotation below it, or empty. */
  quotedHtml: string
  /** Between the two, rendered and clean (outbox/sender.ts); left out for none. */
  signatureHtml?: string
  /** Message-IDs without angle brackets, oldest first (RFC 5322 section 3.6.4). */
  inReplyTo: string | null
  references: readonly string[]
  files: readonly OutgoingFile[]
  /** The font family that its writer likes best; the usual one where it is left out. */
  font?: string
  /** Written by the engine, not by a person: says so, so that nothing answers it by itself (RFC 3834 section 5). */
  automatic?: boolean
}

/** Control characters cannot end a header and begin another (fault 27); they become spaces. */
const oneLine = (text: string): string =>
  toUSVString(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim())

/** A media type that is none becomes the one for anything (RFC 2045 section 5.1). */
const mediaType = (type: string): string =>
  /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i.test(type)
    ? type
    : 'application/octet-stream'

/** A Message-ID that can stand in a header: one that came in may hold anything. */
const isPlainId = (id: string): boolean => /^[!-;=?-~]{1,900}$/.test(id)

const evenLines = (text: string): string => toUSVString(text.replace(/\r\n?/g, '\n'))

const person = ({ name, address }: Mailbox): { name: string; address: string } => ({
  name: oneLine(name),
  address: oneLine(address),
})

/** With a document type, so that nobody draws it as pages of 1995 were, and as what filters of spam expect of HTML. */
const wholePage = (html: string): string =>
  `<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${html}</body></html>`

/**
 * Plain text worth reading: links with their target, lists with marks, quotations with `>`.
 * @param options.tables  tables hold data and stay tables; else they are taken for layout, as in most mail
 */
export function plainText(html: string, options: { tables?: boolean } = {}): string {
  const table = {
    selector: 'table',
    format: 'dataTable',
    options: { uppercaseHeaderCells: false, colSpacing: 2, rowSpacing: 0, maxColumnWidth: 40 },
  }
  return htmlToText().convert(html, {
    wordwrap: 76,
    formatters: {
      // A picture that says what it shows is not passed over.
      picture: (element, _walk, builder) => {
        const alt: unknown = element.attribs?.alt
        if (typeof alt === 'string' && alt.trim() !== '') builder.addInline(`[${alt.trim()}]`)
      },
    },
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false } },
      { selector: 'img', format: options.tables ? 'picture' : 'skip' },
      ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
      ...(options.tables ? [table] : []),
    ],
    limits: { maxInputLength: 2_000_000, maxDepth: 200 },
  })
}

/** The three parts of a mail, each as it reads best; more than two empty lines say nothing. */
const mailText = (own: string, signature: string, quoted: string): string =>
  [plainText(own, { tables: true }), plainText(signature), plainText(quoted)]
    .filter((text) => text.trim() !== '')
    .join('\n\n')
    .replace(/\n{4,}/g, '\n\n\n')

/**
 * Builds the raw message: multipart/alternative with text and HTML, inline images related to the HTML (RFC 2387),
 * files mixed beside it; quoted-printable, RFC 2047 and RFC 2231 where they are needed, CRLF line ends. Bcc is
 * never part of it.
 */
export async function buildMessage(message: OutgoingMessage): Promise<Buffer> {
  const { signatureHtml = '' } = message
  const parts = outgoingHtml(message.html, message.quotedHtml, signatureHtml, message.font)
  const html = evenLines(parts.html)
  // Only what the HTML refers to is related to it; an inline picture that was taken out again does not travel.
  const used = (file: OutgoingFile): boolean => !file.inline || html.includes(`cid:${file.contentId}`)
  const composer = new (mailComposer())({
    messageId: `<${message.messageId}>`,
    date: new Date(message.date),
    from: person(message.from),
    replyTo: message.replyTo ? person(message.replyTo) : undefined,
    to: message.to.map(person),
    cc: message.cc.map(person),
    subject: oneLine(message.subject),
    ...(message.automatic ? { headers: { 'Auto-Submitted': 'auto-generated' } } : {}),
    inReplyTo:
      message.inReplyTo !== null && isPlainId(message.inReplyTo) ? `<${message.inReplyTo}>` : undefined,
    references:
      message.references
        .filter(isPlainId)
        .map((id) => `<${id}>`)
        .join(' ') || undefined,
    text: evenLines(mailText(parts.own, signatureHtml, parts.quoted)),
    html: wholePage(html),
    textEncoding: 'quoted-printable',
    newline: '\r\n',
    disableUrlAccess: true,
    disableFileAccess: true,
    attachments: message.files.filter(used).map((file) => ({
      filename: oneLine(file.name),
      contentType: mediaType(file.mimeType),
      content: Buffer.from(file.content),
      ...(file.inline
        ? { cid: file.contentId, contentDisposition: 'inline' as const }
        : { contentDisposition: 'attachment' as const }),
    })),
  })
  return await composer.compile().build()
}

/**
 * The sender's own copy of a message: the same bytes below a Bcc field, which only the sender may see (RFC 5322 section
 * 3.6.3). It counts as the same message, because Bcc is no part of what tells messages apart.
 */
export function ownCopy(raw: Buffer, bcc: readonly Mailbox[]): Buffer {
  if (bcc.length === 0) return raw
  const node = new (mailComposer())({ bcc: bcc.map(person), text: '' }).compile()
  node.keepBcc = true
  const [field] = /^Bcc:.*(?:\r\n[ \t].*)*\r\n/m.exec(`${node.buildHeaders()}\r\n`) ?? ['']
  return Buffer.concat([Buffer.from(field), raw])
}
