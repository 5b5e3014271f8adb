import { resolve } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import type { DesktopBridge } from '../../src/contract/desktop.ts'

// Over a double of the three things the preload touches: contextBridge, ipcRenderer and window.
const exposed: Record<string, unknown> = {}
const listeners = new Map<string, (event: unknown, text?: unknown) => void>()
const sent: unknown[][] = []
let answer: () => Promise<unknown> = async () => 'done'
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void (exposed[name] = value) },
  ipcRenderer: {
    on: (channel: string, listener: (event: unknown) => void) => void listeners.set(channel, listener),
    send: (...args: unknown[]) => void sent.push(args),
    invoke: (...args: unknown[]) => {
      sent.push(args)
      return answer()
    },
  },
}))
const posted: unknown[][] = []
vi.stubGlobal('window', {
  location: { origin: 'anteroom://app' },
  postMessage: (...args: unknown[]) => void posted.push(args),
})
// By a path that the type check of Node's side does not follow: the preload is typed with the browser's names.
await import(resolve(import.meta.dirname, '../../src/preload/preload.ts'))
const bridge = exposed['anteroom'] as DesktopBridge

beforeEach(() => {
  sent.length = 0
  posted.length = 0
  answer = async () => 'done'
})

test('the page gets one object with the agreed calls and nothing else', () => {
  expect(Object.keys(exposed)).toEqual(['anteroom'])
  expect(Object.keys(bridge).sort()).toEqual([
    'notify',
    'onCommand',
    'onOpenRoute',
    'openExternal',
    'openWindow',
    'platform',
    'print',
    'requestPort',
    'savePdf',
    'setBadge',
    'setTheme',
  ])
})

test('a port goes to the page itself, and to our origin only', () => {
  bridge.requestPort()
  expect(sent).toEqual([['anteroom:port']])
  const port = {}
  listeners.get('anteroom:port')!({ ports: [port] })
  expect(posted).toEqual([['anteroom:port', 'anteroom://app', [port]]])
})

test('what is refused or fails is said in the words of the bridge', async () => {
  expect(await bridge.setBadge(1)).toBe('done')
  answer = () => Promise.reject(new Error('refused'))
  expect(await bridge.openExternal('file:///x')).toBe('refused')
  expect(await bridge.openWindow('/x')).toBe('refused')
  expect(await bridge.notify({ title: 'a', body: 'b', route: '/x' })).toBe('unavailable')
  expect(await bridge.print()).toBe('unavailable')
})

test('a route that comes before the page listens is not lost; events of Electron do not pass', () => {
  const receive = listeners.get('anteroom:route')!
  receive({ sender: 'electron' }, '/open')
  receive({}, { not: 'a text' })
  const seen: unknown[][] = []
  const stop = bridge.onOpenRoute((...args: unknown[]) => void seen.push(args))
  receive({}, '/mine')
  stop()
  receive({}, '/closed')
  expect(seen).toEqual([['/open'], ['/mine']])
})
