import type { JSONContent } from '@tiptap/core'

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

const attribute = (node: { attrs?: Record<string, unknown> }, name: string): string => {
  const value = node.attrs?.[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

type Mark = NonNullable<JSONContent['marks']>[number]

/** From the outside in: a link stays one element whatever is bold within it. */
const MARKS: readonly [type: string, wrap: (html: string, mark: Mark) => string][] = [
  [
    'link',
    (html, mark) => {
      const href = safeHref(attribute(mark, 'href'))
      return href === null ? html : `<a href="${escapeAttribute(href)}">${html}</a>`
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

function leaf(node: JSONContent): string {
  if (node.type === 'text') return escapeText(keepSpaces(node.text ?? ''))
  if (node.type === 'hardBreak') return '<br>'
  return node.type === 'image' ? image(node) : ''
}

/** Neighbours that share a mark share its element. */
function inline(nodes: readonly JSONContent[], depth = 0): string {
  const entry = MARKS[depth]
  if (!entry) return nodes.map(leaf).join('')
  const [type, wrap] = entry
  const groups: { mark: Mark | undefined; key: string; nodes: JSONContent[] }[] = []
  for (const node of nodes) {
    const mark = node.marks?.find((candidate) => candidate.type === type)
    const key = mark ? `${type} ${attribute(mark, 'href')}` : ''
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

function image(node: JSONContent): string {
  const cid = attribute(node, 'cid')
  // An image that is still on its way has no content id yet; it is added by the save after its upload.
  if (cid === '') return ''
  const width = Number(attribute(node, 'width'))
  const size = Number.isInteger(width) && width > 0 ? ` width="${width}"` : ''
  return `<img src="cid:${escapeAttribute(cid)}" alt="${escapeAttribute(attribute(node, 'alt'))}"${size}>`
}

/** The inside of a text block. A line end at its end needs one more to be seen, and so does an empty one. */
function textBlock(node: JSONContent): string {
  const nodes = node.content ?? []
  const html = inline(nodes)
  const trimmed = html.replace(/^ /, '\u00a0').replace(/ $/, '\u00a0')
  return nodes.length === 0 || html === '' || nodes.at(-1)?.type === 'hardBreak' ? `${trimmed}<br>` : trimmed
}

function listItem(node: JSONContent): string {
  const [first, ...rest] = node.content ?? []
  // A single paragraph is written without its element: clients differ in the space around one in a list.
  const head = first?.type === 'paragraph' ? textBlock(first) : first ? block(first) : ''
  return `<li>${head}${rest.map(block).join('')}</li>`
}

function block(node: JSONContent): string {
  const children = () => (node.content ?? []).map(block).join('')
  switch (node.type) {
    case 'paragraph':
      return `<p>${textBlock(node)}</p>`
    case 'heading': {
      const level = Math.min(3, Math.max(1, Number(attribute(node, 'level')) || 2))
      return `<h${level}>${textBlock(node)}</h${level}>`
    }
    case 'blockquote':
      return `<blockquote>${children()}</blockquote>`
    case 'bulletList':
      return `<ul>${(node.content ?? []).map(listItem).join('')}</ul>`
    case 'orderedList': {
      const start = Number(attribute(node, 'start')) || 1
      return `<ol${start === 1 ? '' : ` start="${start}"`}>${(node.content ?? []).map(listItem).join('')}</ol>`
    }
    case 'codeBlock':
      return `<pre>${escapeText((node.content ?? []).map((child) => child.text ?? '').join(''))}</pre>`
    case 'horizontalRule':
      return '<hr>'
    case 'image':
      return `<p>${image(node)}</p>`
    default:
      return children()
  }
}

/**
 * The editor's document as plain mail HTML: elements that every client knows, no class, no style, no
 * script; images by `cid:`. An empty document gives the empty string.
 */
export function documentToMailHtml(doc: JSONContent): string {
  const all = doc.content ?? []
  const isBlank = (node: JSONContent | undefined) =>
    node?.type === 'paragraph' && (node.content ?? []).length === 0
  // The editor keeps an empty line after a list or quotation to write on; it is no part of the mail.
  const spare = all.length > 1 && isBlank(all.at(-1)) && all.at(-2)?.type !== 'paragraph'
  const blocks = spare ? all.slice(0, -1) : all
  const isEmpty = blocks.every(isBlank)
  return isEmpty ? '' : blocks.map(block).join('')
}

/**
 * Mail HTML as the editor should read it: the line end that `documentToMailHtml` adds to the end of a
 * block is taken off again, so that opening and saving change nothing.
 */
export const mailHtmlToEditor = (html: string) =>
  html.replace(/<br\s*\/?>(?=<\/(?:p|h[1-6]|li)>|<(?:ul|ol)>)/gi, '')

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
