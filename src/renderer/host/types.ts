import type { DesktopTheme } from '@contract/desktop.ts'

/** The pipe to the engine, before oRPC speaks over it. */
export type EngineWire = { kind: 'socket'; socket: WebSocket } | { kind: 'port'; port: MessagePort }

export type HostNotification = { title: string; body: string; route: string }

/**
 * What differs between Electron and a browser. Everything else of the renderer is the same in both, and
 * only `host/` knows which one it runs in. Results say honestly what happened.
 */
export interface Host {
  readonly kind: 'electron' | 'web'
  readonly platform: 'darwin' | 'win32' | 'linux'
  /** A fresh pipe to the engine; rejects when there is none to be had now, or `signal` gives it up. */
  connect(signal: AbortSignal): Promise<EngineWire>
  /** The address of an authorised path from the contract (`AttachmentView.url`, `rawUrl`, `attachUrl`). */
  fileUrl(path: string): string
  notify(notification: HostNotification): Promise<'shown' | 'unavailable'>
  /** Lets the system ask whether notifications may be shown; call it from something the user pressed. */
  allowNotifications(): Promise<'allowed' | 'refused' | 'unavailable'>
  /** A number on the application's icon; 0 takes it away. */
  setBadge(count: number): Promise<'done' | 'unavailable'>
  /** http, https and mailto (and tel, sip where the shell allows them); all else is refused (fault 65). */
  openExternal(url: string): Promise<'opened' | 'refused' | 'unavailable'>
  /** A route of ours in a window of its own. */
  openWindow(route: string): Promise<'opened' | 'refused' | 'unavailable'>
  print(): Promise<'printed' | 'cancelled' | 'unavailable'>
  /** Writes a document of ours as PDF where the user wants it; null where only the print dialog can. */
  readonly savePdf:
    ((paper: { html: string; name: string }) => Promise<'saved' | 'cancelled' | 'unavailable'>) | null
  /** The address that opens a conversation from anywhere on this machine: without any secret of the session in it. */
  linkToThread(id: string): string
  setTheme(theme: DesktopTheme): void
  /** Deep links, clicked notifications, `mailto:`. Returns the function that ends the subscription. */
  onOpenRoute(listener: (route: string) => void): () => void
  /** Commands chosen in a native menu. Returns the function that ends the subscription. */
  onCommand(listener: (commandId: string) => void): () => void
}
