import { EventEmitter } from 'node:events'

/**
 * A double of the few parts of Electron that the shell uses: it records what is registered and called, and
 * lets a test play the other side. It is not Electron, which cannot be started where these tests run; it
 * shows what we ask of Electron, not what Electron does.
 */

type Handler = (...args: never[]) => unknown

export class FakeSession extends EventEmitter {
  permissionRequest?: Handler
  permissionCheck?: Handler
  devicePermission?: Handler
  bluetoothPairing?: Handler
  displayMedia?: Handler
  protocol = { handle: (scheme: string, handler: Handler) => this.schemes.set(scheme, handler) }
  schemes = new Map<string, Handler>()
  words: string[] = []
  setPermissionRequestHandler = (handler: Handler) => (this.permissionRequest = handler)
  setPermissionCheckHandler = (handler: Handler) => (this.permissionCheck = handler)
  setDevicePermissionHandler = (handler: Handler) => (this.devicePermission = handler)
  setBluetoothPairingHandler = (handler: Handler) => (this.bluetoothPairing = handler)
  setDisplayMediaRequestHandler = (handler: Handler) => (this.displayMedia = handler)
}

export class FakeContents extends EventEmitter {
  windowOpen?: (details: { url: string }) => { action: string }
  downloads: string[] = []
  sent: [string, ...unknown[]][] = []
  url = 'anteroom://app/'
  mainFrame = fakeFrame('anteroom://app/#/open')
  printResult: [boolean, string] = [true, '']
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) => {
    this.windowOpen = handler
  }
  downloadURL = (url: string) => void this.downloads.push(url)
  getURL = () => this.url
  print = (_options: unknown, done: (success: boolean, reason: string) => void) => done(...this.printResult)
}

export type FakeFrame = {
  url: string
  origin: string
  parent: FakeFrame | null
  detached: boolean
  posted: [string, unknown, unknown[]][]
  postMessage(channel: string, message: unknown, ports: unknown[]): void
}

export function fakeFrame(
  url: string,
  origin = 'anteroom://app',
  parent: FakeFrame | null = null,
): FakeFrame {
  const posted: FakeFrame['posted'] = []
  return {
    url,
    origin,
    parent,
    detached: false,
    posted,
    postMessage: (channel, message, ports) => void posted.push([channel, message, ports]),
  }
}

/** A port that remembers what was posted to it. */
export class FakePort extends EventEmitter {
  started = false
  closed = false
  posted: unknown[] = []
  postMessage = (message: unknown) => void this.posted.push(message)
  start = () => void (this.started = true)
  close = () => void (this.closed = true)
}

export class FakeUtilityProcess extends EventEmitter {
  received: { message: Record<string, unknown>; ports: FakePort[] }[] = []
  killed = false
  postMessage = (message: Record<string, unknown>, ports: FakePort[] = []) =>
    void this.received.push({ message, ports })
  kill = () => (this.killed = true)
  /** Plays the engine's side. */
  says = (message: unknown) => this.emit('message', message)
}

/** What `import 'electron'` gives in these tests; `vi.mock('electron', () => electronDouble)`. */
export const electronDouble = {
  app: Object.assign(new EventEmitter(), { isPackaged: true, setBadgeCount: (_count: number) => true }),
  shell: {
    opened: [] as string[],
    async openExternal(url: string) {
      electronDouble.shell.opened.push(url)
    },
  },
  ipcMain: Object.assign(new EventEmitter(), {
    handlers: new Map<string, Handler>(),
    handle: (channel: string, handler: Handler) => void electronDouble.ipcMain.handlers.set(channel, handler),
  }),
  nativeTheme: { themeSource: 'system' },
  protocol: {
    privileged: [] as unknown[],
    registerSchemesAsPrivileged: (schemes: unknown[]) =>
      void electronDouble.protocol.privileged.push(...schemes),
  },
  net: { fetch: () => Promise.reject(new Error('no network in tests')) },
  utilityProcess: {
    forked: [] as FakeUtilityProcess[],
    fork() {
      const child = new FakeUtilityProcess()
      electronDouble.utilityProcess.forked.push(child)
      return child
    },
  },
  MessageChannelMain: class {
    port1 = new FakePort()
    port2 = new FakePort()
  },
  safeStorage: {
    backend: 'gnome_libsecret',
    available: true,
    rotate: false,
    getSelectedStorageBackend: () => electronDouble.safeStorage.backend,
    isAsyncEncryptionAvailable: async () => electronDouble.safeStorage.available,
    encryptStringAsync: async (text: string) => Buffer.from(`sealed:${text.split('').reverse().join('')}`),
    async decryptStringAsync(bytes: Buffer) {
      const text = bytes.toString()
      if (!text.startsWith('sealed:')) throw new Error('Error while decrypting')
      const result = text.slice('sealed:'.length).split('').reverse().join('')
      return { result, shouldReEncrypt: electronDouble.safeStorage.rotate }
    },
  },
  dialog: {
    /** What the user answers to the next dialog that asks where to save. */
    saveTo: { canceled: true } as { canceled: boolean; filePath?: string },
    asked: [] as { defaultPath?: string }[],
    async showSaveDialog(...args: unknown[]) {
      electronDouble.dialog.asked.push(args.at(-1) as { defaultPath?: string })
      return electronDouble.dialog.saveTo
    },
  },
  BrowserWindow: class {
    static made: { options: Record<string, unknown>; loaded: string[]; destroyed: boolean }[] = []
    /** What loading a page does; a test lets it fail. */
    static load = async (_url: string): Promise<void> => {}
    record = { options: {} as Record<string, unknown>, loaded: [] as string[], destroyed: false }
    webContents = { printToPDF: async () => Buffer.from('%PDF-1.4') }
    constructor(options: Record<string, unknown>) {
      this.record.options = options
      electronDouble.BrowserWindow.made.push(this.record)
    }
    async loadURL(url: string) {
      this.record.loaded.push(url)
      await electronDouble.BrowserWindow.load(url)
    }
    destroy = () => void (this.record.destroyed = true)
  },
  Menu: class {},
  clipboard: {},
}
