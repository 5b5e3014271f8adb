import type { Mark, Node } from '@tiptap/pm/model'
import { fontStack } from '@contract/mail-fonts.ts'
import { alignmentOf, colourOf, fontOf } from './editor/mail-values.ts'

/** Only what a mail client can open on purpose (fault 65). */
export function safeHref(href: string): string | null {
  const text = href.trim()
  if (/[\u0000-\u001f\u007f]/.test(text)) return null
  return /^(?:https?:\/\/[^\s]+|mailto:[^\s]+|tel:[+\d][\d\s().-]*)$/i.test(text) ? text : null
}

/**
 * What a person types into a link field, as a link: `example.com` becomes https, an address becomes
 * mailto. Null where it is no link that may be opened.
 */
export function hrefFromInput(input: string): string | null {
  const text = input.trim()
  if (text === '') return null
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/:]+:\d+(?:\/|$)/.test(text)) return safeHref(text)
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`
  if (/^(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,}(?::\d+)?(?:[/?#]\S*)?$/u.test(text)) return `https://${text}`
  return null
}

const escapeText = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
const escapeAttribute = (text: string) => escapeText(text).replace(/"/g, '&quot;')

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const wholeOf = (value: unknown, least: number, most: number): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : null

/** ` style="…"` of what there is, or nothing. */
function styleOf(styles: Record<string, string | null>): string {
  const all = Object.entries(styles).flatMap(([name, value]) => (value === null ? [] : [`${name}:${value}`]))
  return all.length === 0 ? '' : ` style="${escapeAttribute(all.join(';'))}"`
}

/** How text looks, as a style attribute: from values that are read anew, whatever the document holds. */
function lookOf({ attrs }: Mark): string {
  const font = fontOf(textOf(attrs.fontFamily))
  const size = wholeOf(attrs.fontSize, 8, 96)
  return styleOf({
    color: colourOf(textOf(attrs.color)),
    'background-color': colourOf(textOf(attrs.backgroundColor)),
    'font-family': font === null ? null : fontStack(font),
    'font-size': size === null ? null : `${size}px`,
  })
}

/** From the outside in: a link stays one element whatever is bold within it. */
const MARKS: readonly [type: string, wrap: (html: string, mark: Mark) => string][] = [
  [
    'link',
    (html, mark) => {
      const href = safeHref(textOf(mark.attrs.href))
      return href === null ? html : `<a href="${escapeAttribute(href)}">${html}</a>`
    },
  ],
  [
    'textStyle',
    (html, mark) => {
      const style = lookOf(mark)
      return style === '' ? html : `<span${style}>${html}</span>`
    },
  ],
  ['strike', (html) => `<s>${html}</s>`],
  ['underline', (html) => `<u>${html}</u>`],
  ['italic', (html) => `<em>${html}</em>`],
  ['bold', (html) => `<strong>${html}</strong>`],
  ['code', (html) => `<code>${html}</code>`],
]

/** HTML folds runs of spaces; a mail keeps them as typed, every second one unbreakable. */
const keepSpaces = (text: string) => text.replace(/ {2}/g, ' \u00a0')

function leaf(node: Node): string {
  if (node.isText) return escapeText(keepSpaces(node.text ?? ''))
  if (node.type.name === 'hardBreak') return '<br>'
  return node.type.name === 'image' ? image(node) : ''
}

/** What neighbours must share to share an element. */
const keyOf = (mark: Mark): string => `${mark.type.name} ${JSON.stringify(mark.attrs)}`

/** Neighbours that share a mark share its element. */
function inline(nodes: readonly Node[], depth = 0): string {
  const entry = MARKS[depth]
  if (!entry) return nodes.map(leaf).join('')
  if (nodes.every(({ marks }) => marks.length === 0)) return nodes.map(leaf).join('')
  const [type, wrap] = entry
  const groups: { mark: Mark | undefined; key: string; nodes: Node[] }[] = []
  for (const node of nodes) {
    const mark = node.marks.find((candidate) => candidate.type.name === type)
    const key = mark ? keyOf(mark) : ''
    const last = groups.at(-1)
    if (last && last.key === key) last.nodes.push(node)
    else groups.push({ mark, key, nodes: [node] })
  }
  return groups
    .map((group) => {
      const html = inline(group.nodes, depth + 1)
      return group.mark && html !== '' ? wrap(html, group.mark) : html
    })
    .join('')
}

function image({ attrs }: Node): string {
  const cid = textOf(attrs.cid)
  // An image that is still on its way has no content id yet; it is added by the save after its upload.
  if (cid === '') return ''
  const width = wholeOf(attrs.width, 1, 4000)
  const size = width === null ? '' : ` width="${width}"`
  return `<img src="cid:${escapeAttribute(cid)}" alt="${escapeAttribute(textOf(attrs.alt))}"${size}>`
}

/** The inside of a text block. A line end at its end needs one more to be seen, and so does an empty one. */
function textBlock(node: Node): string {
  const html = inline(node.content.content)
  const trimmed = html.replace(/^ /, '\u00a0').replace(/ $/, '\u00a0')
  const isOpen = node.childCount === 0 || html === '' || node.lastChild?.type.name === 'hardBreak'
  return isOpen ? `${trimmed}<br>` : trimmed
}

const alignOf = (node: Node) => {
  const align = alignmentOf(textOf(node.attrs.textAlign))
  return align === 'left' ? null : align
}

function element(tag: string, node: Node): string {
  return `<${tag}${styleOf({ 'text-align': alignOf(node) })}>${textBlock(node)}</${tag}>`
}

const blocks = (node: Node): string => node.content.content.map(block).join('')

/** A single paragraph is written without its element: clients differ in the space around one in a list. */
function listItem(node: Node): string {
  const { firstChild } = node
  if (firstChild?.type.name !== 'paragraph' || alignOf(firstChild) !== null) return `<li>${blocks(node)}</li>`
  const rest = node.content.content.slice(1)
  return `<li>${textBlock(firstChild)}${rest.map(block).join('')}</li>`
}

/** @param isFirst  in the first row, which tells the widths of the columns */
function cell(node: Node, isFirst: boolean): string {
  const tag = node.type.name === 'tableHeader' ? 'th' : 'td'
  const span = (name: string) => {
    const count = wholeOf(node.attrs[name], 2, 1000)
    return count === null ? '' : ` ${name}="${count}"`
  }
  const widths: unknown = node.attrs.colwidth
  const width = isFirst && Array.isArray(widths) && widths.length === 1 ? wholeOf(widths[0], 1, 4000) : null
  const { firstChild } = node
  const isPlain = node.childCount === 1 && firstChild?.type.name === 'paragraph'
  const align = isPlain ? alignOf(firstChild) : null
  const style = styleOf({
    'background-color': colourOf(textOf(node.attrs.backgroundColor)),
    'text-align': align,
  })
  const inside = isPlain ? textBlock(firstChild) : blocks(node)
  const size = width === null ? '' : ` width="${width}"`
  return `<${tag}${span('colspan')}${span('rowspan')}${size}${style}>${inside}</${tag}>`
}

const row = (node: Node, index: number): string =>
  `<tr>${node.content.content.map((each) => cell(each, index === 0)).join('')}</tr>`

function write(node: Node): string {
  switch (node.type.name) {
    case 'paragraph':
      return element('p', node)
    case 'heading':
      return element(`h${wholeOf(node.attrs.level, 1, 3) ?? 2}`, node)
    case 'blockquote':
      return `<blockquote>${blocks(node)}</blockquote>`
    case 'bulletList':
      return `<ul>${node.content.content.map(listItem).join('')}</ul>`
    case 'orderedList': {
      const start = wholeOf(node.attrs.start, 0, 1_000_000) ?? 1
      return `<ol${start === 1 ? '' : ` start="${start}"`}>${node.content.content.map(listItem).join('')}</ol>`
    }
    case 'codeBlock':
      return `<pre>${escapeText(node.textContent)}</pre>`
    case 'horizontalRule':
      return '<hr>'
    case 'table':
      return `<table><tbody>${node.content.content.map(row).join('')}</tbody></table>`
    default:
      return blocks(node)
  }
}

/** What a node became. Nodes never change, so that a keystroke costs one paragraph, however long the mail is. */
const written = new WeakMap<Node, string>()

function block(node: Node): string {
  const before = written.get(node)
  if (before !== undefined) return before
  const html = write(node)
  written.set(node, html)
  return html
}

const isBlank = (node: Node | undefined) => node?.type.name === 'paragraph' && node.childCount === 0

/**
 * The editor's document as plain mail HTML: elements that every client knows, of styles only colours, fonts, sizes and
 * alignment, no class, no script; images by `cid:`. An empty document gives the empty string.
 */
export function documentToMailHtml(doc: Node): string {
  const all = doc.content.content
  // The editor keeps an empty line after a list or quotation to write on; it is no part of the mail.
  const spare = all.length > 1 && isBlank(all.at(-1)) && all.at(-2)?.type.name !== 'paragraph'
  const kept = spare ? all.slice(0, -1) : all
  return kept.every(isBlank) ? '' : kept.map(block).join('')
}

/**
 * Mail HTML as the editor should read it: the line end that `documentToMailHtml` adds to the end of a
 * block is taken off again, so that opening and saving change nothing.
 */
export const mailHtmlToEditor = (html: string) =>
  html.replace(/<br\s*\/?>(?=<\/(?:p|h[1-6]|li|td|th)>|<(?:ul|ol|p|h[1-3]|table|blockquote|pre|hr)\b)/gi, '')

/** Content ids that the HTML shows; inline attachments that it no longer shows can be dropped. */
export function usedContentIds(html: string): Set<string> {
  const ids = new Set<string>()
  for (const match of html.matchAll(/<img\b[^>]*?\bsrc="cid:([^"]+)"/gi)) {
    ids.add(
      (match[1] ?? '')
        .replace(/&quot;/g, '"')
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&amp;/g, '&'),
    )
  }
  return ids
}
