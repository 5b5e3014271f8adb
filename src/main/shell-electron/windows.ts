import { BrowserWindow, nativeTheme, screen } from 'electron'
import Store from 'electron-store'
import type { Strings } from '../shell-shared/strings.ts'
import { attachContextMenu } from './context-menu.ts'
import { isRoute, routeUrl } from './origin.ts'
import { webPreferences } from './security.ts'
import { DEFAULT_SIZE, LEAST_SIZE, placeWindow } from './window-state.ts'
import type { WindowState } from './window-state.ts'

/** What the page's background is before it has painted: the same as its own, so that nothing flashes. */
const BACKGROUND = { light: '#ffffff', dark: '#18181b' }
const DETAIL_SIZE = { width: 900, height: 860 }
/** Milliseconds after the last change of a window's place. */
const SAVE_AFTER = 400
const RELOAD_AFTER = 10_000

export type Windows = {
  /** The main window, or null while it is closed (macOS). */
  main(): BrowserWindow | null
  /** Brings the main window to the front, opening it if need be. */
  show(): BrowserWindow
  /** Opens a route in the main window, as soon as its page listens. */
  openInMain(route: string): void
  /** Opens a route in a window of its own. */
  openOwn(route: string): 'opened' | 'refused'
  /** Sends a command to the window in front. */
  command(id: string): void
}

/**
 * Makes and remembers the windows.
 *
 * @param preload the built preload, one CommonJS file
 * @param iconPath the window's icon on Linux; other systems take the program's
 */
export function createWindows(preload: string, iconPath: string, t: Strings): Windows {
  const store = new Store<{ mainWindow?: WindowState; detailWindow?: WindowState }>({ name: 'windows' })
  let main: BrowserWindow | null = null
  /** Routes that came before the page listened. */
  let pending: string[] = []
  let listening = false

  function open(
    key: 'mainWindow' | 'detailWindow',
    route: string,
    saved: unknown,
    size = DEFAULT_SIZE,
  ): BrowserWindow {
    const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((each) => each.workArea)
    const { maximised, ...bounds } = placeWindow(saved, areas, size)
    const window = new BrowserWindow({
      ...bounds,
      minWidth: LEAST_SIZE.width,
      minHeight: LEAST_SIZE.height,
      show: false,
      title: t('desktop.name'),
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      webPreferences: webPreferences(preload),
      ...(process.platform === 'linux' && { icon: iconPath }),
    })
    if (maximised) window.maximize()
    window.once('ready-to-show', () => window.show())
    remember(window, (state) => store.set(key, state))
    attachContextMenu(window, t)
    reloadAfterCrash(window)
    window.loadURL(routeUrl(route)).catch((error: unknown) => {
      // The page is part of the program: that it does not load is a broken installation.
      process.stderr.write(`The window could not be loaded: ${String(error)}\n`)
      window.show()
    })
    return window
  }

  function show(): BrowserWindow {
    if (main !== null) {
      if (main.isMinimized()) main.restore()
      main.show()
      main.focus()
      return main
    }
    const window = open('mainWindow', '/', store.get('mainWindow'))
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) listening = false
    })
    window.webContents.on('did-finish-load', () => {
      listening = true
      for (const route of pending.splice(0)) window.webContents.send('anteroom:route', route)
    })
    window.on('closed', () => {
      main = null
      listening = false
    })
    main = window
    return window
  }

  return {
    main: () => main,
    show,
    openInMain(route) {
      if (!isRoute(route)) return
      const window = show()
      if (listening) window.webContents.send('anteroom:route', route)
      else pending = [...pending, route].slice(-10)
    },
    openOwn(route) {
      if (!isRoute(route)) return 'refused'
      open('detailWindow', route, store.get('detailWindow'), DETAIL_SIZE)
      return 'opened'
    },
    command(id) {
      const window = BrowserWindow.getFocusedWindow() ?? show()
      window.webContents.send('anteroom:command', id)
    },
  }
}

/** A page that ended (out of memory, a fault of Chromium) is loaded again, though not in a circle. */
function reloadAfterCrash(window: BrowserWindow): void {
  let last = 0
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || Date.now() - last < RELOAD_AFTER || window.isDestroyed()) return
    last = Date.now()
    window.webContents.reload()
  })
}

/** Notes bounds as they are when not maximised, and whether the window is; a little after the last change. */
function remember(window: BrowserWindow, save: (state: WindowState) => void): void {
  let timer: NodeJS.Timeout | undefined
  const now = () => {
    clearTimeout(timer)
    if (!window.isDestroyed()) save({ ...window.getNormalBounds(), maximised: window.isMaximized() })
  }
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(now, SAVE_AFTER)
  }
  window.on('resize', soon)
  window.on('move', soon)
  window.on('maximize', soon)
  window.on('unmaximize', soon)
  window.on('close', now)
}
