import type { DesktopNotification } from '@contract/desktop.ts'
import type { fakeChannel, FakeEngine, rowsOf } from './fake-engine.ts'

/** The application over the double of the engine, introduced as the desktop shell would. */
export type ShellPage = {
  engine: FakeEngine
  fakeChannel: typeof fakeChannel
  rowsOf: typeof rowsOf
  /** False while the engine cannot be reached. */
  reachable: boolean
  badge: number
  notified: DesktopNotification[]
  openRoute: (route: string) => void
}
declare global {
  interface Window {
    shell: ShellPage
  }
}
