import createDOMPurify from 'dompurify'
import { overBudget } from './budget.ts'
import type { OverBudget } from './budget.ts'
import { cleanStyleAttribute, cleanStyleSheet } from './css.ts'
import type { PictureRule } from './css.ts'

/** A file of the message that its HTML may show (RFC 2392). */
export type InlineFile = {
  contentId: string | null
  url: string
  state: 'stored' | 'missing' | 'too_large' | 'held_back'
}

export type CleanMail = {
  /** The content, not part of any shown document yet. Links carry no `href`: see `links`. */
  content: DocumentFragment
  /** What the mail's own style sheets may still say. */
  css: string
  /** Attributes of the mail's <body> that matter for its looks. */
  bodyStyle: string
  bodyClass: string
  dir: string
  /** Where each link led, as the sender wrote it (hostile). */
  links: Map<Element, string>
  /** Things that would have been loaded from elsewhere, and were not. */
  blocked: number
  /** True when the mail brings colours of its own, so that it needs the light page it was made for. */
  colours: boolean
}

const TAGS = (
  'a abbr acronym address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd del ' +
  'details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 head header hr html i img ins kbd li ' +
  'main mark nav nobr ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td ' +
  'tfoot th thead time tr tt u ul var wbr'
).split(' ')

const ATTRIBUTES = (
  'abbr align alt background bgcolor border cellpadding cellspacing class clear color cols colspan compact dir face ' +
  'headers height hspace href id lang noshade nowrap open reversed rowspan rules scope size span src start style ' +
  'title type valign vspace width'
).split(' ')

/** Pictures that a decoder reads; SVG is a document and stays out. */
const DATA_PICTURE = /^data:image\/(?:png|jpe?g|pjpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon)[;,]/i

/**
 * What an attribute may begin with: https, picture data, the application's own scheme (files of the message),
 * or something that is no address at all. Addresses have been through the picture rule before.
 */
const ADDRESSES = new RegExp(
  `^(?:https:|data:image/|${location.protocol}|[^a-z]|[a-z+.\\-]+(?:[^a-z+.\\-:]|$))`,
  'i',
)

type Run = {
  picture: PictureRule
  links: Map<Element, string>
  anchors: boolean
  blocked: number
  colours: boolean
  sheets: string[]
}

let run: Run | null = null
let purifier: ReturnType<typeof createDOMPurify> | null = null

/**
 * Makes the HTML of a mail (hostile) fit to be shown inside the reader's frame. This is the first of three
 * walls; the others are the frame's sandbox and its content policy (see frame.ts).
 *
 * @param files the message's own files, for `cid:` pictures.
 * @param remote whether pictures may be loaded from elsewhere: then over https only, and pictures only.
 * @returns the cleaned content, or which limit the HTML broke (fault 57): show the text instead.
 */
