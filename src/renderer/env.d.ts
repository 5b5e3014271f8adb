import type { DesktopBridge } from '@contract/desktop.ts'

declare global {
  interface Window {
    /** Present in Electron only; put there by the preload. */
    anteroom?: DesktopBridge
    /** The connection that public/early.js began; taken by the web host. */
    anteroomSocket?: WebSocket
  }
}
