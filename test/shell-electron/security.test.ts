import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { BrowserWindow, Session, WebContents } from 'electron'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { electronDouble, FakeContents, fakeFrame, FakePort, FakeSession } from './electron-double.ts'
import type { FakeFrame } from './electron-double.ts'

// Everything here runs over a recorded double of Electron (electron-double.ts), not over Electron.
vi.mock('electron', () => electronDouble)

const security = await import('../../src/main/shell-electron/security.ts')
const { answer, registerScheme, serveApplication } = await import('../../src/main/shell-electron/protocol.ts')
const { print, serveBridge } = await import('../../src/main/shell-electron/bridge.ts')

const root = resolve(import.meta.dirname, '../..')

/** An Electron event: something that can be prevented. */
function fakeEvent<T extends object>(fields: T) {
  const event = { ...fields, prevented: false, preventDefault: () => void (event.prevented = true) }
  return event
}

const foreign = [
  'https://evil.test/',
  'http://127.0.0.1:80/',
  'file:///etc/passwd',
  'anteroom://evil/',
  'anteroom://app.evil.test/',
  'javascript:alert(1)',
  'data:text/html,<b>x',
  'about:blank',
  'blob:https://evil.test/1',
  'chrome://settings',
  'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/index.html',
  'anteroom://app/files/attachment/1',
]