export const sanitize = (
  html: string,
  files: readonly InlineFile[],
  remote: boolean,
): CleanMail | OverBudget => {
  const over = overBudget(html)
  if (over) return over
  const byId = new Map(
    files
      .filter((file) => file.contentId && file.state === 'stored')
      .map((file) => [file.contentId?.toLowerCase(), file.url]),
  )
  const current: Run = {
    links: new Map(),
    anchors: false,
    blocked: 0,
    colours: false,
    sheets: [],
    picture: (url) => {
      // A parser of addresses leaves out white space and control characters, so a check must too (URL 4.4).
      const address = url.replace(/[\u0000-\u0020\u007f]+/g, '')
      if (/^cid:/i.test(address)) {
        const id = safeDecode(address.slice(4)).toLowerCase()
        const file = byId.get(id) ?? byId.get(`<${id}>`)
        return file ? new URL(file, document.baseURI).href : null
      }
      if (DATA_PICTURE.test(address)) return address
      if (/^(?:https?:)?\/\//i.test(address)) {
        if (!remote) {
          current.blocked += 1
          return null
        }
        try {
          const target = new URL(address.replace(/^(?:https?:)?\/\//i, 'https://'))
          return target.username === '' && !isAtHome(target.hostname) ? target.href : null
        } catch {
          return null
        }
      }
      return null
    },
  }
  run = current
  try {
    purifier ??= build()
    const root = purifier.sanitize(html, {
      ALLOWED_TAGS: TAGS,
      ALLOWED_ATTR: ATTRIBUTES,
      ALLOW_ARIA_ATTR: false,
      ALLOW_DATA_ATTR: false,
      ALLOWED_URI_REGEXP: ADDRESSES,
      WHOLE_DOCUMENT: true,
      RETURN_DOM: true,
      SANITIZE_DOM: true,
      KEEP_CONTENT: true,
    }) as HTMLElement
    return collect(root, current)
  } finally {
    run = null
  }
}

const collect = (root: HTMLElement, current: Run): CleanMail => {
  const body = root.querySelector('body')
  const content = root.ownerDocument.createDocumentFragment()
  if (body) content.append(...body.childNodes)
  const sheets = cleanStyleSheet(current.sheets.join('\n'), current.picture)
  const bodyColour = body?.getAttribute('bgcolor')
  const background = bodyColour
    ? cleanStyleAttribute(`background-color: ${cssColour(bodyColour)}`, () => null).css
    : ''
  // Nothing that the mail left out may stay reachable: only what is still in the content has a target.
  for (const element of current.links.keys()) if (!content.contains(element)) current.links.delete(element)
  return {
    content,
    css: sheets.css,
    bodyStyle: [background, body?.getAttribute('style') ?? ''].filter(Boolean).join('; '),
    bodyClass: body?.getAttribute('class') ?? '',
    dir: body?.getAttribute('dir') ?? root.getAttribute('dir') ?? '',
    links: current.links,
    blocked: current.blocked,
    colours: current.colours || sheets.colours,
  }
}

/** `bgcolor` knows colours without their #. */
const cssColour = (value: string) =>
  /^[\da-f]{6}$/i.test(value) ? `#${value}` : value.replace(/[^\w#]/g, '')

const build = () => {
  const purify = createDOMPurify(window)
  purify.addHook('uponSanitizeElement', (node, data) => {
    if (!run) return
    if (data.tagName === 'style') run.sheets.push(node.textContent ?? '')
    else if (data.tagName === 'font' && (node as Element).hasAttribute('color')) run.colours = true
    // Elements that would have fetched something of their own, so that the reader can say so.
    else if (/^(?:link|video|audio|source|picture|iframe|embed|object|input)$/.test(data.tagName)) {
      const element = node as Element
      const address =
        element.getAttribute('src') ??
        element.getAttribute('srcset') ??
        element.getAttribute('data') ??
        element.getAttribute('href')
      if (address && /^\s*(?:https?:)?\/\//i.test(address)) run.blocked += 1
    }
  })
  purify.addHook('uponSanitizeAttribute', (node, data) => {
    if (!run) return
    const { attrName: name, attrValue: value } = data
    if (name === 'href') {
      // The target leaves the document altogether: an address in the DOM can be looked up ahead of a click.
      if (node.nodeName === 'A') run.links.set(node, value)
      data.keepAttr = false
    } else if (name === 'src') {
      const picture = node.nodeName === 'IMG' ? run.picture(value) : null
      if (picture) {
        // Not forced: a forced attribute keeps the value that the sender wrote.
        data.attrValue = picture
      } else {
        data.keepAttr = false
        node.setAttribute('data-ar-blocked', '')
      }
    } else if (name === 'background') {
      const picture = run.picture(value)
      if (picture && !/["\\\n]/.test(picture))
        (node as HTMLElement).style.backgroundImage = `url("${picture}")`
      data.keepAttr = false
    } else if (name === 'style') {
      const clean = cleanStyleAttribute(value, run.picture)
      run.colours ||= clean.colours
      if (clean.css) data.attrValue = clean.css
      else data.keepAttr = false
    } else if (name === 'bgcolor' || name === 'color') {
      run.colours = true
    } else if (name === 'type') {
      // For lists, and for the quotation that Apple and Thunderbird mark.
      if (!/^(?:OL|UL|LI|BLOCKQUOTE)$/.test(node.nodeName)) data.keepAttr = false
    }
  })
  purify.addHook('afterSanitizeAttributes', (node) => {
    if (node.nodeName !== 'IMG') return
    // A picture without alternative text must not be read out by its address (HTML 4.8.4.4).
    if (!node.hasAttribute('alt')) node.setAttribute('alt', '')
  })
  return purify
}

const safeDecode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Hosts of this machine or its own network: no mail has pictures there, but it may want to touch them. */
const isAtHome = (host: string): boolean =>
  !host.includes('.') ||
  host.startsWith('[') ||
  /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)\.?$/.test(host) ||
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/.test(
    host,
  )
