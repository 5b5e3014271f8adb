import { createHash, hash } from 'node:crypto'
import { toUSVString } from 'node:util'
import type { MessageWarning } from '../../../contract/messages.ts'
import { automaticKind } from './automatic.ts'
import type { Draft } from './draft.ts'
import { readHeaders } from './headers.ts'
import { readHtml } from './html.ts'
import { limits } from './limits.ts'
import { splitQuoted } from './quote.ts'
import { safeFileName } from './safe-name.ts'
import { sniffType } from './sniff.ts'
import { cleanText } from './fields.ts'
import { readReport } from './reports.ts'
import type { ParsedAttachment, ParsedMessage } from './types.ts'

/** Settles names, types, warnings and the hash. Pure and linear. */
export function finish(draft: Draft): ParsedMessage {
  const warnings: MessageWarning[] = []
  if (draft.cutHeaders) warnings.push({ kind: 'cut_headers', detail: '' })
  const headers = readHeaders(draft.fields, warnings)
  if (draft.partsLimit !== null) warnings.push({ kind: 'parts_limit', detail: draft.partsLimit })

  let html = draft.html
  let text = draft.text ?? ''
  const reading = html === null ? null : (draft.reading ?? readHtml(html))
  // A text part that says nothing beside a page that does is a mailer's habit, not the message.
  if (reading !== null && text.trim() === '') text = reading.text
  if (html !== null && reading !== null && (html.length > limits.html || reading.tooDeep)) {
    warnings.push({
      kind: 'body_fallback',
      detail: reading.tooDeep ? 'nesting' : `${html.length} characters`,
    })
    html = null
  }
  if (text.length > limits.text) {
    warnings.push({ kind: 'body_fallback', detail: `${text.length} characters` })
    text = text.slice(0, limits.text)
  }
  // NUL ends strings in too many places behind here, and lone surrogates cannot be stored.
  text = toUSVString(text.replaceAll('\0', ''))
  if (html !== null) html = toUSVString(html.replaceAll('\0', ''))

  const attachments = draft.files.map((file): ParsedAttachment => {
    const { mimeType, extension } = sniffType(file.content ?? new Uint8Array(), file.type, file.name)
    const inline = file.contentId !== null && reading?.contentIds.has(file.contentId) === true
    return {
      name: safeFileName(file.name, extension),
      mimeType,
      size: file.size,
      inline,
      contentId: file.contentId === null ? null : cleanText(file.contentId),
      content: file.content,
    }
  })
  const automatic = automaticKind(draft.fields, draft.type, headers.subject, draft.deliveryStatus)
  return {
    ...headers,
    html,
    text,
    snippet: snippetOf(text),
    attachments,
    automatic,
    report: readReport(automatic, { fields: draft.fields, headers, text, files: draft.files }),
    warnings,
    hasRemoteContent: html !== null && reading?.remote === true,
    contentHash: contentHash(headers, draft.text ?? '', draft.html ?? '', draft, attachments),
  }
}

/** The first words of what is new; of a message that only quotes, the first words of that. */
export function snippetOf(text: string): string {
  const head = text.length > 20_000 ? text.slice(0, 20_000) : text
  const { fresh } = splitQuoted(head)
  const words = squeeze(fresh)
  return cutWords(words === '' ? squeeze(head.replace(/^[ \t>|]+/gm, '')) : words)
}

function squeeze(text: string): string {
  return text
    .slice(0, 4_000)
    .replace(/[\p{Cf}\u034f\u115f\u3164]/gu, '')
    .replace(/[-_=*~#]{4,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function cutWords(text: string): string {
  if (text.length <= limits.snippet) return text
  const cut = text.slice(0, limits.snippet)
  const blank = cut.lastIndexOf(' ')
  return toUSVString(blank > limits.snippet / 2 ? cut.slice(0, blank) : cut).replace(/\ufffd$/, '')
}

/**
 * The same for every copy of a message: only what its author made counts, decoded, with line ends and trailing
 * white space evened out, so neither trace fields nor Bcc nor another transfer encoding change it.
 */
function contentHash(
  headers: Pick<ParsedMessage, 'from' | 'subject' | 'date'>,
  text: string,
  html: string,
  draft: Draft,
  attachments: ParsedAttachment[],
): string {
  const head = [
    headers.from.address.toLowerCase(),
    headers.subject.replace(/\s+/g, ' '),
    headers.date === null ? '' : String(Math.floor(headers.date / 1000)),
    even(text),
    even(html),
  ].join('\0')
  if (attachments.length === 0) return hash('sha256', head, 'hex')
  const digest = createHash('sha256').update(head)
  for (const [index, { content, size }] of attachments.entries()) {
    const textual = /^(?:text|message)\//.test(draft.files[index]!.type)
    if (content === null) digest.update(`\0${size}`)
    else if (textual && size < limits.text)
      digest
        .update('\0')
        .update(
          even(
            Buffer.from(content.buffer, content.byteOffset, size).toString('latin1').replace(/\r\n?/g, '\n'),
          ),
        )
    else digest.update('\0').update(content)
  }
  return digest.digest('hex')
}

function even(text: string): string {
  // Line by line: a pattern for white space before a line break would take the square of a long run of blanks.
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}
