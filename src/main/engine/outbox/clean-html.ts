import type { default as Juice } from 'juice'
import type SanitizeHtml from 'sanitize-html'
import { fontStack } from '../../../contract/mail-fonts.ts'
import { onDemand } from '../lib/on-demand.ts'
import { mailStyles } from './mail-styles.ts'

const juice = onDemand<{ default: typeof Juice }>('juice')
const sanitizeHtml = onDemand<typeof SanitizeHtml>('sanitize-html')

const TAGS = [
  'p',
  'br',
  'div',
  'span',
  'b',
  'strong',
  'i',
  'em',
  'u',
  's',
  'strike',
  'del',
  'a',
  'ul',
  'ol',
  'li',
  'blockquote',
  'code',
  'pre',
  'h1',
  'h2',
  'h3',
  'h4',
  'hr',
  'img',
  'table',
  'thead',
  'tbody',
  'tfoot',
  'tr',
  'td',
  'th',
  'caption',
  'colgroup',
  'col',
  'font',
  'center',
  'small',
  'sub',
  'sup',
  'dl',
  'dt',
  'dd',
]

/** No value that could load or run: of the functions, only colours. */
const SAFE_STYLE = [/^(?:[^<>\\"@;:()]|\b(?:rgba?|hsla?)\([\d\s.,%/]*\))*$/i]
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
  'margin-top',
  'margin-right',
  'margin-bottom',
  'margin-left',
  'padding',
  'padding-top',
  'padding-right',
  'padding-bottom',
  'padding-left',
  'border',
  'border-top',
  'border-right',
  'border-bottom',
  'border-left',
  'border-collapse',
  'border-spacing',
  'width',
  'height',
  'max-width',
  'vertical-align',
  'white-space',
  'direction',
]

/**
 * Mail HTML without anything that runs, loads by style, or tracks by class. Links are http, https, mailto and tel;
 * images are parts of the message (cid) or, in what others wrote, on the web.
 */
export function cleanMailHtml(html: string, options: { remoteImages: boolean }): string {
  return sanitizeHtml()(html, {
    allowedTags: TAGS,
    allowedAttributes: {
      '*': ['style', 'align', 'valign', 'dir', 'bgcolor', 'color', 'width', 'height'],
      a: ['href', 'name', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height', 'style'],
      ol: ['start', 'type'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
      table: ['border', 'cellpadding', 'cellspacing'],
      blockquote: ['type'],
      font: ['face', 'size'],
    },
    allowedStyles: { '*': Object.fromEntries(STYLES.map((style) => [style, SAFE_STYLE])) },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: options.remoteImages ? ['cid', 'https', 'http'] : ['cid'] },
    allowProtocolRelative: false,
    // Deeper than any mail: what walks the tree afterwards does so by recursion.
    nestingLimit: 250,
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs.src,
  })
}

/** Of what was written here: the elements of the editor, and the older names that a text may come with. */
const OWN_TAGS = [
  'p', 'br', 'div', 'h1', 'h2', 'h3', 'h4', 'ul', 'ol', 'li', 'blockquote', 'pre', 'hr', 'table', 'thead', 'tbody', 'tfoot',
  'tr', 'td', 'th', 'a', 'img', 'span', 'strong', 'b', 'em', 'i', 'u', 's', 'strike', 'del', 'code',
] // prettier-ignore

const COLOUR = [/^#[0-9a-f]{6}$/i]
const ALIGN = [/^(?:left|center|right|justify)$/]
const LOOK = {
  color: COLOUR,
  'background-color': COLOUR,
  'font-family': [/^[\p{L}\p{N} ,-]{1,200}$/u],
  'font-size': [/^[1-9]\d?px$/],
}
const TEXT_ALIGN = { 'text-align': ALIGN }
const CELL = { ...TEXT_ALIGN, 'background-color': COLOUR }

const COUNT = /^[1-9]\d{0,3}$/
/** What an attribute may hold, by its name. */
const VALUES: Record<string, RegExp> = { width: COUNT, colspan: COUNT, rowspan: COUNT, start: /^\d{1,6}$/ }

/** What a person wrote here: exactly what the editor writes, and nothing else. */
function cleanOwnHtml(html: string): string {
  return sanitizeHtml()(html, {
    allowedTags: OWN_TAGS,
    allowedAttributes: {
      a: ['href'],
      img: ['src', 'alt', 'width'],
      ol: ['start'],
      table: ['border', 'cellpadding', 'cellspacing'],
      td: ['colspan', 'rowspan', 'width', 'style'],
      th: ['colspan', 'rowspan', 'width', 'style'],
      span: ['style'],
      ...Object.fromEntries(['p', 'h1', 'h2', 'h3', 'h4'].map((tag) => [tag, ['style']])),
    },
    allowedStyles: {
      span: LOOK,
      td: CELL,
      th: CELL,
      ...Object.fromEntries(['p', 'h1', 'h2', 'h3', 'h4'].map((tag) => [tag, TEXT_ALIGN])),
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['cid'] },
    allowProtocolRelative: false,
    nestingLimit: 250,
    transformTags: {
      // Word's own are two pixels between cells, and a border.
      table: () => ({ tagName: 'table', attribs: { border: '0', cellpadding: '0', cellspacing: '0' } }),
      '*': (tagName, attribs) => ({
        tagName,
        attribs: Object.fromEntries(
          Object.entries(attribs).filter(([name, value]) => VALUES[name]?.test(value) ?? true),
        ),
      }),
    },
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs.src,
  })
}

/**
 * The HTML part of an outgoing mail: what was written, with the styles in its elements, then the signature and the
 * quotation as they are; all cleaned.
 * @param own  what the editor held
 * @param quoted  the original, as its sender wrote it (hostile), or empty
 * @param signature  rendered and clean, or empty
 * @param font  the font family that its writer likes best, or empty
 * @returns the HTML, and the clean parts that it was made of, for the plain text beside it
 */
export function outgoingHtml(
  own: string,
  quoted: string,
  signature = '',
  font = '',
): { html: string; own: string; quoted: string } {
  const family = fontFamily(font)
  const clean = { own: cleanOwnHtml(own), quoted: cleanMailHtml(quoted, { remoteImages: true }) }
  const styled = juice().default(`<div style="font: 14px/1.45 ${family}">${clean.own}</div>`, {
    extraCss: mailStyles(family),
    applyStyleTags: false,
    removeStyleTags: true,
    // Outlook's desktop program draws by Word, which knows the attributes better than the styles.
    applyAttributesTableElements: true,
    applyHeightAttributes: false,
  })
  // Neither is styled anew: they are not ours to change, and it would take the engine's thread long.
  const signed = signature === '' ? styled : styled.replace(/<\/div>$/, () => `<div>${signature}</div></div>`)
  return { ...clean, html: signed + clean.quoted }
}

/** The name of a font only: nothing in it can end the style that it stands in. */
const fontFamily = (wished: string): string =>
  fontStack((wished.split(',')[0] ?? '').replace(/[^\p{L}\p{N} -]+/gu, '').trim() || 'Arial')
