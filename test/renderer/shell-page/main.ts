import type { DesktopBridge, PortMessage } from '@contract/desktop.ts'
import { createFakeEngine, fakeChannel, rowsOf, type FakeEngine } from './fake-engine.ts'
import type { ShellPage } from './window.ts'

const PORT: PortMessage = 'anteroom:port'
// The test sets the scene before the application starts.
const scene = new URLSearchParams(location.search)
const engine = createFakeEngine(Number(scene.get('contacts') ?? 40))
const shell: ShellPage = {
  engine,
  fakeChannel,
  rowsOf,
  reachable: true,
  badge: 0,
  notified: [],
  openRoute: () => {},
}
const bridge: DesktopBridge = {
  platform: 'linux',
  requestPort() {
    if (!shell.reachable) return
    const { port1, port2 } = new MessageChannel()
    engine.connect(port1)
    window.postMessage(PORT, '*', [port2])
  },
  async notify(notification) {
    shell.notified.push(notification)
    return 'shown'
  },
  async setBadge(count) {
    shell.badge = count
    return 'done'
  },
  openExternal: async () => 'opened',
  openWindow: async () => 'opened',
  print: async () => 'printed',
  savePdf: async () => 'saved',
  setTheme: async () => 'done',
  onOpenRoute(listener) {
    shell.openRoute = listener
    return () => {}
  },
  onCommand: () => () => {},
}

window.shell = shell
window.anteroom = bridge
if (scene.has('rows')) engine.state.rows = rowsOf(Number(scene.get('rows')))
if (scene.has('empty')) engine.state.emptyReason = scene.get('empty') as FakeEngine['state']['emptyReason']
if (scene.has('nobody')) engine.state.meId = null
if (scene.has('channels')) engine.state.channels = []
void import('../../../src/renderer/main.ts')
