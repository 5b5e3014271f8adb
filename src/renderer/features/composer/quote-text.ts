import type { Node as DocumentNode } from '@tiptap/pm/model'

const BLOCKS = new Set([
  'P',
  'DIV',
  'LI',
  'TR',
  'H1',
  'H2',
  'H3',
  'H4',
  'H5',
  'H6',
  'BLOCKQUOTE',
  'PRE',
  'UL',
  'OL',
  'TABLE',
  'HR',
  'SECTION',
  'ARTICLE',
  'HEADER',
  'FOOTER',
  'ADDRESS',
  'DT',
  'DD',
])
const HIDDEN = new Set(['SCRIPT', 'STYLE', 'HEAD', 'TITLE', 'TEMPLATE', 'NOSCRIPT', 'OBJECT', 'IFRAME'])
const LIMIT = 20_000

/**
 * The readable text of quoted, hostile HTML. The parsed document is inert: nothing in it runs or loads.
 * Cut at 20,000 characters; the whole quotation is sent all the same.
 */
export function quoteText(html: string): string {
  const { body } = new DOMParser().parseFromString(html.slice(0, 500_000), 'text/html')
  let text = ''
  const walker = body.ownerDocument.createTreeWalker(
    body,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) => (HIDDEN.has(node.nodeName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
  )
  for (let node = walker.nextNode(); node && text.length < LIMIT; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const pre = node.parentElement?.closest('pre') != null
      text += pre ? (node.nodeValue ?? '') : (node.nodeValue ?? '').replace(/\s+/g, ' ')
    } else if (node.nodeName === 'BR' || BLOCKS.has(node.nodeName)) text += '\n'
  }
  return text
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n[ \t]+/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(0, LIMIT)
}

const words = (text: string) => text.replace(/\s+/g, ' ').trim()

/** Whether a document ends with the words of some HTML, such as a signature that was written by hand. */
export function endsWithText(doc: DocumentNode, html: string): boolean {
  const wanted = words(quoteText(html))
  const { size } = doc.content
  // Only the end is read: this is asked at every key.
  const end = doc.textBetween(Math.max(0, size - 4 * wanted.length - 1000), size, '\n', ' ')
  return wanted !== '' && words(end).endsWith(wanted)
}
