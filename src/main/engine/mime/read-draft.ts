import { decodeBytes, latin1 } from './charset.ts'
import type { Draft, DraftFile } from './draft.ts'
import { decodeText, lastOf, readHeaderBlock } from './fields.ts'
import { readHtml } from './html.ts'
import type { HtmlReading } from './html.ts'
import { limits } from './limits.ts'
import { readStructure, toSource } from './structure.ts'
import type { Leaf } from './structure.ts'
import { decodeTransfer } from './transfer.ts'

/**
 * The first parser: finds the parts, decodes what is shown and what is kept. Linear in the length of the message,
 * within `limits`; nested messages, archives and TNEF are kept as files and never opened (fault 63).
 */
export function readDraft(raw: Uint8Array): Draft {
  const source = toSource(raw)
  const structure = readStructure(source)
  // A message of bare CRs was given line ends; its bodies are read from the same bytes.
  const bytes =
    source.length === raw.length && !raw.includes(10) && source.includes('\n')
      ? Buffer.from(source, 'latin1')
      : asBuffer(raw)

  const texts = new Map<Leaf, string>()
  const textOf = (leaf: Leaf) => {
    let text = texts.get(leaf)
    if (text === undefined) {
      text = readText(bytes, leaf)
      texts.set(leaf, text)
    }
    return text
  }
  const isHtml = (leaf: Leaf) => leaf.type.value === 'text/html'

  let html: string | null = null
  let reading: HtmlReading | null = null
  const htmlLeaves = structure.htmlBody
  if (htmlLeaves.some(isHtml)) {
    html =
      htmlLeaves.length === 1
        ? textOf(htmlLeaves[0]!)
        : htmlLeaves.map((leaf) => (isHtml(leaf) ? textOf(leaf) : asHtml(textOf(leaf)))).join('\n')
    reading = readHtml(html)
  }
  let text: string | null = null
  if (structure.textBody.length > 0) {
    const sole =
      structure.textBody.length === 1 && htmlLeaves.length === 1 && structure.textBody[0] === htmlLeaves[0]
    text =
      sole && reading !== null
        ? reading.text
        : structure.textBody
            .map((leaf) => (isHtml(leaf) ? readHtml(textOf(leaf)).text : textOf(leaf)))
            .join('\n')
  }
  if (text === null && html === null) {
    // RFC 2046 section 4.1.4: an unknown kind of text is still text to read.
    const other = structure.files.find(
      (leaf) => leaf.type.value.startsWith('text/') && leaf.disposition?.value !== 'attachment',
    )
    if (other !== undefined) text = textOf(other)
  }
  const status = structure.files.find((leaf) =>
    /^message\/(?:global-)?delivery-status$/.test(leaf.type.value),
  )
  return {
    fields: structure.fields,
    type: structure.type,
    html,
    text,
    reading,
    files: structure.files.map((leaf) => readFile(bytes, leaf)),
    deliveryStatus: status === undefined ? null : textOf(status).slice(0, 100_000),
    cutHeaders: structure.cutHeaders,
    partsLimit: structure.partsLimit,
  }
}

/** Text with LF line ends. */
function readText(bytes: Buffer, leaf: Leaf): string {
  const body = bytes.subarray(leaf.start, leaf.end)
  const decoded =
    leaf.encoding === 'base64' || leaf.encoding === 'quoted-printable'
      ? decodeTransfer(body, leaf.encoding)
      : body
  let charset = leaf.type.params.get('charset') ?? null
  if (charset === null && leaf.type.value === 'text/html') charset = metaCharset(decoded)
  const text = decodeBytes(decoded, charset)
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/** The charset that the page itself names, which counts where the mail names none. */
function metaCharset(bytes: Uint8Array): string | null {
  const head = latin1(bytes.subarray(0, 2_048))
  const match = /<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})/i.exec(head)
  // UTF-16 cannot have been read as ASCII to get here.
  return match === null || /^utf-?16/i.test(match[1]!) ? null : match[1]!
}

function readFile(bytes: Buffer, leaf: Leaf): DraftFile {
  const body = bytes.subarray(leaf.start, leaf.end)
  let name = leaf.disposition?.params.get('filename') ?? leaf.type.params.get('name') ?? ''
  const content = decodeTransfer(body, leaf.encoding)
  if (name === '' && (leaf.type.value === 'message/rfc822' || leaf.type.value === 'message/global')) {
    // Its subject names it; its body stays closed (fault 63).
    const head = latin1(content.subarray(0, 64_000))
    const subject = lastOf(readHeaderBlock(head, 0, head.length).fields, 'subject')
    const title = subject === null ? '' : decodeText(subject)
    name = `${title === '' ? 'message' : title.slice(0, 300)}.eml`
  }
  return {
    name,
    type: leaf.type.value,
    contentId: leaf.contentId,
    size: content.length,
    content: content.length > limits.attachment ? null : content,
  }
}

function asHtml(text: string): string {
  const escaped = text.trimEnd().replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return `<div style="white-space:pre-wrap">${escaped}</div>`
}

function asBuffer(raw: Uint8Array): Buffer {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
}
