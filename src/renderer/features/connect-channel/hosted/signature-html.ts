/** What a team signature may hold besides text: the tokens, as the engine fills them in when a mail is sent (H4). */
export const TOKENS = ['sender.full_name', 'sender.first_name'] as const
export type Token = (typeof TOKENS)[number]

const TOKEN = /\{\{\s*(sender\.(?:full_name|first_name))\s*\}\}/g
export const tokenText = (token: Token): string => `{{${token}}}`

/** Longest signature in characters, as the contract has it. */
export const SIGNATURE_LIMIT = 100_000

/** Links that open; everything else is no link. */
export function safeHref(href: string): string | null {
  const text = href.trim()
  const full = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`
  try {
    const { protocol } = new URL(full)
    return ['http:', 'https:', 'mailto:', 'tel:'].includes(protocol) ? full : null
  } catch {
    return null
  }
}

/** Pictures lie in the signature itself; none is ever fetched. */
export const isPicture = (source: string): boolean =>
  /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(source)

/** Stored HTML for the editor: tokens become elements of their own, so that they cannot be cut in two. */
export function toEditor(html: string): string {
  const document = new DOMParser().parseFromString(html, 'text/html')
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node as Text)
  for (const text of texts) {
    const parts = text.data.split(TOKEN)
    if (parts.length === 1) continue
    // Every second part is the token between two texts.
    const nodes = parts.map((part, index) => {
      if (index % 2 === 0) return document.createTextNode(part)
      const element = document.createElement('span')
      element.dataset['token'] = part
      return element
    })
    text.replaceWith(...nodes)
  }
  return document.body.innerHTML
}

/** The editor's HTML as it is stored: tokens as text, nothing where nothing was written. */
export function fromEditor(html: string): string {
  const document = new DOMParser().parseFromString(html, 'text/html')
  for (const element of document.querySelectorAll<HTMLElement>('[data-token]')) {
    const token = TOKENS.find((each) => each === element.dataset['token'])
    element.replaceWith(token ? tokenText(token) : '')
  }
  const empty = (document.body.textContent ?? '').trim() === '' && !document.querySelector('img')
  return empty ? '' : document.body.innerHTML
}
