import { join } from 'node:path'
import { Menu, nativeImage, Tray } from 'electron'
import type { Strings } from '../shell-shared/strings.ts'

export type TrayActions = { show(): void; compose(): void; quit(): void }

/** The icon in the tray or menu bar. */
export type AppTray = {
  /** How many conversations wait, for the tooltip. */
  setCount(count: number): void
}

/**
 * Puts the icon into the tray. The returned object must be kept: a collected Tray disappears.
 *
 * @param iconsDir `resources/icons`
 */
export function createTray(iconsDir: string, t: Strings, actions: TrayActions): AppTray {
  const mac = process.platform === 'darwin'
  const image = nativeImage.createFromPath(join(iconsDir, mac ? 'trayTemplate.png' : 'tray.png'))
  // macOS paints a template image in the colour of its menu bar.
  if (mac) image.setTemplateImage(true)
  const tray = new Tray(image)
  tray.setToolTip(t('desktop.name'))
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: t('desktop.tray.open'), click: actions.show },
      { label: t('desktop.menu.compose'), click: actions.compose },
      { type: 'separator' },
      { label: t('desktop.tray.quit'), click: actions.quit },
    ]),
  )
  // On macOS, and on most Linux desktops, a click opens the menu by itself.
  if (process.platform === 'win32') tray.on('click', actions.show)
  return {
    setCount(count) {
      const name = t('desktop.name')
      tray.setToolTip(count > 0 ? t('desktop.tray.waiting', { name, count: cap(count) }) : name)
    },
  }
}

function cap(count: number): string {
  return count > 999 ? '999+' : String(count)
}
