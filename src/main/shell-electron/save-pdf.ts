import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { BrowserWindow, dialog } from 'electron'
import { ORIGIN } from './origin.ts'

/** The largest document that is taken from a page, in characters; pictures are not in it. */
export const MOST_HTML = 50_000_000
/** How long a document may take to load, pictures included, in ms. */
const LOAD_MS = 30_000

/** Documents that wait to be printed, by their path at our origin; each is served once, to the window made for it. */
export type PaperTray = {
  put(html: string): string
  take(pathname: string): string | null
}

export function createPaperTray(): PaperTray {
  const papers = new Map<string, string>()
  return {
    put(html) {
      const path = `/paper/${randomUUID()}`
      papers.set(path, html)
      return path
    },
    take(pathname) {
      const html = papers.get(pathname) ?? null
      papers.delete(pathname)
      return html
    },
  }
}

/** A subject as the name of a file: what no system allows in one is left out; the user sees it before it is used. */
function fileName(name: string): string {
  const plain = name
    .replaceAll(/[\x00-\x1f\x7f<>:"/\\|?*]|\p{Cf}|\p{Surrogate}/gu, ' ')
    .replaceAll(/\s+/g, ' ')
  return plain.slice(0, 100).replace(/^[\s.]+|[\s.]+$/g, '') || 'conversation'
}

/**
 * Asks where, then writes a document as PDF (webContents.printToPDF) from a hidden window of its own. The document was
 * made of mail: the window runs no scripts and has no bridge, and the document carries a policy that lets in pictures alone.
 * @param parent  the window that the dialog belongs to
 */
export async function savePdf(
  { html, name }: { html: string; name: string },
  tray: PaperTray,
  parent: BrowserWindow | null,
): Promise<'saved' | 'cancelled' | 'unavailable'> {
  const options = {
    defaultPath: `${fileName(name)}.pdf`,
    filters: [{ name: 'PDF', extensions: ['pdf'] }],
  }
  const { canceled, filePath } = await (parent
    ? dialog.showSaveDialog(parent, options)
    : dialog.showSaveDialog(options))
  if (canceled || !filePath) return 'cancelled'
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      javascript: false,
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
      devTools: false,
    },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('The document did not load in time.')), LOAD_MS)
    })
    // Resolves when the page has loaded with all its pictures.
    await Promise.race([window.loadURL(`${ORIGIN}${tray.put(html)}`), late])
    const pdf = await window.webContents.printToPDF({
      pageSize: 'A4',
      preferCSSPageSize: true,
      printBackground: true,
    })
    await writeFile(filePath, pdf)
    return 'saved'
  } finally {
    clearTimeout(timer)
    window.destroy()
  }
}
