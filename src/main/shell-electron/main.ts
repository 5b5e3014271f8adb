import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, session } from 'electron'
import { chooseDataDir } from '../shell-shared/data-dir.ts'
import { openLog } from '../shell-shared/log.ts'
import { loadStrings } from '../shell-shared/strings.ts'
import { setBadge } from './badge.ts'
import { print, serveBridge } from './bridge.ts'
import { routeOfLink } from './deep-links.ts'
import { readElectronArguments } from './electron-arguments.ts'
import { EngineRefusedError, startEngineClient } from './engine-client.ts'
import type { EngineClient } from './engine-client.ts'
import { setApplicationMenu } from './menu.ts'
import { notify } from './notifications.ts'
import { SCHEME } from './origin.ts'
import { registerScheme, serveApplication } from './protocol.ts'
import { createPaperTray, savePdf } from './save-pdf.ts'
import { openSafeSecrets } from './secrets.ts'
import { guardApp, guardSession, openExternal } from './security.ts'
import { createTray } from './tray.ts'
import type { AppTray } from './tray.ts'
import { createWindows } from './windows.ts'
import type { Windows } from './windows.ts'

// Everything down to `whenReady` must happen before Electron is ready, so nothing is awaited here.
const args = readElectronArguments(process.argv.slice(1))
const dataDir = chooseDataDir(args.dataDir, process.platform, process.env, homedir())
const profile = join(dataDir, 'desktop')
mkdirSync(profile, { recursive: true, mode: 0o700 })
// Also what the single-instance lock is about: another data folder is another Anteroom.
app.setPath('userData', profile)
app.setName('Anteroom')
app.setAppUserModelId('org.anteroom.desktop')
app.enableSandbox()
registerScheme()

const { log, flush } = openLog(dataDir)
const root = app.getAppPath()
const resourcesDir = join(root, 'resources')
const iconsDir = join(resourcesDir, 'icons')

let windows: Windows | null = null
let engine: EngineClient | null = null
let tray: AppTray | null = null
let stopped = false
/** Links that came before there was a window. */
let links = args.link === null ? [] : [args.link]

if (!app.requestSingleInstanceLock()) {
  process.stderr.write('Anteroom is already open on this data; its window comes to the front.\n')
  app.exit(0)
} else {
  app.on('second-instance', (_event, argv) => {
    const { link } = readElectronArguments(argv.slice(1))
    if (link === null) windows?.show()
    else openLink(link)
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    openLink(url)
  })
  guardApp({ openRoute: (route) => void windows?.openOwn(route) })
  app.on('window-all-closed', () => {
    // On macOS a program stays until it is quit; its dock icon opens the window again.
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('activate', () => windows?.show())
  app.on('will-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    void stop().finally(() => app.exit(0))
  })
  app.whenReady().then(start).catch(startFailed)
}

async function start(): Promise<void> {
  const t = loadStrings(resourcesDir, app.getLocale())
  guardSession(session.defaultSession)
  const papers = createPaperTray()
  serveApplication(session.defaultSession, {
    rendererDir: join(root, 'out', 'renderer'),
    takePaper: (pathname) => papers.take(pathname),
    devServer: app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null),
    fetchFile: (request) =>
      engine === null ? Promise.resolve(new Response(null, { status: 503 })) : engine.fetch(request),
  })
  const { secrets, unprotected } = await openSafeSecrets(dataDir)
  engine = await startEngineClient({
    entry: join(root, 'out', 'main', 'engine.js'),
    dataDir,
    resourcesDir,
    secrets,
    onGivenUp(message) {
      log.fatal({ message }, 'the engine was given up')
      dialog.showErrorBox(t('desktop.engine.givenUp'), t('desktop.engine.seeLog', { message, path: dataDir }))
      app.exit(1)
    },
  })
  if (args.provision !== undefined) await provision(engine, args.provision)

  const shown = createWindows(
    join(root, 'out', 'preload', 'preload.cjs'),
    join(iconsDir, 'app', '256x256.png'),
    t,
  )
  windows = shown
  const running = engine
  serveBridge({
    connect: (port) => running.connect(port),
    notify: (notification) => notify(notification, (route) => shown.openInMain(route)),
    setBadge(count) {
      tray?.setCount(count)
      return setBadge(count, shown.main(), iconsDir, t)
    },
    openExternal,
    openWindow: (route) => shown.openOwn(route),
    async savePdf(paper, contents) {
      try {
        return await savePdf(paper, papers, BrowserWindow.fromWebContents(contents))
      } catch (error) {
        log.error({ err: error }, 'a conversation could not be saved as PDF')
        return 'unavailable'
      }
    },
    refused: (channel, why) => log.warn({ channel, why }, 'a message from a page was refused'),
  })
  const actions = {
    command: (id: string) => shown.command(id),
    openRoute: (route: string) => shown.openInMain(route),
    print: () => void print(shown.show().webContents),
    becomeMailProgram() {
      const done = app.setAsDefaultProtocolClient('mailto')
      void dialog.showMessageBox(shown.show(), {
        message: t(done ? 'desktop.mailProgram.done' : 'desktop.mailProgram.failed'),
        detail: t(done ? 'desktop.mailProgram.doneDetail' : 'desktop.mailProgram.failedDetail'),
      })
    },
  }
  setApplicationMenu(t, actions, !app.isPackaged)
  tray = createTray(iconsDir, t, {
    show: () => shown.show(),
    compose: () => shown.openInMain('/compose'),
    quit: () => app.quit(),
  })
  // An installed program only: while developing, the system would keep a link to a folder of ours.
  if (app.isPackaged) app.setAsDefaultProtocolClient(SCHEME)
  shown.show()
  for (const link of links.splice(0)) openLink(link)
  if (unprotected) {
    log.warn({ path: secrets.path }, 'the system cannot protect passwords: they are kept in a key file')
    await dialog.showMessageBox(shown.show(), {
      type: 'warning',
      message: t('desktop.secrets.unprotected'),
      detail: t('desktop.secrets.keyFile', { path: secrets.path ?? dataDir }),
    })
  }
}

/** Opens a link from outside; what it may do is decided in deep-links.ts. */
function openLink(link: string): void {
  if (windows === null) {
    links = [...links, link].slice(-5)
    return
  }
  const route = routeOfLink(link)
  if (route === null) {
    log.warn('a link from outside was refused')
    windows.show()
  } else windows.openInMain(route)
}

async function provision(running: EngineClient, path: string): Promise<void> {
  const changed = await running.provision(await readFile(path, 'utf8'))
  for (const line of changed) process.stderr.write(`${line}\n`)
}

async function stop(): Promise<void> {
  stopped = true
  await engine?.stop()
  flush()
}

/** What keeps the program from starting is said in a box and on stderr, and ends it. */
async function startFailed(error: unknown): Promise<void> {
  log.fatal({ err: error }, 'could not start')
  const t = loadStrings(resourcesDir, app.getLocale())
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message}\n`)
  const expected = error instanceof EngineRefusedError
  const detail = expected ? message : t('desktop.engine.seeLog', { message, path: dataDir })
  dialog.showErrorBox(t('desktop.engine.notStarted'), detail)
  await stop()
  app.exit(2)
}
