import { join } from 'node:path'
import { app, nativeImage } from 'electron'
import type { BrowserWindow } from 'electron'
import type { Strings } from '../shell-shared/strings.ts'

/**
 * Puts a number on the dock icon (macOS, Linux launchers that can) or a dot with a spoken number on the
 * taskbar button (Windows, which has no numbers). 0 takes it away.
 *
 * @param iconsDir `resources/icons`
 */
export function setBadge(
  count: number,
  window: BrowserWindow | null,
  iconsDir: string,
  t: Strings,
): 'done' | 'unavailable' {
  if (process.platform !== 'win32') return app.setBadgeCount(count) ? 'done' : 'unavailable'
  if (window === null) return 'unavailable'
  if (count === 0) window.setOverlayIcon(null, '')
  else {
    const dot = nativeImage.createFromPath(join(iconsDir, 'badge.png'))
    window.setOverlayIcon(dot, t('desktop.tray.waiting', { name: t('desktop.name'), count }))
  }
  return 'done'
}
