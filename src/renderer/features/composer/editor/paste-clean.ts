import { colourOf, isTelling } from './mail-values.ts'
import { makeLists, nestLists } from './paste-lists.ts'
import { inlineSheet, tidyTables } from './paste-tables.ts'

/** What no text is: code, forms, drawings, and what office programs say to themselves. */
const FOREIGN =
  'script, style, link, meta, title, base, template, noscript, iframe, frame, object, embed, applet, svg, math, ' +
  'form > input, input, button, select, textarea, audio, video, canvas, map, xml'

/** Written again as what the editor has. */
const RENAMED: Record<string, string> = {
  H4: 'h3',
  H5: 'h3',
  H6: 'h3',
  CENTER: 'div',
  TT: 'code',
  KBD: 'code',
  SAMP: 'code',
}

const KEPT_ATTRIBUTES = new Set([
  'href', 'src', 'alt', 'width', 'height', 'colspan', 'rowspan', 'align', 'bgcolor', 'start', 'type', 'color', 'span', 'style',
]) // prettier-ignore

/**
 * Takes from a pasted document what made it look like the program or page that it came from: scripts, classes, office
 * markup, fonts and sizes, and of the colours those that are no more than that page's black, white and grey. What was
 * copied in an editor like this one keeps its look; it is written as any other text is, by the editor's own schema.
 */
export function cleanPasted(document: Document): void {
  const { body } = document
  const isOurs = body.querySelector('[data-pm-slice]') !== null
  const sheet = [...document.querySelectorAll('style')].map((style) => style.textContent ?? '').join('\n')
  removeComments(document)
  for (const element of document.querySelectorAll(FOREIGN)) element.remove()
  removeOffice(body)
  if (isOurs) return
  makeLists(body)
  inlineSheet(body, sheet)
  codeBlocks(body)
  tidyTables(body)
  for (const element of body.querySelectorAll<HTMLElement>('*')) tidy(element)
  nestLists(body)
  emptyLines(body)
}

function removeComments(document: Document): void {
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_COMMENT)
  const found: Node[] = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) found.push(node)
  for (const node of found) node.parentNode?.removeChild(node)
}

/** Elements with a prefix (o:p, w:sdt, v:shape): drawings go, of everything else the text stays. */
function removeOffice(body: HTMLElement): void {
  for (const element of [...body.querySelectorAll('*')]) {
    const prefix = /^([A-Z]+):/.exec(element.nodeName)?.[1]
    if (prefix === undefined) continue
    if (prefix === 'V') element.remove()
    else element.replaceWith(...element.childNodes)
  }
}

/** Lines of a program, as an editor of programs puts them on the clipboard. */
function codeBlocks(body: HTMLElement): void {
  const [block] = body.children
  if (body.children.length !== 1 || !(block instanceof HTMLElement)) return
  const isCode =
    block.nodeName === 'DIV' &&
    block.style.whiteSpace.startsWith('pre') &&
    /mono|consolas|menlo|courier/i.test(block.style.fontFamily)
  if (!isCode) return
  const pre = body.ownerDocument.createElement('pre')
  const lines = [...block.childNodes].filter(({ nodeType, nodeName }) => nodeType === 3 || nodeName !== 'BR')
  pre.textContent = lines.map(({ textContent }) => textContent ?? '').join('\n')
  block.replaceWith(pre)
}

function tidy(element: HTMLElement): void {
  const renamed = RENAMED[element.nodeName]
  if (renamed !== undefined) {
    const next = element.ownerDocument.createElement(renamed)
    next.append(...element.childNodes)
    for (const name of ['style', 'align']) {
      const value = element.getAttribute(name)
      if (value !== null) next.setAttribute(name, value)
    }
    if (element.nodeName === 'CENTER') next.setAttribute('align', 'center')
    element.replaceWith(next)
    tidy(next)
    return
  }
  const look = lookOf(element)
  for (const { name } of [...element.attributes]) {
    if (!KEPT_ATTRIBUTES.has(name)) element.removeAttribute(name)
  }
  element.removeAttribute('style')
  element.removeAttribute('color')
  if (element.nodeName !== 'TD' && element.nodeName !== 'TH' && element.nodeName !== 'IMG') {
    element.removeAttribute('width')
    element.removeAttribute('bgcolor')
  }
  for (const [name, value] of Object.entries(look)) element.style.setProperty(name, value)
  moveToText(element)
}

