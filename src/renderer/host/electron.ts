import type { DesktopBridge, PortMessage } from '@contract/desktop.ts'
import type { EngineWire, Host } from './types.ts'

const PORT_MESSAGE: PortMessage = 'anteroom:port'
/** How long the main process may take to introduce the engine, in ms. */
const PORT_TIMEOUT = 10_000

/** The renderer inside Electron: the bridge of the preload, and ports that come as window messages. */
export function createElectronHost(bridge: DesktopBridge): Host {
  return {
    kind: 'electron',
    platform: bridge.platform,
    connect: (signal) => takePort(bridge, signal),
    fileUrl: (path) => path,
    notify: (notification) => bridge.notify(notification),
    // A desktop application needs no leave; whether they are shown is said by each `notify`.
    allowNotifications: async () => 'allowed',
    setBadge: (count) => bridge.setBadge(count),
    openExternal: (url) => bridge.openExternal(url),
    openWindow: (route) => bridge.openWindow(route),
    print: () => bridge.print(),
    savePdf: (paper) => bridge.savePdf(paper),
    linkToThread: (id) => `anteroom://thread/${id}`,
    setTheme: (theme) => void bridge.setTheme(theme),
    onOpenRoute: (listener) => bridge.onOpenRoute(listener),
    onCommand: (listener) => bridge.onCommand(listener),
  }
}

function takePort(bridge: DesktopBridge, signal: AbortSignal): Promise<EngineWire> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      window.removeEventListener('message', take)
      signal.removeEventListener('abort', giveUp)
    }
    const giveUp = () => {
      end()
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      end()
      reject(new Error('The engine did not answer within ten seconds.'))
    }, PORT_TIMEOUT)
    // A frame with mail in it could post messages too: only this very window may hand over a port.
    const take = (event: MessageEvent) => {
      const port = event.ports[0]
      if (event.source !== window || event.data !== PORT_MESSAGE || !port) return
      end()
      port.start()
      resolve({ kind: 'port', port })
    }
    signal.addEventListener('abort', giveUp)
    window.addEventListener('message', take)
    bridge.requestPort()
  })
}
