import type { CleanMail } from './sanitize.ts'
import { readLink } from './links.ts'
import type { LinkTarget } from './links.ts'
import { wrapQuotes } from './quotes.ts'

/** The words that the reader puts into a mail. */
export type FrameWords = {
  showQuoted: string
  hideQuoted: string
  /** For a link whose text names another place. */
  leadsTo: (where: string) => string
  blocked: (scheme: string) => string
}

export type FrameEvents = {
  activate: (target: LinkTarget) => void
  /** The pointer or the focus is on a link, or on none any more. */
  point: (target: LinkTarget | null) => void
  inspect: (target: LinkTarget) => void
  height: (pixels: number) => void
}

const MAX_HEIGHT = 200_000

/**
 * The empty document that a mail is put into. Its policy lets in nothing but the pictures of the message
 * itself (and, once the user allows it, pictures over https); `x-dns-prefetch-control` keeps Chromium from
 * looking names up ahead of a click.
 */
export const frameDocument = (remote: boolean): string => {
  const files = new URL('/files/', document.baseURI).href
  const policy = [
    "default-src 'none'",
    `img-src data: blob: ${files}${remote ? ' https:' : ''}`,
    "style-src 'unsafe-inline'",
    "script-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ')
  return (
    '<!doctype html><html lang=""><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
    '<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">' +
    `<style>${BASE}</style></head><body></body></html>`
  )
}

const BASE = `
html { overflow-x: auto; overflow-y: hidden; font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
body { margin: 0; overflow-wrap: break-word; }
#ar-mail { display: flow-root; }
#ar-mail > :first-child, #ar-mail > div:first-child > :first-child { margin-top: 0; }
#ar-mail > :last-child, #ar-mail > div:last-child > :last-child { margin-bottom: 0; }
img { max-width: 100%; }
img[data-ar-wide] { height: auto; }
img[data-ar-blocked] { display: inline-block; }
img[data-ar-blocked]:not([width="1"]):not([height="1"]) { outline: 1px dashed #8886; outline-offset: -1px; }
pre { white-space: pre-wrap; }
@media print { :root { color: #1c2024 !important; background: #fff !important; color-scheme: light !important; } }
blockquote { margin: 0 0 0 .2em; padding-left: .8em; border-left: 2px solid #8885; }
table { font-size: inherit; }
a[data-ar-link] { cursor: pointer; text-decoration: underline; color: var(--ar-link); }
:focus-visible { outline: 2px solid #3b82f6; outline-offset: 1px; }
`

/** Inline and important, so that no style sheet of the mail can hide what the reader has to say. */
const firmly = (element: HTMLElement, styles: Record<string, string>) => {
  for (const [name, value] of Object.entries({ all: 'initial', ...styles }))
    element.style.setProperty(name, value, 'important')
}

/**
 * Puts a cleaned mail into the reader's frame and keeps both in step. The frame runs no scripts of its own:
 * all listeners belong to this window.
 * @returns a function that takes them off again.
 */
export const fillFrame = (
  frame: HTMLIFrameElement,
  mail: CleanMail,
  look: { text: string; link: string; background: string; scheme: 'light' | 'dark'; padding: number },
  words: FrameWords,
  events: FrameEvents,
): (() => void) => {
  const doc = frame.contentDocument
  if (!doc) return () => undefined
  // Taken before anything hostile is inside: a name in the mail could stand for a property of the document.
  const { documentElement: root, body, head } = doc
  const stop = new AbortController()
  const on = <K extends keyof DocumentEventMap>(type: K, listener: (event: DocumentEventMap[K]) => void) => {
    doc.addEventListener(type, listener, { signal: stop.signal, capture: true })
  }

  const sheet = doc.createElement('style')
  sheet.textContent = `:root { --ar-link: ${look.link}; color: ${look.text}; background: ${look.background}; color-scheme: ${look.scheme}; }\n${mail.css}`
  head.append(sheet)
  body.className = mail.bodyClass
  body.style.cssText = mail.bodyStyle
  // The frame is as high as the mail, so the mail must not be as high as the frame.
  for (const element of [root, body]) {
    for (const [name, value] of [
      ['height', 'auto'],
      ['min-height', '0'],
      ['max-height', 'none'],
      ['display', 'block'],
      ['position', 'static'],
    ] as const) {
      element.style.setProperty(name, value, 'important')
    }
  }
  body.style.setProperty('padding', `${look.padding}px`, 'important')
  body.style.setProperty('margin', '0', 'important')
  const box = doc.createElement('div')
  box.id = 'ar-mail'
  if (mail.dir === 'rtl' || mail.dir === 'ltr' || mail.dir === 'auto') box.dir = mail.dir
  box.append(mail.content)
  body.replaceChildren(box)

  const targets = markLinks(doc, mail.links, words)
  for (const picture of box.querySelectorAll('img')) {
    if (Number.parseInt(picture.getAttribute('width') ?? '', 10) > 320)
      picture.setAttribute('data-ar-wide', '')
  }
  foldQuotes(doc, box, words, stop.signal)

  const targetOf = (event: Event): LinkTarget | null => {
    const element =
      event.target instanceof Object && 'closest' in event.target ? (event.target as Element) : null
    const link = element?.closest('a[data-ar-link]')
    return link ? (targets.get(link) ?? null) : null
  }
  const activate = (target: LinkTarget) => {
    if (target.kind === 'anchor') {
      const place = [...box.querySelectorAll('[id]')].find((element) => element.id === target.id)
      place?.scrollIntoView({ block: 'start' })
    } else events.activate(target)
  }
  on('click', (event) => {
    if ((event.target as Element | null)?.closest?.('a')) event.preventDefault()
    const target = targetOf(event)
    if (target) activate(target)
  })
  on('auxclick', (event) => {
    const target = event.button === 1 ? targetOf(event) : null
    if (!target) return
    event.preventDefault()
    activate(target)
  })
  on('contextmenu', (event) => {
    const target = targetOf(event)
    if (!target || target.kind === 'anchor') return
    event.preventDefault()
    events.inspect(target)
  })
  on('mouseover', (event) => events.point(targetOf(event)))
  on('mouseout', () => events.point(null))
  on('focusin', (event) => events.point(targetOf(event)))
  on('focusout', () => events.point(null))
  on('submit', (event) => event.preventDefault())
  on('dragstart', (event) => {
    if (targetOf(event)) event.preventDefault()
  })
  // Menus of the window close on a press anywhere, this frame included; the browser does not see to that.
  on('pointerdown', () => {
    frame.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }))
    for (const menu of frame.ownerDocument.querySelectorAll<HTMLElement>('[popover="auto"]:popover-open'))
      menu.hidePopover()
  })
  on('keydown', (event) => {
    const target = targetOf(event)
    if (event.key === 'Enter' && target && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      activate(target)
      return
    }
    if (
      event.key === 'Tab' ||
      ((event.target as Element | null)?.nodeName === 'BUTTON' && /^(?:Enter| )$/.test(event.key))
    )
      return
    // So that shortcuts work while the focus is inside the mail.
    const copy = new KeyboardEvent('keydown', {
      key: event.key,
      code: event.code,
      location: event.location,
      repeat: event.repeat,
      ctrlKey: event.ctrlKey,
      shiftKey: event.shiftKey,
      altKey: event.altKey,
      metaKey: event.metaKey,
      modifierAltGraph: event.getModifierState('AltGraph'),
      isComposing: event.isComposing,
      bubbles: true,
      cancelable: true,
      composed: true,
    })
    if (!frame.dispatchEvent(copy)) event.preventDefault()
  })

  let last = -1
  let changes = 0
  const measure = () => {
    const scrollbar =
      root.scrollWidth > root.clientWidth ? Math.max(0, frame.clientHeight - root.clientHeight) : 0
    const content = Math.max(root.getBoundingClientRect().height, box.scrollHeight + 2 * look.padding)
    const height = Math.min(MAX_HEIGHT, Math.ceil(content) + scrollbar)
    // A mail whose height depends on the frame's own would grow for ever.
    if (height === last || changes > 200) return
    last = height
    changes += 1
    root.style.overflowY = height === MAX_HEIGHT ? 'auto' : ''
    events.height(height)
  }
  const observer = new ResizeObserver(measure)
  observer.observe(box)
  doc.addEventListener('load', measure, { signal: stop.signal, capture: true })
  measure()
  return () => {
    stop.abort()
    observer.disconnect()
  }
}