const CELLS = new Set(['TD', 'TH'])
const TEXT_BLOCKS = new Set(['P', 'DIV', 'LI', 'H1', 'H2', 'H3', 'TD', 'TH', 'BLOCKQUOTE'])

/** The styles that mean something: alignment, weight, slant, lines, and colours that are more than paper and ink. */
function lookOf(element: HTMLElement): Record<string, string> {
  const { style } = element
  const look: Record<string, string> = {}
  const keep = (name: string, pattern: RegExp) => {
    const value = style.getPropertyValue(name)
    if (pattern.test(value)) look[name] = value
  }
  keep('font-weight', /^(?:bold|bolder|normal|[1-9]00)$/)
  keep('font-style', /^(?:italic|normal)$/)
  keep('text-align', /^(?:center|right|justify)$/)
  const line = style.textDecorationLine || style.textDecoration
  if (/underline|line-through/.test(line) && element.nodeName !== 'A') look['text-decoration'] = line
  if (element.nodeName === 'A') return look
  const isCell = CELLS.has(element.nodeName)
  const background = colourOf(style.backgroundColor)
  if (background !== null && background !== '#ffffff' && (isCell || isTelling(background)))
    look['background-color'] = background
  const colour = colourOf(style.color || element.getAttribute('color'))
  // White on blue: the head of a table, which would else be black on blue. What is around was tidied before.
  const isOnColour =
    look['background-color'] !== undefined ||
    element.parentElement?.closest('[style*="background-color"]') != null
  const isTold = colour !== null && (isTelling(colour) || (isOnColour && colour !== '#000000'))
  if (isTold && element.closest('a') === null) look.color = colour
  return look
}

/** The editor knows colours and weights of text, not of blocks: they go to the text of the block. */
function moveToText(element: HTMLElement): void {
  if (!TEXT_BLOCKS.has(element.nodeName)) return
  const isCell = CELLS.has(element.nodeName)
  const moved = [
    'color',
    'font-weight',
    'font-style',
    'text-decoration',
    ...(isCell ? [] : ['background-color']),
  ].flatMap((name) => {
    const value = element.style.getPropertyValue(name)
    element.style.removeProperty(name)
    return value === '' || value === 'normal' || value === '400' ? [] : [[name, value] as const]
  })
  if (element.getAttribute('style') === '') element.removeAttribute('style')
  if (moved.length === 0) return
  for (const node of textsOf(element)) {
    const span = element.ownerDocument.createElement('span')
    for (const [name, value] of moved) span.style.setProperty(name, value)
    node.replaceWith(span)
    span.append(node)
  }
}

/** The texts that lie in a block itself, not in a block within it. */
function textsOf(block: HTMLElement): Text[] {
  const walker = block.ownerDocument.createTreeWalker(block, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement?.closest('table, pre') !== block.closest('table, pre')) continue
    if ((node.nodeValue ?? '').trim() !== '') texts.push(node as Text)
  }
  return texts
}

/** An empty line is written by each program in its own way; here it is an empty paragraph. */
function emptyLines(body: HTMLElement): void {
  for (const block of body.querySelectorAll('p, div, td, th, li')) {
    const isEmpty = (block.textContent ?? '').replace(/[\s\u00a0]/g, '') === ''
    if (!isEmpty || block.querySelector('img, table, hr, p, div, ul, ol') !== null) continue
    if (block.nodeName === 'DIV') block.replaceWith(body.ownerDocument.createElement('p'))
    else block.replaceChildren()
  }
}
