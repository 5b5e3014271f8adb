import { isAttribution, isForwardMarker, isHeaderBlock, isOriginalMarker } from './quote-words.ts'

/** What the well-known mail programs put around a quotation. */
const MARKED =
  'blockquote[type="cite"], .gmail_quote, .gmail_quote_container, .yahoo_quoted, .protonmail_quote, .tutanota_quote, ' +
  '.zmail_extra, .moz-cite-prefix + blockquote, #isReplyContent, #OLK_SRC_BODY_SECTION'
/** Outlook marks only where the quotation begins: it goes on to the end. */
const MARKED_START =
  '#divRplyFwdMsg, #appendonsend, .OutlookMessageHeader, #mail-editor-reference-message-container, hr#stopSpelling'
const BLOCK =
  /^(?:ADDRESS|ARTICLE|BLOCKQUOTE|BODY|CENTER|DD|DIV|DL|DT|FOOTER|H[1-6]|HEADER|HR|LI|MAIN|NAV|OL|P|PRE|SECTION|TABLE|TBODY|TD|TFOOT|TH|THEAD|TR|UL)$/
const TABLE_PART = /^(?:TABLE|THEAD|TBODY|TFOOT|TR|COLGROUP)$/

const MAX_QUOTES = 50
const MAX_PROBES = 400

/** A quotation: the elements that fold together, in order. The first can have a button before it. */
export type Quote = { parts: HTMLElement[] }

/**
 * Finds the quotations in a cleaned mail and wraps each, so that the caller can fold them (D9). Nothing is
 * removed. A mail that is nothing but a quotation, and a forwarded message, are left as they are.
 * @param root the element that holds the mail, already in its document.
 */
export const wrapQuotes = (root: HTMLElement): Quote[] => {
  const runs: Node[][][] = []
  const taken = new Set<Node>()
  const isTaken = (node: Node): boolean => {
    for (let at: Node | null = node; at && at !== root; at = at.parentNode) if (taken.has(at)) return true
    return false
  }
  const take = (nodes: Node[][]) => {
    for (const list of nodes) for (const node of list) taken.add(node)
    runs.push(nodes)
  }

  for (const element of root.querySelectorAll(MARKED)) {
    if (runs.length >= MAX_QUOTES) break
    if (isTaken(element) || forwarded(element, root)) continue
    take([[...attributionBefore(element, root), element]])
  }
  for (const element of root.querySelectorAll('blockquote')) {
    if (runs.length >= MAX_QUOTES) break
    if (isTaken(element)) continue
    const attribution = attributionBefore(element, root)
    if (attribution.length > 0) take([[...attribution, element]])
  }
  const start = root.querySelector(MARKED_START) ?? headerBlockStart(root)
  if (start && !isTaken(start) && !forwarded(start, root)) take(toTheEnd(start, root))

  const quotes: Quote[] = []
  for (const lists of runs) {
    const [first] = lists
    const last = lists.at(-1)
    if (!first?.[0] || !last) continue
    const lastNode = last.at(-1)
    if (!lastNode) continue
    const before = seenBetween(root, null, first[0])
    const after = seenBetween(root, lastNode, null)
    if (!before && !after) continue
    const length = lists.flat().reduce((sum, node) => sum + (node.textContent?.length ?? 0), 0)
    if (after && length < 800) continue
    quotes.push({ parts: lists.flatMap(foldable) })
  }
  return quotes
}

const foldable = (nodes: Node[]): HTMLElement[] => {
  const [first] = nodes
  // Rows and cells cannot be wrapped without leaving their table.
  if (first?.parentNode && TABLE_PART.test(first.parentNode.nodeName)) {
    return nodes.filter((node): node is HTMLElement => node.nodeType === Node.ELEMENT_NODE)
  }
  const wrapper = (first?.ownerDocument ?? document).createElement('div')
  first?.parentNode?.insertBefore(wrapper, first)
  wrapper.append(...nodes)
  return [wrapper]
}

/** Whether anything can be seen between two nodes of `root` (text, pictures, rules). */
const seenBetween = (root: HTMLElement, after: Node | null, before: Node | null): boolean => {
  const range = root.ownerDocument.createRange()
  range.selectNodeContents(root)
  if (after) range.setStartAfter(after)
  if (before) range.setEndBefore(before)
  if (range.toString().replace(/[\s\u200b-\u200f\u2060\ufeff]+/g, '') !== '') return true
  return [...root.querySelectorAll('img[src]')].some((picture) => range.intersectsNode(picture))
}

