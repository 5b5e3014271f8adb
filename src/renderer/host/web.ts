import type { EngineWire, Host, HostNotification } from './types.ts'

const OPENABLE = new Set(['http:', 'https:', 'mailto:', 'tel:', 'sip:'])

/** A browser tab on the web shell. The session cookie was set when the page was loaded with its token. */
export function createWebHost(): Host {
  const routeListeners = new Set<(route: string) => void>()

  return {
    kind: 'web',
    platform: platformOf(navigator.userAgent),
    connect: (signal) => openSocket(signal),
    fileUrl: (path) => path,
    notify: (notification) => notify(notification, (route) => routeListeners.forEach((each) => each(route))),
    async allowNotifications() {
      if (!('Notification' in window)) return 'unavailable'
      return (await Notification.requestPermission()) === 'granted' ? 'allowed' : 'refused'
    },
    async setBadge(count) {
      if (!('setAppBadge' in navigator)) return 'unavailable'
      try {
        await (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge())
        return 'done'
      } catch {
        // Only an installed web application has an icon to put a number on.
        return 'unavailable'
      }
    },
    async openExternal(url) {
      if (!URL.canParse(url) || !OPENABLE.has(new URL(url).protocol)) return 'refused'
      window.open(url, '_blank', 'noopener,noreferrer')
      return 'opened'
    },
    async openWindow(route) {
      window.open(`${location.pathname}#${route}`, '_blank', 'noopener,width=860,height=900')
      return 'opened'
    },
    async print() {
      window.print()
      return 'printed'
    },
    // A page can only ask for the dialog, which can save as PDF too.
    savePdf: null,
    linkToThread: (id) => `${location.origin}${location.pathname}#/open/${id}`,
    setTheme() {},
    onOpenRoute(listener) {
      routeListeners.add(listener)
      return () => routeListeners.delete(listener)
    },
    onCommand: () => () => {},
  }
}

function openSocket(signal: AbortSignal): Promise<EngineWire> {
  return new Promise((resolve, reject) => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = earlySocket() ?? new WebSocket(`${scheme}://${location.host}/rpc`)
    const opened = () => {
      socket.removeEventListener('close', refused)
      resolve({ kind: 'socket', socket })
    }
    const refused = () => reject(new Error('The engine did not accept the connection.'))
    if (socket.readyState === WebSocket.OPEN) return opened()
    const giveUp = () => socket.close()
    signal.addEventListener('abort', giveUp, { once: true })
    socket.addEventListener('open', () => signal.removeEventListener('abort', giveUp), { once: true })
    socket.addEventListener('close', refused, { once: true })
    socket.addEventListener('open', opened, { once: true })
  })
}

/** The socket that public/early.js began, once, unless it failed meanwhile. */
function earlySocket(): WebSocket | null {
  const socket = window.anteroomSocket
  delete window.anteroomSocket
  return socket && socket.readyState <= WebSocket.OPEN ? socket : null
}

async function notify(
  { title, body, route }: HostNotification,
  open: (route: string) => void,
): Promise<'shown' | 'unavailable'> {
  if (!('Notification' in window)) return 'unavailable'
  // Asking is left to a control that the user presses; a page may not ask out of nothing.
  if (Notification.permission !== 'granted') return 'unavailable'
  const shown = new Notification(title, { body, tag: route })
  shown.addEventListener('click', () => {
    window.focus()
    open(route)
    shown.close()
  })
  return 'shown'
}

function platformOf(userAgent: string): Host['platform'] {
  if (/Mac|iPhone|iPad/.test(userAgent)) return 'darwin'
  return /Windows/.test(userAgent) ? 'win32' : 'linux'
}
