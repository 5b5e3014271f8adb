import { ipcMain, MessageChannelMain, nativeTheme } from 'electron'
import type { IpcMainInvokeEvent, WebContents } from 'electron'
import { z } from 'zod'
import { isRoute } from './origin.ts'
import { MOST_HTML } from './save-pdf.ts'
import { isTrustedSender } from './security.ts'

/** What the bridge in the page can ask for. */
export type BridgeActions = {
  connect(port: Electron.MessagePortMain): void
  notify(notification: { title: string; body: string; route: string }): 'shown' | 'unavailable'
  setBadge(count: number): 'done' | 'unavailable'
  openExternal(url: string): Promise<'opened' | 'refused' | 'unavailable'>
  openWindow(route: string): 'opened' | 'refused' | 'unavailable'
  /** @param contents  of the window that asks */
  savePdf(
    paper: { html: string; name: string },
    contents: WebContents,
  ): Promise<'saved' | 'cancelled' | 'unavailable'>
  /** Called for every message that was not from our own page's top frame, or not of the agreed form. */
  refused(channel: string, why: 'sender' | 'arguments'): void
}

const Route = z.string().refine(isRoute)
const Notice = z.object({ title: z.string().max(2000), body: z.string().max(10_000), route: Route })
const Count = z.number().int().min(0).max(1_000_000)
const Paper = z.object({ html: z.string().max(MOST_HTML), name: z.string().max(2000) })
const Theme = z.enum(['light', 'dark', 'system'])

/**
 * Answers the preload. Every message is checked for its sender (checklist 17, fault 69) and its form; a
 * refused call rejects in the page and is reported.
 */
export function serveBridge(actions: BridgeActions): void {
  ipcMain.on('anteroom:port', (event) => {
    if (!isTrustedSender(event)) {
      actions.refused('anteroom:port', 'sender')
      return
    }
    const { port1, port2 } = new MessageChannelMain()
    actions.connect(port2)
    // To the very frame that asked; ports pass only with postMessage.
    event.senderFrame?.postMessage('anteroom:port', null, [port1])
  })
  handle('anteroom:notify', Notice, (notification) => actions.notify(notification))
  handle('anteroom:badge', Count, (count) => actions.setBadge(count))
  handle('anteroom:open-external', z.string(), (url) => actions.openExternal(url))
  handle('anteroom:open-window', z.string(), (route) => actions.openWindow(route))
  handle('anteroom:print', z.undefined(), (_nothing, event) => print(event.sender))
  handle('anteroom:save-pdf', Paper, (paper, event) => actions.savePdf(paper, event.sender))
  handle('anteroom:theme', Theme, (theme) => {
    nativeTheme.themeSource = theme
    return 'done'
  })

  function handle<T>(
    channel: string,
    form: z.ZodType<T>,
    answer: (argument: T, event: IpcMainInvokeEvent) => unknown,
  ): void {
    ipcMain.handle(channel, (event, argument: unknown) => {
      if (!isTrustedSender(event)) {
        actions.refused(channel, 'sender')
        throw new Error('Anteroom answers only its own page.')
      }
      const parsed = form.safeParse(argument)
      if (!parsed.success) {
        actions.refused(channel, 'arguments')
        throw new Error(`Anteroom was asked for ${channel} in a form that it does not know.`)
      }
      return answer(parsed.data, event)
    })
  }
}

/** Prints a window by the system's dialog. */
export function print(contents: WebContents): Promise<'printed' | 'cancelled' | 'unavailable'> {
  return new Promise((done) => {
    contents.print({ printBackground: false }, (success, reason) => {
      if (success) done('printed')
      // Electron's own word for a closed dialog is "Print job canceled".
      else done(/cancel/i.test(reason) ? 'cancelled' : 'unavailable')
    })
  })
}
