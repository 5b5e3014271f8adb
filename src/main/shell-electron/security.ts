import { app, shell } from 'electron'
import type {
  IpcMainEvent,
  IpcMainInvokeEvent,
  Session,
  WebContents,
  WebFrameMain,
  WebPreferences,
} from 'electron'
import { externalUrl } from './external.ts'
import { isOwnFile, isOwnPage, ORIGIN } from './origin.ts'

/**
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security), in one place. Everything
 * that a page could ask for is denied unless it is named here.
 */

/** What the renderer may ask the browser for: writing to the clipboard, after a click. */
const PERMITTED = new Set(['clipboard-sanitized-write'])

/** The preferences of every window. Most are Electron's defaults; said aloud, a test can hold them. */
export function webPreferences(preload: string): WebPreferences {
  return {
    preload,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: true,
    // PDF previews use Chromium's built-in viewer, which counts as a plug-in.
    plugins: true,
    devTools: !app.isPackaged,
  }
}

/**
 * Whether a message comes from the top frame of our own page (faults 69, 70). Frames that show mail have
 * no bridge, but a message is not believed only because the bridge is not there.
 */
export function isTrustedSender(
  event: Pick<IpcMainEvent | IpcMainInvokeEvent, 'senderFrame' | 'sender'>,
): boolean {
  const frame: WebFrameMain | null = event.senderFrame
  if (frame === null || frame.detached) return false
  return frame === event.sender.mainFrame && frame.origin === ORIGIN && isOwnPage(frame.url)
}

/** Where a window may go by itself: our page again (a reload), nowhere else. */
export function mayNavigate(url: string): boolean {
  return isOwnPage(url)
}

/** Chromium's own PDF viewer, which shows a previewed PDF inside the frame. */
const PDF_VIEWER = 'chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/'

/** Where a frame within our page may go: the empty documents that mail is written into, previews of files. */
export function mayFrameNavigate(url: string): boolean {
  if (url === 'about:blank' || url === 'about:srcdoc') return true
  return isOwnFile(url) || url.startsWith(`blob:${ORIGIN}/`) || url.startsWith(PDF_VIEWER)
}

/** What opens something outside a window on behalf of `window.open` or `target=_blank`. */
export type Opener = {
  /** Opens one of our routes in a window of its own. */
  openRoute(route: string): void
}

/**
 * Guards one web contents, of whatever kind: no navigation, no new windows, no webview (checklist 11 to
 * 15), no devices. For `app.on('web-contents-created')`.
 */
export function guardContents(contents: WebContents, opener: Opener): void {
  contents.on('will-navigate', (details) => {
    if (!mayNavigate(details.url)) details.preventDefault()
  })
  contents.on('will-redirect', (details) => {
    if (details.isMainFrame ? !mayNavigate(details.url) : !mayFrameNavigate(details.url))
      details.preventDefault()
  })
  contents.on('will-frame-navigate', (details) => {
    const allowed = details.isMainFrame ? mayNavigate(details.url) : mayFrameNavigate(details.url)
    if (!allowed) details.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('select-bluetooth-device', (event, _devices, callback) => {
    event.preventDefault()
    callback('')
  })
  contents.setWindowOpenHandler(({ url }) => {
    openElsewhere(url, contents, opener)
    return { action: 'deny' }
  })
}

/** Our own pages get a window of ours, files are saved, the rest goes to the system's browser or nowhere. */
function openElsewhere(url: string, contents: WebContents, opener: Opener): void {
  if (isOwnPage(url)) opener.openRoute(new URL(url).hash.slice(1) || '/')
  else if (isOwnFile(url)) contents.downloadURL(url)
  else void openExternal(url)
}

/** Hands an address to the system after checking it; says what happened. */
export async function openExternal(url: unknown): Promise<'opened' | 'refused' | 'unavailable'> {
  const checked = externalUrl(url)
  if (checked === null) return 'refused'
  try {
    await shell.openExternal(checked)
    return 'opened'
  } catch {
    // No program is registered for the scheme; the caller tells the user.
    return 'unavailable'
  }
}

/** Guards a session: permissions, devices and downloads (checklist 5). */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, callback, details) => {
    const own = details.isMainFrame && isOwnPage(details.requestingUrl) && isOwnPage(contents.getURL())
    callback(own && PERMITTED.has(permission))
  })
  session.setPermissionCheckHandler((_contents, permission, origin, details) => {
    return details.isMainFrame && origin.replace(/\/$/, '') === ORIGIN && PERMITTED.has(permission)
  })
  session.setDevicePermissionHandler(() => false)
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }))
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null))
  session.on('select-hid-device', (event, _details, callback) => {
    event.preventDefault()
    callback()
  })
  session.on('select-serial-port', (event, _ports, _contents, callback) => {
    event.preventDefault()
    callback('')
  })
  session.on('select-usb-device', (event, _details, callback) => {
    event.preventDefault()
    callback()
  })
  session.on('will-download', (event, item) => {
    // Files of ours, and what the page made itself (an export). Electron asks where to save.
    const url = item.getURL()
    if (!isOwnFile(url) && !url.startsWith(`blob:${ORIGIN}/`)) event.preventDefault()
  })
}

/** Guards what concerns the whole program: certificates, logins, and all contents that are ever made. */
export function guardApp(opener: Opener): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, opener))
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, callback) => {
    event.preventDefault()
    callback(false)
  })
  app.on('select-client-certificate', (event, _contents, _url, _list, callback) => {
    event.preventDefault()
    callback()
  })
  app.on('login', (event, _contents, _details, _info, callback) => {
    event.preventDefault()
    callback()
  })
}
