import { decodeEntities } from './entities.ts'
import { limits } from './limits.ts'

export type HtmlReading = {
  /** What a person would read, blocks on lines of their own, quotations marked with "> ". */
  text: string
  /** Content ids that the HTML refers to (RFC 2392), decoded. */
  contentIds: Set<string>
  /** True when showing it as sent would load something from elsewhere. */
  remote: boolean
  /** True when it nests deeper than the reader should be given (fault 57). */
  tooDeep: boolean
}

/** Elements whose content is no text (HTML section 13.1.2, raw text and the like). */
const rawText = new Set([
  'script',
  'style',
  'title',
  'textarea',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'template',
  'select',
])
const paragraphs = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'blockquote',
  'ul',
  'ol',
  'dl',
  'table',
  'pre',
  'figure',
])
const blocks = new Set([
  ...[
    'div',
    'tr',
    'li',
    'dt',
    'dd',
    'section',
    'article',
    'header',
    'footer',
    'main',
    'aside',
    'nav',
    'address',
  ],
  ...[
    'form',
    'fieldset',
    'center',
    'body',
    'caption',
    'thead',
    'tbody',
    'tfoot',
    'figcaption',
    'hr',
    'title',
    'option',
  ],
])
/** Elements that are closed by hand, so that counting them measures nesting. */
const nesting = new Set([
  ...[
    'div',
    'span',
    'table',
    'b',
    'i',
    'u',
    'em',
    'strong',
    'font',
    'a',
    'blockquote',
    'center',
    'ul',
    'ol',
    'section',
  ],
  ...[
    'article',
    'form',
    'fieldset',
    'small',
    'big',
    'sub',
    'sup',
    'svg',
    'g',
    'math',
    'details',
    'object',
    'dl',
    'code',
  ],
])
/** Attributes that load by themselves. `href` counts on elements other than links to click. */
const loading =
  /(?:^|[\s"'/])(src|srcset|imagesrcset|background|poster|data|lowsrc|dynsrc|href|xlink:href|code|codebase|archive|classid|manifest|profile|longdesc|icon)\s*=\s*("[^"]*|'[^']*|[^\s"'>]*)/gi
const clicked = new Set(['a', 'area', 'base'])

/**
 * Reads HTML in one pass for its text, its references and its depth. Not a renderer and not a sanitiser: what it
 * says about remote content informs, the reader's policy is what blocks. Linear in the length.
 */
export function readHtml(html: string): HtmlReading {
  const source = html.length > limits.htmlScan ? html.slice(0, limits.htmlScan) : html
  const out = new TextWriter()
  const contentIds = new Set<string>()
  let remote = false
  let depth = 0
  let deepest = 0
  let position = 0

  while (position < source.length) {
    const open = source.indexOf('<', position)
    if (open === -1) {
      out.text(source.slice(position))
      break
    }
    if (open > position) out.text(source.slice(position, open))
    const next = source.charCodeAt(open + 1)
    if (next === 33 || next === 63) {
      position = declarationEnd(source, open)
      continue
    }
    const closing = next === 47
    const nameStart = open + (closing ? 2 : 1)
    const letter = source.charCodeAt(nameStart) | 32
    if (!(letter >= 97 && letter <= 122)) {
      out.text('<')
      position = open + 1
      continue
    }
    let nameEnd = nameStart + 1
    while (nameEnd < source.length && isNameChar(source.charCodeAt(nameEnd))) nameEnd++
    const name = source.slice(nameStart, nameEnd).toLowerCase()

    // The end of the tag: a bracket outside quoted values.
    let end = nameEnd
    let value = false
    let simple = true
    for (; end < source.length; end++) {
      const code = source.charCodeAt(end)
      if (code === 62) break
      if (code === 61) {
        value = true
        simple = false
      } else if (value && (code === 34 || code === 39)) {
        // Without a partner the mark is a plain character; that search ends the text, so it happens once.
        const partner = source.indexOf(code === 34 ? '"' : "'", end + 1)
        if (partner !== -1) end = partner
        value = false
      } else if (code !== 32 && code !== 9 && code !== 10 && code !== 13) value = false
    }
    const attributes = simple || closing ? '' : source.slice(nameEnd, end)
    position = end + 1

    if (closing) {
      if (nesting.has(name)) depth--
      out.close(name)
      continue
    }
    if (nesting.has(name) && ++depth > deepest) deepest = depth
    if (attributes !== '') {
      remote ||= loadsRemote(name, attributes)
      if (attributes.includes('cid:') || attributes.includes('CID:'))
        collectContentIds(attributes, contentIds)
    }
    out.open(name, attributes)
    if (rawText.has(name)) {
      const close = closeTag(source, name, position)
      if (name === 'style') {
        const css = source.slice(position, close)
        remote ||= cssLoadsRemote(css)
        if (css.includes('cid:')) collectContentIds(css, contentIds)
      }
      position = close
    }
  }
  return { text: out.finish(), contentIds, remote, tooDeep: deepest > limits.htmlDepth }
}

function isNameChar(code: number): boolean {
  return !(
    code === 62 ||
    code === 47 ||
    code === 32 ||
    code === 9 ||
    code === 10 ||
    code === 13 ||
    code === 12
  )
}

/** Comments end at `-->`, declarations at `>`; without an end the rest is one (HTML section 13.2.5). */
function declarationEnd(source: string, open: number): number {
  if (source.startsWith('<!--', open)) {
    if (source[open + 4] === '>') return open + 5
    const end = source.indexOf('-->', open + 4)
    return end === -1 ? source.length : end + 3
  }
  const end = source.indexOf('>', open)
  return end === -1 ? source.length : end + 1
}

function closeTag(source: string, name: string, from: number): number {
  const pattern = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
  pattern.lastIndex = from
  const match = pattern.exec(source)
  return match === null ? source.length : match.index
}

function loadsRemote(name: string, attributes: string): boolean {
  if (!attributes.includes('/') && !attributes.includes('&') && !attributes.includes('\\')) return false
  loading.lastIndex = 0
  for (let match = loading.exec(attributes); match !== null; match = loading.exec(attributes)) {
    const attribute = match[1]!.toLowerCase()
    if (attribute === 'href' && clicked.has(name)) continue
    const value = decodeEntities(match[2]!.replace(/^["']/, ''))
    if (isRemote(value) || (attribute.endsWith('srcset') && /(?:^|[\s,])(?:https?:)?\/\//i.test(value)))
      return true
  }
  return /style\s*=/i.test(attributes) && cssLoadsRemote(decodeEntities(attributes))
}

function isRemote(value: string): boolean {
  // Browsers drop blanks and controls in front of a URL, and read backslashes as slashes.

  return /^[\x00-\x20]*(?:(?:https?|ftp):|[/\\]{2})/i.test(value)
}

function cssLoadsRemote(css: string): boolean {
  // An escape in CSS can spell anything; a style that uses one near a URL counts as remote.
  return (
    /(?:url\(|image-set\(|image\(|@import)[\s"']*(?:(?:https?|ftp):|\/\/|\\)/i.test(css) ||
    /@import[\s"']*[^"'\s]{0,200}\/\//i.test(css)
  )
}

function collectContentIds(text: string, into: Set<string>): void {
  for (const match of text.matchAll(/\bcid:([^"'\s<>)]{1,1000})/gi)) {
    if (into.size > 2_000) return
    const id = decodeEntities(match[1]!)
    into.add(id)
    try {
      into.add(decodeURIComponent(id))
    } catch {
      // A stray percent sign: the id as it stands is what counts.
    }
  }
}

/** Collects text as lines. */
class TextWriter {
  private out = ''
  /** Line breaks owed before the next text. */
  private breaks = 0
  private blank = false
  private pre = 0
  private quotes = 0
  private cells = false
  /** Depth of quotation of what was written last. */
  private written = 0

  text(raw: string): void {
    if (this.out.length > limits.text) return
    let value = decodeEntities(raw).replace(/[\u200b\u2060\ufeff\u034f\u00ad]/g, '')
    if (this.pre > 0) {
      for (const [index, line] of value.split(/\r\n|\r|\n/).entries()) {
        if (index > 0) this.lineBreak()
        if (line !== '') this.put(line)
      }
      return
    }
    value = value.replace(/[ \t\r\n\f\u00a0]+/g, ' ')
    if (value === '' || value === ' ') {
      this.blank ||= value === ' '
      return
    }
    if (value.startsWith(' ')) {
      this.blank = true
      value = value.slice(1)
    }
    const trailing = value.endsWith(' ')
    this.put(trailing ? value.slice(0, -1) : value)
    this.blank = trailing
  }

  open(name: string, attributes: string): void {
    if (name === 'br') this.lineBreak()
    else if (name === 'blockquote') {
      this.atLeast(2)
      this.quotes = Math.min(this.quotes + 1, 50)
    } else if (paragraphs.has(name)) {
      this.atLeast(name === 'table' ? 1 : 2)
      if (name === 'pre') this.pre++
    } else if (name === 'li') {
      this.atLeast(1)
      this.put('- ')
    } else if (blocks.has(name)) {
      this.atLeast(1)
      if (name === 'hr') {
        this.put('________________________________')
        this.atLeast(1)
      }
      this.cells = false
    } else if (name === 'td' || name === 'th') {
      if (this.cells) this.blank = true
      this.cells = true
    } else if (name === 'img') {
      const alt = /(?:^|\s)alt\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes)
      const text = alt?.[1] ?? alt?.[2] ?? ''
      if (text !== '' && text.length < 200) this.text(text)
    }
  }

  close(name: string): void {
    if (name === 'blockquote') {
      this.atLeast(2)
      this.quotes = Math.max(this.quotes - 1, 0)
    } else if (paragraphs.has(name)) {
      this.atLeast(name === 'table' ? 1 : 2)
      if (name === 'pre') this.pre = Math.max(this.pre - 1, 0)
    } else if (blocks.has(name)) this.atLeast(1)
  }

  finish(): string {
    return this.out.trim()
  }

  private lineBreak(): void {
    this.breaks++
    this.blank = false
  }

  private atLeast(breaks: number): void {
    if (this.breaks < breaks) this.breaks = breaks
    this.blank = false
  }

  private put(value: string): void {
    if (this.out === '') this.out = mark(this.quotes)
    else if (this.breaks > 0) {
      // Blank lines at the edge of a quotation stand outside it.
      const blankLine = `\n${mark(Math.min(this.quotes, this.written)).trimEnd()}`
      const blanks = Math.min(this.breaks, this.pre > 0 ? this.breaks : 3) - 1
      this.out += `${blankLine.repeat(blanks)}\n${mark(this.quotes)}`
    } else if (this.blank) this.out += ' '
    this.written = this.quotes
    this.breaks = 0
    this.blank = false
    this.out += value
  }
}

function mark(quotes: number): string {
  return quotes > 0 ? `${'>'.repeat(quotes)} ` : ''
}
