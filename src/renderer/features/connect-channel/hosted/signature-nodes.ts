import { createTextVNode, h, type VNode } from 'vue'
import { isPicture, safeHref } from './signature-html.ts'

/** What a signature may show; everything else is shown as the text that it holds. */
const TAGS = new Set(
  'p div span br b strong i em u s del a ul ol li blockquote h1 h2 h3 h4 hr img table tbody thead tr td th small sub sup font code pre'.split(
    ' ',
  ),
)
/** Elements whose text is no text. */
const SILENT = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'object',
  'svg',
  'math',
  'head',
  'title',
])
const STYLES = [
  'color',
  'background-color',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-align',
  'text-decoration',
  'line-height',
  'margin',
  'padding',
  'padding-left',
  'border-left',
  'width',
  'max-width',
] as const
/** Deeper than any signature; what lies below is left out. */
const DEPTH = 40

/**
 * Hostile HTML (fault 68) as elements that are made one by one from a list: nothing of the text itself ever becomes
 * markup, no attribute is carried over, nothing is fetched. Links are shown with their target, and do not lead anywhere.
 */
export function signatureNodes(html: string): VNode[] {
  const body = new DOMParser().parseFromString(html, 'text/html').body
  return children(body, 0)
}

const children = (node: Node, depth: number): VNode[] =>
  depth > DEPTH ? [] : [...node.childNodes].flatMap((child) => draw(child, depth + 1))

function draw(node: Node, depth: number): VNode[] {
  if (node.nodeType === Node.TEXT_NODE) return [createTextVNode(node.textContent ?? '')]
  if (!(node instanceof HTMLElement)) return []
  const tag = node.localName
  if (SILENT.has(tag)) return []
  if (!TAGS.has(tag)) return children(node, depth)
  const style = styleOf(node)
  if (tag === 'br' || tag === 'hr') return [h(tag)]
  if (tag === 'img') return picture(node, style)
  if (tag === 'a') {
    const href = safeHref(node.getAttribute('href') ?? '')
    return [
      h(
        'span',
        { class: href ? 'text-accent underline' : '', style, title: href ?? undefined },
        children(node, depth),
      ),
    ]
  }
  return [h(tag, { style }, children(node, depth))]
}

function picture(node: HTMLElement, style: Record<string, string>): VNode[] {
  const source = node.getAttribute('src') ?? ''
  if (!isPicture(source)) return []
  const width = Number(node.getAttribute('width'))
  return [
    h('img', {
      src: source,
      alt: node.getAttribute('alt') ?? '',
      width: Number.isInteger(width) && width > 0 ? Math.min(width, 600) : undefined,
      style: { ...style, display: 'inline-block', maxWidth: '100%' },
    }),
  ]
}

function styleOf(node: HTMLElement): Record<string, string> {
  const found: Record<string, string> = {}
  for (const property of STYLES) {
    const value = node.style.getPropertyValue(property)
    if (value !== '' && !/url|expression|[\\@<>]/i.test(value)) found[property] = value
  }
  return found
}
