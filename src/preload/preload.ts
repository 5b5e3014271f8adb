import { contextBridge, ipcRenderer } from 'electron'
import type { DesktopBridge, PortMessage } from '../contract/desktop.ts'

/**
 * The bridge between the page and Electron's main process. It offers `window.anteroom` and nothing else: no
 * Node, no Electron object, no channel of the page's own choosing. Arguments are checked on the other side.
 */

const PORT_MESSAGE: PortMessage = 'anteroom:port'

/**
 * Makes the subscription for a channel whose messages are one text. Texts that come before the page listens
 * wait for its first listener (a link that started the program); events of Electron never reach the page.
 */
function texts(channel: string): (listener: (text: string) => void) => () => void {
  const listeners = new Set<(text: string) => void>()
  const early: string[] = []
  ipcRenderer.on(channel, (_event, text: unknown) => {
    if (typeof text !== 'string') return
    if (listeners.size === 0) early.push(text)
    for (const listener of listeners) listener(text)
  })
  return (listener) => {
    listeners.add(listener)
    for (const text of early.splice(0)) listener(text)
    return () => void listeners.delete(listener)
  }
}

/** Asks the main process; what it refuses or cannot do is said in the words of the bridge. */
async function ask<T, E>(channel: string, argument: unknown, otherwise: E): Promise<T | E> {
  try {
    return (await ipcRenderer.invoke(channel, argument)) as T
  } catch {
    return otherwise
  }
}

const bridge: DesktopBridge = {
  platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
  requestPort: () => ipcRenderer.send('anteroom:port'),
  notify: ({ title, body, route }) => ask('anteroom:notify', { title, body, route }, 'unavailable'),
  setBadge: (count) => ask('anteroom:badge', count, 'unavailable'),
  openExternal: (url) => ask('anteroom:open-external', url, 'refused'),
  openWindow: (route) => ask('anteroom:open-window', route, 'refused'),
  print: () => ask('anteroom:print', undefined, 'unavailable'),
  savePdf: ({ html, name }) => ask('anteroom:save-pdf', { html, name }, 'unavailable'),
  setTheme: (theme) => ask('anteroom:theme', theme, 'unavailable'),
  onOpenRoute: texts('anteroom:route'),
  onCommand: texts('anteroom:command'),
}

contextBridge.exposeInMainWorld('anteroom', bridge)

// A port does not pass through the bridge: it goes to the page as a message of the page's own window.
ipcRenderer.on('anteroom:port', (event) => {
  window.postMessage(PORT_MESSAGE, window.location.origin, event.ports)
})
