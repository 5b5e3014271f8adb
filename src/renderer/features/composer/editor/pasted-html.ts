import { cleanPasted } from './paste-clean.ts'

/** What pasted HTML brought along, besides what the editor's schema keeps. */
export type PastedImages = {
  html: string
  /** Pictures inside the HTML itself (`data:`), by the id under which the HTML now refers to them. */
  files: { id: string; file: File }[]
  /** Pictures on the net that were left out: loading them would tell their server about the writer. */
  left: number
}

/**
 * Reads pasted HTML: cleaned of what it looked like where it was copied, and without its pictures. Those inside it
 * become files, those on the net are left out and counted. Nothing is loaded or run: the parsed document is inert.
 */
export function readPasted(html: string, newId: () => string): PastedImages {
  const document = new DOMParser().parseFromString(html, 'text/html')
  cleanPasted(document)
  const files: PastedImages['files'] = []
  let left = 0
  for (const image of document.querySelectorAll('img')) {
    const source = image.getAttribute('src') ?? ''
    if (source.startsWith('cid:') || source.startsWith('pending:')) continue
    const file = fileFromDataUrl(source, image.getAttribute('alt') ?? '')
    if (file) {
      const id = newId()
      files.push({ id, file })
      image.setAttribute('src', `pending:${id}`)
    } else {
      if (source !== '' && !isPixel(image)) left += 1
      image.remove()
    }
  }
  return { html: document.body.innerHTML, files, left }
}

/** What counts readers is no picture that anybody would miss. */
const isPixel = (image: HTMLImageElement) =>
  ['width', 'height'].every((name) => /^[01]$/.test(image.getAttribute(name) ?? ''))

const EXTENSIONS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

function fileFromDataUrl(url: string, alt: string): File | null {
  const match = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/=\s]+)$/.exec(url)
  const type = match?.[1]
  if (!match || !type) return null
  try {
    const bytes = Uint8Array.from(atob((match[2] ?? '').replace(/\s/g, '')), (char) => char.charCodeAt(0))
    const name =
      alt
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .slice(0, 60) || 'image'
    return new File([bytes], `${name}.${EXTENSIONS[type]}`, { type })
  } catch {
    // Damaged base64: counted with those that were left out.
    return null
  }
}
