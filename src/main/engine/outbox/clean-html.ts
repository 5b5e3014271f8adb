import { createRequire } from 'node:module'
import type { default as Juice } from 'juice'
import sanitizeHtml from 'sanitize-html'

/** Read from disk when the first mail is sent: with all that it brings, it would keep the first screen waiting. */
const juice = (): typeof Juice =>
  (createRequire(import.meta.url)('juice') as { default: typeof Juice }).default

/** Plain defaults that survive every mail client, written into each element (clients drop style sheets). */
const MAIL_STYLES = `
  p { margin: 0 0 12px }
  blockquote { margin: 0 0 12px; padding-left: 12px; border-left: 3px solid #c8ccd2; color: #555b64 }
  pre { font-family: Menlo, Consolas, monospace; font-size: 13px; background: #f4f5f7; padding: 8px; white-space: pre-wrap }
  code { font-family: Menlo, Consolas, monospace; font-size: 13px }
  ul, ol { margin: 0 0 12px; padding-left: 24px }
  img { max-width: 100% }
`

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
  return sanitizeHtml(html, {
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

/**
 * The HTML part of an outgoing mail: what was written, with the styles in its elements, then the quotation as its
 * sender styled it; both cleaned.
 * @param own  what the editor held
 * @param quoted  the original, as its sender wrote it (hostile), or empty
 * @param signature  rendered and clean, or empty
 * @param font  the font family that its writer likes best, or empty
 */
export function outgoingHtml(own: string, quoted: string, signature = '', font = ''): string {
  const body = cleanMailHtml(own, { remoteImages: false })
  const signed = signature === '' ? body : `${body}<div>${signature}</div>`
  const styled = juice()(
    `<div style="font-family: ${fontFamily(font)}; font-size: 14px; line-height: 1.45">${signed}</div>`,
    { extraCss: MAIL_STYLES, applyStyleTags: false, removeStyleTags: true },
  )
  // Not styled anew: that would take the engine's thread a second a megabyte, and it is not ours to change.
  return quoted === '' ? styled : styled + cleanMailHtml(quoted, { remoteImages: true })
}

/** Names of fonts only, before those that every reader has: nothing in it can end the style that it stands in. */
function fontFamily(wished: string): string {
  const names = wished
    .split(',')
    .map((name) => name.replace(/[^\p{L}\p{N} -]+/gu, '').trim())
    .filter(Boolean)
  return [...names, 'Arial', 'Helvetica', 'sans-serif'].join(', ')
}