const markLinks = (
  doc: Document,
  links: ReadonlyMap<Element, string>,
  words: FrameWords,
): Map<Element, LinkTarget> => {
  const targets = new Map<Element, LinkTarget>()
  for (const [element, href] of links) {
    const text = (element.textContent ?? '').slice(0, 4_000)
    const target = readLink(href, text.trim() === '' ? (element.querySelector('img')?.alt ?? '') : text)
    if (!target) continue
    targets.set(element, target)
    element.setAttribute('data-ar-link', '')
    element.setAttribute('role', 'link')
    element.setAttribute('tabindex', '0')
    if (target.kind === 'blocked') {
      element.setAttribute('aria-disabled', 'true')
      element.after(badge(doc, words.blocked(target.scheme || '?')))
    } else if (target.kind !== 'anchor' && target.claims !== null) {
      element.after(badge(doc, words.leadsTo(target.kind === 'web' ? target.host : target.address)))
    }
  }
  return targets
}

const badge = (doc: Document, text: string): HTMLElement => {
  const element = doc.createElement('span')
  element.textContent = `⚠ ${text}`
  firmly(element, {
    display: 'inline-block',
    margin: '0 4px',
    padding: '0 6px',
    font: '600 12px/18px system-ui, sans-serif',
    color: '#7a1f0b',
    background: '#ffe8e0',
    border: '1px solid #e2a08f',
    'border-radius': '4px',
    'unicode-bidi': 'isolate',
    'overflow-wrap': 'anywhere',
  })
  return element
}

const foldQuotes = (doc: Document, box: HTMLElement, words: FrameWords, signal: AbortSignal) => {
  for (const { parts } of wrapQuotes(box)) {
    const [first] = parts
    if (!first) continue
    const button = doc.createElement('button')
    button.type = 'button'
    firmly(button, {
      display: 'inline-block',
      margin: '8px 0',
      padding: '2px 8px',
      font: '12px/20px system-ui, sans-serif',
      color: 'inherit',
      background: '#8882',
      border: '0',
      'border-radius': '6px',
      cursor: 'pointer',
    })
    button.addEventListener('focus', () =>
      button.style.setProperty('outline', '2px solid #3b82f6', 'important'),
    )
    button.addEventListener('blur', () => button.style.removeProperty('outline'))
    const show = (open: boolean) => {
      button.textContent = open ? words.hideQuoted : words.showQuoted
      button.setAttribute('aria-expanded', String(open))
      for (const part of parts) {
        if (open) part.style.removeProperty('display')
        else part.style.setProperty('display', 'none', 'important')
      }
    }
    show(false)
    button.addEventListener('click', () => show(button.getAttribute('aria-expanded') !== 'true'), { signal })
    first.before(button)
  }
}
