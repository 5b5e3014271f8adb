import type { Mailbox } from '@contract/common.ts'
import type { MessageBodyView, MessageView } from '@contract/messages.ts'
import { frameDocument } from '../reader/frame.ts'
import { sanitize, type InlineFile } from '../reader/sanitize.ts'

/** A message with the whole of its body. */
export type PrintedMessage = { message: MessageView; body: MessageBodyView }

/** What the paper says besides the mail. */
export type PrintWords = {
  noSubject: string
  to: string
  cc: string
  files: string
  /** How many messages, and of when the print is. */
  facts: string
  time: (at: number) => string
  fileUrl: (path: string) => string
}

const LOOK = `
@page { margin: 16mm 14mm; }
:root { color: #1c2024; background: #fff; color-scheme: light; }
html { overflow: visible; font: 11pt/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
h1 { margin: 0 0 2pt; font-size: 16pt; line-height: 1.25; }
.facts { margin: 0 0 12pt; color: #5c646c; font-size: 9pt; }
article { border-top: 1pt solid #c8ccd2; padding-top: 8pt; margin-top: 12pt; }
.head { break-inside: avoid; break-after: avoid; margin-bottom: 8pt; }
.head p { margin: 0; font-size: 9pt; color: #3c434a; overflow-wrap: anywhere; }
.head .from { font-size: 11pt; color: #1c2024; font-weight: 600; }
.head .time { float: right; font-weight: 400; color: #5c646c; padding-left: 12pt; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.mail { display: block; }
`

/** Within the tree of one mail, where no style of another one reaches. */
const MAIL_LOOK = `
:host { all: initial; display: block; contain: paint; color: #1c2024; font: 11pt/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: anywhere; }
img { max-width: 100% !important; height: auto; break-inside: avoid; }
img[data-ar-blocked] { display: none; }
pre { white-space: pre-wrap; }
table { max-width: 100% !important; }
blockquote { margin: 0 0 0 .2em; padding-left: .8em; border-left: 2px solid #8885; }
`

const escape = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char] ?? char,
  )

/** No name reorders what stands beside it. */
const isolated = (text: string): string => `<bdi>${escape(text)}</bdi>`
const person = ({ name, address }: Mailbox): string => isolated(name ? `${name} <${address}>` : address)

/**
 * A conversation as one document to be printed: every message with its head, whole, with what it quotes. The mails are
 * cleaned as in the reader, each lies in a shadow tree of its own, and the document may load nothing but their pictures
 * and run nothing; it is to be shown in a sandbox all the same.
 */
export function printDocument(
  subject: string,
  messages: readonly PrintedMessage[],
  words: PrintWords,
): string {
  const remote = messages.some(({ message }) => message.remoteContentAllowed)
  const title = subject || words.noSubject
  const body =
    `<h1 dir="auto">${escape(title)}</h1><p class="facts">${escape(words.facts)}</p>` +
    messages.map((each) => article(each, title, words)).join('')
  return frameDocument(remote)
    .replace('</head>', () => `<title>${escape(title)}</title><style>${LOOK}</style></head>`)
    .replace('<body></body>', () => `<body>${body}</body>`)
}

function article({ message, body }: PrintedMessage, title: string, words: PrintWords): string {
  const people = (label: string, all: readonly Mailbox[]): string =>
    all.length === 0 ? '' : `<p>${escape(label)} ${all.map(person).join(', ')}</p>`
  const files = message.attachments.filter(({ inline }) => !inline).map(({ name }) => isolated(name))
  return (
    '<article><div class="head">' +
    `<p class="from"><span class="time">${escape(words.time(message.at))}</span>${person(message.from)}</p>` +
    people(words.to, message.to) +
    people(words.cc, message.cc) +
    (message.subject && message.subject !== title ? `<p dir="auto">${escape(message.subject)}</p>` : '') +
    (files.length > 0 ? `<p>${escape(words.files)} ${files.join(', ')}</p>` : '') +
    `</div>${text(message, body, words)}</article>`
  )
}

function text(message: MessageView, { html, text: plain }: MessageBodyView, words: PrintWords): string {
  const files = message.attachments.map((file): InlineFile => ({ ...file, url: words.fileUrl(file.url) }))
  const mail = html === null ? null : sanitize(html, files, message.remoteContentAllowed)
  if (mail === null || typeof mail === 'string') return `<div class="text" dir="auto">${escape(plain)}</div>`
  const holder = document.createElement('div')
  holder.className = mail.bodyClass
  holder.style.cssText = mail.bodyStyle
  if (['rtl', 'ltr', 'auto'].includes(mail.dir)) holder.dir = mail.dir
  holder.append(mail.content)
  // "</" ends the element wherever it stands, also within a string of the style sheet, where "<\/" means the same.
  const css = (MAIL_LOOK + mail.css).replaceAll('</', '<\\/')
  return `<div class="mail"><template shadowrootmode="open"><style>${css}</style>${holder.outerHTML}</template></div>`
}
