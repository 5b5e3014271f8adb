/**
 * What the Electron preload offers the renderer as `window.anteroom`: the port to the engine and the few
 * things that only a desktop shell can do. Types only; every result says honestly what happened.
 */
export type DesktopBridge = {
  readonly platform: 'darwin' | 'win32' | 'linux'
  /**
   * Asks for a fresh port to the engine. It arrives as a `message` event on `window` from the same window,
   * with `data` being `anteroom:port` and the port in `event.ports[0]`; one event for each request. The engine
   * may be gone when asked: then the port comes once it runs again.
   */
  requestPort(): void
  /** Shows a notification; a click on it opens `route` in the main window. */
  notify(notification: DesktopNotification): Promise<'shown' | 'unavailable'>
  /** Puts a number on the dock or taskbar icon; 0 takes it away. */
  setBadge(count: number): Promise<'done' | 'unavailable'>
  /** Hands an http, https, mailto, tel or sip address to the system; anything else is `refused`. */
  openExternal(url: string): Promise<'opened' | 'refused' | 'unavailable'>
  /** Opens a route of the application ("/message/…") in a window of its own. */
  openWindow(route: string): Promise<'opened' | 'refused' | 'unavailable'>
  /** Prints the window by the system's dialog. */
  print(): Promise<'printed' | 'cancelled' | 'unavailable'>
  /**
   * Writes a document as PDF where the user wants it. `html` is shown in a hidden window that runs no scripts, under
   * the policy that it carries.
   */
  savePdf(paper: { html: string; name: string }): Promise<'saved' | 'cancelled' | 'unavailable'>
  /** Tells the native parts (title bar, menus) which theme is on. */
  setTheme(theme: DesktopTheme): Promise<'done' | 'unavailable'>
  /**
   * Called with a route of the application: a clicked notification, a deep link, or a `mailto:` link as
   * `/compose?mailto=<the encoded link>`. Returns the function that ends the subscription.
   */
  onOpenRoute(listener: (route: string) => void): () => void
  /** Called with the id of a command that was chosen in the application menu ("composer.new"). */
  onCommand(listener: (commandId: string) => void): () => void
}

export type DesktopNotification = { title: string; body: string; route: string }
export type DesktopTheme = 'light' | 'dark' | 'system'

/** The `data` of the window message that carries the engine's port. */
export type PortMessage = 'anteroom:port'
