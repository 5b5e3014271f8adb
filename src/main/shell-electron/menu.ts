import { Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { Strings } from '../shell-shared/strings.ts'

/** What menu items ask of the window in front. */
export type MenuActions = {
  /** Runs a command of the renderer, by its id. */
  command(id: string): void
  openRoute(route: string): void
  print(): void
  /** Makes Anteroom the system's program for mail links, which is asked for here and never done unasked. */
  becomeMailProgram(): void
}

/**
 * The application menu. What the page does itself (compose, search, shortcuts) is sent to it as the id of
 * its command, so that menu, palette and keyboard do the same thing.
 */
export function menuTemplate(
  platform: string,
  t: Strings,
  actions: MenuActions,
  development: boolean,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const item = (name: string, click: () => void, accelerator?: string): MenuItemConstructorOptions => ({
    label: t(`desktop.menu.${name}`),
    click,
    ...(accelerator && { accelerator }),
  })
  const role = (name: NonNullable<MenuItemConstructorOptions['role']>): MenuItemConstructorOptions => ({
    role: name,
    label: t(`desktop.menu.${name}`, { name: t('desktop.name') }),
  })
  const settings = item('settings', () => actions.openRoute('/settings'), 'CmdOrCtrl+,')
  return [
    ...(mac
      ? [
          {
            label: t('desktop.name'),
            submenu: [
              role('about'),
              separator,
              settings,
              separator,
              role('services'),
              separator,
              role('hide'),
              role('hideOthers'),
              role('unhide'),
              separator,
              role('quit'),
            ],
          },
        ]
      : []),
    {
      label: t('desktop.menu.file'),
      submenu: [
        item('compose', () => actions.command('composer.new'), 'CmdOrCtrl+N'),
        separator,
        item('print', actions.print, 'CmdOrCtrl+P'),
        separator,
        ...(mac ? [role('close')] : [settings, separator, role('quit')]),
      ],
    },
    {
      label: t('desktop.menu.edit'),
      submenu: [
        role('undo'),
        role('redo'),
        separator,
        role('cut'),
        role('copy'),
        role('paste'),
        role('pasteAndMatchStyle'),
        role('selectAll'),
        separator,
        item('search', () => actions.command('search.focus'), 'CmdOrCtrl+Shift+F'),
      ],
    },
    {
      label: t('desktop.menu.view'),
      submenu: [
        role('resetZoom'),
        role('zoomIn'),
        role('zoomOut'),
        separator,
        role('togglefullscreen'),
        ...(development ? [separator, role('reload'), role('toggleDevTools')] : []),
      ],
    },
    {
      label: t('desktop.menu.window'),
      role: 'window',
      submenu: mac
        ? [role('minimize'), role('zoom'), separator, role('front')]
        : [role('minimize'), role('close')],
    },
    {
      label: t('desktop.menu.help'),
      role: 'help',
      submenu: [
        item('shortcuts', () => actions.command('app.shortcuts')),
        item('becomeMailProgram', actions.becomeMailProgram),
        ...(mac ? [] : [role('about')]),
      ],
    },
  ]
}

/** Builds the menu and makes it the application's. */
export function setApplicationMenu(t: Strings, actions: MenuActions, development: boolean): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, t, actions, development)))
}