/** Whether the element begins with the words over a forwarded message, or stands right below them. */
const forwarded = (element: Element, root: HTMLElement): boolean => {
  if (isForwardMarker((element.textContent ?? '').slice(0, 400).trimStart().slice(0, 120))) return true
  return isForwardMarker(textBefore(element, root, 120))
}

/** The last `length` characters that stand before `node`. */
const textBefore = (node: Node, root: HTMLElement, length: number): string => {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  walker.currentNode = node
  let text = ''
  for (let steps = 0; steps < 40 && text.length < length; steps += 1) {
    const previous = walker.previousNode()
    if (!previous) break
    text = (previous.textContent ?? '') + text
  }
  return text.slice(-length)
}

/** The nodes of "On …, Ada wrote:" right before a quotation, in order; empty when there is none. */
const attributionBefore = (element: Element, root: HTMLElement): Node[] => {
  const found: Node[] = []
  let text = ''
  let node: Node | null = element.previousSibling
  while (node && found.length < 12) {
    found.unshift(node)
    text = `${node.textContent ?? ''} ${text}`
    if (text.length > 1_000) return []
    if (isAttribution(text)) return found
    // One line: a block with text ends it, a line break with text after it as well.
    if (text.trim() !== '' && (BLOCK.test(node.nodeName) || node.nodeName === 'BR')) return []
    node = node.previousSibling
  }
  if (text.trim() === '' && element.parentElement && element.parentElement !== root) {
    const before = element.parentElement.previousElementSibling
    // The attribution beside a box that holds only the quotation stays visible; folding it needs one parent.
    if (before && isAttribution(before.textContent?.slice(-400) ?? '')) return [...found]
  }
  return []
}

/** The block where an Outlook header ("From: … Sent: … Subject: …") or "Original Message" begins. */
const headerBlockStart = (root: HTMLElement): Element | null => {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  let probes = 0
  for (let node = walker.nextNode(); node && probes < MAX_PROBES; node = walker.nextNode()) {
    const text = (node.textContent ?? '').trim()
    if (text === '') continue
    if (isOriginalMarker(text)) return node.parentElement
    if (!/^[*>\s]*[\p{L} ]{2,16}\s?[:：]/u.test(text)) continue
    probes += 1
    if (isHeaderBlock(linesFrom(node, root))) return blockOf(node, root)
  }
  return null
}

/** Up to 2,500 characters from a text node on, with a line break where one is seen. */
const linesFrom = (start: Node, root: HTMLElement): string => {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
  walker.currentNode = start
  let text = start.textContent ?? ''
  for (let steps = 0; steps < 200 && text.length < 2_500; steps += 1) {
    const node = walker.nextNode()
    if (!node) break
    if (node.nodeType === Node.TEXT_NODE) text += (node.textContent ?? '').replace(/\s+/g, ' ')
    else if (node.nodeName === 'BR' || BLOCK.test(node.nodeName)) text += '\n'
  }
  return text.trimStart()
}

const blockOf = (node: Node, root: HTMLElement): Element | null => {
  let at = node.parentElement
  while (at && at !== root && !BLOCK.test(at.nodeName)) at = at.parentElement
  // The header may begin in the middle of a box that also holds the reply: then fold from its line on.
  if (at === root || (at && !startsWith(at, node)))
    return node.parentElement === at ? null : childOf(at, node)
  return at
}

const childOf = (box: Element | null, node: Node): Element | null => {
  let at: Node | null = node
  while (at && at.parentNode !== box) at = at.parentNode
  return at instanceof Node && at.nodeType === Node.ELEMENT_NODE ? (at as Element) : null
}

const startsWith = (box: Element, node: Node): boolean => {
  const range = box.ownerDocument.createRange()
  range.selectNodeContents(box)
  range.setEndBefore(node)
  return range.toString().trim() === ''
}

/** Everything from `start` to the end of the mail, as runs of siblings. */
const toTheEnd = (start: Element, root: HTMLElement): Node[][] => {
  let from: Element = start
  // Boxes that hold nothing before it begin with the quotation too. The first run takes the button, which
  // cannot stand between rows and cells.
  for (let at = start; at.parentElement && at.parentElement !== root && startsWith(at.parentElement, at);) {
    at = at.parentElement
    if (at.parentElement && !TABLE_PART.test(at.parentElement.nodeName)) from = at
  }
  const lists: Node[][] = []
  let first: Node | null = from
  let box: Node | null = from.parentNode
  while (box) {
    const list: Node[] = []
    for (let node: Node | null = first; node; node = node.nextSibling) list.push(node)
    if (list.length > 0) lists.push(list)
    if (box === root) break
    first = box.nextSibling
    box = box.parentNode
  }
  return lists
}