describe('what a window is made of (checklist 2, 3, 4, 6, 8, 9, 10)', () => {
  const preferences = security.webPreferences('/preload.cjs')

  test('isolated, sandboxed, without Node, with web security', () => {
    expect(preferences).toMatchObject({
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
      devTools: false,
    })
    expect(preferences).not.toHaveProperty('enableBlinkFeatures')
  })

  test('no other place in the shell sets preferences of its own', () => {
    const windows = readFileSync(join(root, 'src/main/shell-electron/windows.ts'), 'utf8')
    expect(windows.match(/webPreferences:/g)).toHaveLength(1)
    expect(windows).toContain('webPreferences: webPreferences(preload)')
    expect(windows).not.toMatch(/loadFile|file:\/\//)
  })

  test('the sandbox is on for everything, and the scheme is registered, before Electron is ready', () => {
    const main = readFileSync(join(root, 'src/main/shell-electron/main.ts'), 'utf8')
    const ready = main.indexOf('app.whenReady()')
    for (const call of ['app.enableSandbox()', 'registerScheme()', "app.setPath('userData'", 'guardApp(']) {
      expect(main.indexOf(call), call).toBeGreaterThan(0)
      expect(main.indexOf(call), call).toBeLessThan(ready)
    }
    expect(main.slice(0, ready)).not.toMatch(/\bawait /)
  })
})

describe('navigation (checklist 13, fault 70)', () => {
  let contents: FakeContents
  let routes: string[]
  beforeEach(() => {
    contents = new FakeContents()
    routes = []
    electronDouble.shell.opened.length = 0
    security.guardContents(contents as unknown as WebContents, {
      openRoute: (route) => void routes.push(route),
    })
  })

  test.each(foreign)('a window does not go to %s', (url) => {
    for (const [name, fields] of [
      ['will-navigate', { url, isMainFrame: true }],
      ['will-frame-navigate', { url, isMainFrame: true }],
      ['will-redirect', { url, isMainFrame: true }],
    ] as const) {
      const event = fakeEvent(fields)
      contents.emit(name, event)
      expect(event.prevented, name).toBe(true)
    }
    expect(electronDouble.shell.opened).toEqual([])
  })

  test('a window may load our own page again', () => {
    const event = fakeEvent({ url: 'anteroom://app/#/open', isMainFrame: true })
    contents.emit('will-navigate', event)
    expect(event.prevented).toBe(false)
  })

  test.each(foreign.filter((url) => url !== 'about:blank' && !url.includes('/files/')))(
    'a frame with mail does not go to %s',
    (url) => {
      for (const name of ['will-frame-navigate', 'will-redirect']) {
        const event = fakeEvent({ url, isMainFrame: false })
        contents.emit(name, event)
        expect(event.prevented, name).toBe(true)
      }
    },
  )

  test('a frame does not show the application inside itself', () => {
    const event = fakeEvent({ url: 'anteroom://app/#/settings', isMainFrame: false })
    contents.emit('will-frame-navigate', event)
    expect(event.prevented).toBe(true)
  })

  test.each(['about:blank', 'about:srcdoc', 'blob:anteroom://app/0b1c', 'anteroom://app/files/a/1'])(
    'a frame may show %s',
    (url) => {
      const event = fakeEvent({ url, isMainFrame: false })
      contents.emit('will-frame-navigate', event)
      expect(event.prevented).toBe(false)
    },
  )

  test('no webview is attached (checklist 11, 12)', () => {
    const event = fakeEvent({})
    contents.emit('will-attach-webview', event, {}, {})
    expect(event.prevented).toBe(true)
  })

  test('no window is opened by a page; what may be seen is opened elsewhere (checklist 14, 15)', () => {
    const urls = [
      ...foreign,
      'https://example.com/',
      'mailto:a@b.test',
      'smb://host/x',
      'ms-msdt:/id',
      'tel:+1',
    ]
    for (const url of urls) expect(contents.windowOpen?.({ url })).toEqual({ action: 'deny' })
    expect(electronDouble.shell.opened).toEqual([
      'https://evil.test/',
      'http://127.0.0.1/',
      'https://example.com/',
      'mailto:a@b.test',
      'tel:+1',
    ])
    expect(contents.downloads).toEqual(['anteroom://app/files/attachment/1'])
    contents.windowOpen?.({ url: 'anteroom://app/#/message/1' })
    expect(routes).toEqual(['/message/1'])
  })
})

describe('permissions and devices (checklist 5)', () => {
  let session: FakeSession
  beforeEach(() => {
    session = new FakeSession()
    security.guardSession(session as unknown as Session)
  })

  const asked = (permission: string, url = 'anteroom://app/#/open', isMainFrame = true) => {
    let granted: boolean | null = null
    const contents = new FakeContents()
    session.permissionRequest?.(
      ...([
        contents,
        permission,
        (answer: boolean) => (granted = answer),
        { requestingUrl: url, isMainFrame },
      ] as never[]),
    )
    return granted
  }
  const checked = (permission: string, origin = 'anteroom://app/', isMainFrame = true) =>
    session.permissionCheck?.(...([null, permission, origin, { isMainFrame }] as never[]))

  test.each([
    'media',
    'geolocation',
    'notifications',
    'midi',
    'openExternal',
    'fullscreen',
    'clipboard-read',
    'hid',
    'unknown',
  ])('%s is denied to everyone', (permission) => {
    expect(asked(permission)).toBe(false)
    expect(checked(permission)).toBe(false)
  })

  test('writing the clipboard is for our own page alone', () => {
    expect(asked('clipboard-sanitized-write')).toBe(true)
    expect(checked('clipboard-sanitized-write')).toBe(true)
    expect(asked('clipboard-sanitized-write', 'https://evil.test/')).toBe(false)
    expect(checked('clipboard-sanitized-write', 'https://evil.test')).toBe(false)
    expect(checked('clipboard-sanitized-write', 'null')).toBe(false)
    expect(asked('clipboard-sanitized-write', 'about:srcdoc', false)).toBe(false)
    expect(checked('clipboard-sanitized-write', 'anteroom://app/', false)).toBe(false)
  })

  test('no device, no screen', () => {
    expect(session.devicePermission?.()).toBe(false)
    const answers: unknown[] = []
    session.bluetoothPairing?.(...([{}, (value: unknown) => answers.push(value)] as never[]))
    session.displayMedia?.(...([{}, (value: unknown) => answers.push(value)] as never[]))
    expect(answers).toEqual([{ confirmed: false }, null])
    for (const name of ['select-hid-device', 'select-usb-device']) {
      const event = fakeEvent({})
      session.emit(name, event, {}, (...args: unknown[]) => expect(args).toEqual([]))
      expect(event.prevented, name).toBe(true)
    }
    const event = fakeEvent({})
    session.emit('select-serial-port', event, [], null, (port: string) => expect(port).toBe(''))
    expect(event.prevented).toBe(true)
  })

  test.each([
    ['anteroom://app/files/a/1?download', false],
    ['blob:anteroom://app/0b1c', false],
    ['https://evil.test/x.exe', true],
    ['blob:null/0b1c', true],
    ['data:text/html,x', true],
    ['file:///etc/passwd', true],
  ])('a download of %s: prevented %s', (url, prevented) => {
    const event = fakeEvent({})
    session.emit('will-download', event, { getURL: () => url })
    expect(event.prevented).toBe(prevented)
  })
})

describe('the whole program', () => {
  test('certificates are never excused, logins and client certificates never answered; all contents are guarded', () => {
    const { app } = electronDouble
    app.removeAllListeners()
    security.guardApp({ openRoute: () => {} })
    const certificate = fakeEvent({})
    app.emit('certificate-error', certificate, null, 'https://x.test', 'ERR', {}, (trusted: boolean) =>
      expect(trusted).toBe(false),
    )
    expect(certificate.prevented).toBe(true)
    for (const name of ['select-client-certificate', 'login']) {
      const event = fakeEvent({})
      app.emit(name, event, null, {}, {}, (...args: unknown[]) => expect(args).toEqual([]))
      expect(event.prevented, name).toBe(true)
    }
    const contents = new FakeContents()
    app.emit('web-contents-created', {}, contents)
    expect(contents.windowOpen).toBeDefined()
    expect(contents.listenerCount('will-navigate')).toBe(1)
  })
})

describe('who is listened to (checklist 17, fault 69)', () => {
  const contents = new FakeContents()
  const event = (frame: FakeFrame | null) => ({ senderFrame: frame, sender: contents }) as never
  const channels = ['notify', 'badge', 'open-external', 'open-window', 'print', 'save-pdf', 'theme'].map(
    (name) => `anteroom:${name}`,
  )
  const refused: string[] = []
  const ports: unknown[] = []

  beforeAll(() => {
    serveBridge({
      connect: (port) => void ports.push(port),
      notify: () => 'shown',
      setBadge: () => 'done',
      openExternal: security.openExternal,
      openWindow: () => 'opened',
      savePdf: async () => 'saved',
      refused: (channel, why) => void refused.push(`${channel} ${why}`),
    })
  })
  beforeEach(() => {
    refused.length = 0
    ports.length = 0
    electronDouble.shell.opened.length = 0
    contents.mainFrame.posted.length = 0
  })

  const strangers: [string, FakeFrame | null][] = [
    ['a frame with mail', fakeFrame('about:srcdoc', 'null', contents.mainFrame)],
    ['a frame of our own origin', fakeFrame('anteroom://app/', 'anteroom://app', contents.mainFrame)],
    ['a foreign page', fakeFrame('https://evil.test/', 'https://evil.test')],
    ['a stored file as a page', fakeFrame('anteroom://app/files/a/1')],
    ['a page that only looks like ours', fakeFrame('anteroom://app.evil.test/', 'anteroom://app.evil.test')],
    ['another top frame of our origin', fakeFrame('anteroom://app/#/open')],
    ['a frame that is gone', null],
  ]

  test.each(strangers)('%s is refused on every channel', async (_name, frame) => {
    for (const channel of channels) {
      const handler = electronDouble.ipcMain.handlers.get(channel)!
      expect(() => handler(...([event(frame), 'https://example.com/'] as never[])), channel).toThrow(
        'only its own page',
      )
    }
    electronDouble.ipcMain.emit('anteroom:port', event(frame))
    expect(ports).toEqual([])
    expect(refused).toHaveLength(channels.length + 1)
    expect(electronDouble.shell.opened).toEqual([])
  })

  test.each([
    ['a foreign page', fakeFrame('https://evil.test/', 'https://evil.test')],
    ['a stored file', fakeFrame('anteroom://app/files/a/1')],
    ['a page without an origin', fakeFrame('anteroom://app/', 'null')],
    ['a page that is going away', { ...fakeFrame('anteroom://app/'), detached: true }],
  ])('even the top frame of a window is refused when it shows %s', (_name, frame) => {
    const sender = Object.assign(new FakeContents(), { mainFrame: frame })
    const handler = electronDouble.ipcMain.handlers.get('anteroom:badge')!
    expect(() => handler(...([{ senderFrame: frame, sender }, 1] as never[]))).toThrow('only its own page')
  })

  test('our page gets a port of its own, the engine the other end', () => {
    electronDouble.ipcMain.emit('anteroom:port', event(contents.mainFrame))
    const [channel, message, handed] = contents.mainFrame.posted[0]!
    expect([channel, message]).toEqual(['anteroom:port', null])
    expect(handed[0]).toBeInstanceOf(FakePort)
    expect(ports).toHaveLength(1)
    expect(ports[0]).not.toBe(handed[0])
  })

  const call = (name: string, argument: unknown) =>
    electronDouble.ipcMain.handlers.get(`anteroom:${name}`)!(
      ...([event(contents.mainFrame), argument] as never[]),
    )

  test('arguments of another form are refused', () => {
    const wrong: [string, unknown][] = [
      ['badge', '3'],
      ['badge', -1],
      ['theme', 'blue'],
      ['notify', { title: 'a', body: 'b', route: 'https://evil.test/' }],
      ['notify', { title: 'a', body: 'b', route: '//evil.test/' }],
      ['notify', null],
      ['open-external', { toString: () => 'https://example.com/' }],
      ['print', 'silent'],
      ['save-pdf', { html: 'x' }],
      ['save-pdf', { html: 'x', name: 3 }],
    ]
    for (const [name, argument] of wrong) {
      expect(() => call(name, argument), `${name} ${JSON.stringify(argument)}`).toThrow('in a form')
    }
    expect(refused).toHaveLength(wrong.length)
  })

  test('results are honest', async () => {
    expect(call('badge', 3)).toBe('done')
    expect(call('theme', 'dark')).toBe('done')
    expect(electronDouble.nativeTheme.themeSource).toBe('dark')
    expect(await call('open-external', 'https://example.com/?a=b c')).toBe('opened')
    expect(electronDouble.shell.opened.at(-1)).toBe('https://example.com/?a=b%20c')
    for (const url of [
      'file:///etc/passwd',
      'smb://h/s',
      'ms-officecmd:x',
      'javascript:x',
      'anteroom://app/',
      'x',
    ]) {
      expect(await call('open-external', url), url).toBe('refused')
    }
    expect(await call('print', undefined)).toBe('printed')
    contents.printResult = [false, 'Print job canceled']
    expect(await print(contents as unknown as BrowserWindow['webContents'])).toBe('cancelled')
    contents.printResult = [false, 'Print job failed']
    expect(await print(contents as unknown as BrowserWindow['webContents'])).toBe('unavailable')
  })
})

describe('the scheme that serves the page (checklist 1, 7, 18)', () => {
  let dir: string
  const options = () => ({
    rendererDir: join(dir, 'renderer'),
    devServer: null,
    takePaper: (path: string) => (path === '/paper/1' ? '<p>Mail</p>' : null),
    fetchFile: async () => new Response('<script>x</script>', { headers: { 'content-type': 'text/html' } }),
  })
  const get = (url: string, init?: RequestInit) => answer(new Request(url, init), options())

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anteroom-electron-'))
    await mkdir(join(dir, 'renderer', 'assets'), { recursive: true })
    await writeFile(join(dir, 'renderer', 'index.html'), '<title>x')
    await writeFile(join(dir, 'renderer', 'assets', 'a.js'), 'export {}')
    await writeFile(join(dir, 'secret.txt'), 'outside')
  })
  afterAll(() => rm(dir, { recursive: true }))

  test('is a secure standard scheme that does not bypass the policy', () => {
    registerScheme()
    expect(electronDouble.protocol.privileged).toEqual([
      {
        scheme: 'anteroom',
        privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
      },
    ])
    const session = new FakeSession()
    serveApplication(session as unknown as Session, options())
    expect([...session.schemes.keys()]).toEqual(['anteroom'])
  })

  test('the page comes under a strict policy', async () => {
    const page = await get('anteroom://app/')
    expect(page.status).toBe(200)
    const policy = page.headers.get('content-security-policy')!.split('; ')
    for (const part of [
      "default-src 'self'",
      "script-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "connect-src 'self'",
    ]) {
      expect(policy).toContain(part)
    }
    expect((await get('anteroom://app/assets/a.js')).headers.get('content-type')).toContain('text/javascript')
  })

  test('a document to be printed may show pictures and do nothing else', async () => {
    const paper = await get('anteroom://app/paper/1')
    expect(await paper.text()).toBe('<p>Mail</p>')
    const policy = paper.headers.get('content-security-policy')!.split('; ')
    for (const part of ["default-src 'none'", "script-src 'none'", "form-action 'none'", "base-uri 'none'"])
      expect(policy).toContain(part)
    expect((await get('anteroom://app/paper/2')).status).toBe(404)
  })

  test('another host, a foreign origin, a path that leaves: nothing', async () => {
    expect((await get('anteroom://evil/')).status).toBe(404)
    expect((await get('anteroom://app/files/a/1', { headers: { origin: 'null' } })).status).toBe(403)
    expect((await get('anteroom://app/files/a/1', { headers: { origin: 'https://evil.test' } })).status).toBe(
      403,
    )
    expect((await get('anteroom://app/..%2fsecret.txt')).status).toBe(404)
    expect((await get('anteroom://app/assets/none.js')).status).toBe(404)
    expect((await get('anteroom://app/', { method: 'POST', body: 'x' })).status).toBe(405)
  })

  test('a stored page is sandboxed', async () => {
    const file = await get('anteroom://app/files/a/1')
    expect(file.headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox/)
    expect(file.headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('the packaged program (checklist 19)', () => {
  const builder = readFileSync(join(root, 'electron-builder.yml'), 'utf8')

  test.each([
    'runAsNode: false',
    'enableNodeOptionsEnvironmentVariable: false',
    'enableNodeCliInspectArguments: false',
    'enableEmbeddedAsarIntegrityValidation: true',
    'onlyLoadAppFromAsar: true',
    'enableCookieEncryption: true',
    'grantFileProtocolExtraPrivileges: false',
  ])('fuse %s', (line) => {
    const fuses = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(builder)![1]!
    expect(fuses.split('\n').map((each) => each.trim())).toContain(line)
  })

  test('is an archive with only the native modules outside', () => {
    expect(builder).toMatch(/^asar: true$/m)
    expect(/^asarUnpack:\n((?: {2}.*\n)+)/m.exec(builder)![1]).toBe("  - '**/*.node'\n")
  })

  test('names the Electron that is installed (checklist 16)', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'))
    expect(builder).toContain(`electronVersion: ${version}\n`)
  })
})

describe('the bridge in the page (checklist 20)', () => {
  test('gives no part of Electron away', () => {
    const preload = readFileSync(join(root, 'src/preload/preload.ts'), 'utf8')
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1)
    // Channels are written here, never given by the page.
    for (const [, argument] of preload.matchAll(/ipcRenderer\.(?:send|on|postMessage)\(([^,)]*)/g)) {
      expect(argument).toMatch(/^('anteroom:[a-z-]+'|channel)$/)
    }
    expect(preload).not.toMatch(/postMessage\([^)]*'\*'/)
  })
})
