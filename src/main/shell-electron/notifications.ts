import { Notification } from 'electron'
import type { DesktopNotification } from '../../contract/desktop.ts'

/** Notifications that are on the screen: one that is collected would not answer its click any more. */
const shown = new Set<Notification>()
const MOST_KEPT = 50
const MOST_LETTERS = 300

/**
 * Shows a notification of the system.
 *
 * @param notification texts are shown as they are, never as markup, and cut at 300 letters
 * @param open called with the notification's route when it is clicked
 */
export function notify(
  notification: DesktopNotification,
  open: (route: string) => void,
): 'shown' | 'unavailable' {
  if (!Notification.isSupported()) return 'unavailable'
  const native = new Notification({ title: cut(notification.title), body: cut(notification.body) })
  shown.add(native)
  for (const oldest of shown) {
    if (shown.size <= MOST_KEPT) break
    shown.delete(oldest)
  }
  native.on('click', () => {
    shown.delete(native)
    open(notification.route)
  })
  native.on('close', () => shown.delete(native))
  native.on('failed', () => shown.delete(native))
  native.show()
  return 'shown'
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > MOST_LETTERS ? line.slice(0, MOST_LETTERS - 1) + '…' : line
}
