import { Bell, Command as CommandIcon, Keyboard, Monitor, Moon, Printer, Rows3, Sun } from '@lucide/vue'
import { storeToRefs } from 'pinia'
import { watch } from 'vue'
import { host } from '@/host/index.ts'
import { t } from '@/i18n.ts'
import { registerCommands } from '@/shell/commands.ts'
import { useKeysOf } from '@/shell/key-bindings.ts'
import { registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'
import { usePreferencesStore } from '@/stores/preferences.ts'
import { useSessionStore } from '@/stores/session.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import ShortcutLayers from './ShortcutLayers.vue'
import { openLayer } from './layers.ts'

/** The palette, the list of shortcuts, and the commands that belong to no feature. */
export function register(): void {
  const { theme, density, notifications } = storeToRefs(usePreferencesStore())
  const session = useSessionStore()
  watch(
    () => session.me?.id,
    (id) => id && useKeysOf(id),
    { immediate: true },
  )
  fillSlot('layers', ShortcutLayers)
  registerSettingsPage({
    id: 'shortcuts',
    title: 'settings.page.shortcuts',
    icon: Keyboard,
    order: 60,
    load: () => import('./ShortcutsPage.vue'),
  })
  registerCommands(
    {
      id: 'app.palette',
      title: 'app.palette',
      group: 'app',
      icon: CommandIcon,
      keys: ['Mod+k'],
      hidden: true,
      run: () => void (openLayer.value = 'palette'),
    },
    {
      id: 'app.shortcuts',
      title: 'app.shortcuts',
      group: 'app',
      icon: Keyboard,
      keys: ['?'],
      run: () => void (openLayer.value = 'shortcuts'),
    },
    ...(
      [
        ['light', Sun],
        ['dark', Moon],
        ['system', Monitor],
      ] as const
    ).map(([name, icon]) => ({
      id: `app.theme.${name}`,
      title: `shortcuts.theme.${name}`,
      group: 'app' as const,
      icon,
      when: () => theme.value !== name,
      run: () => void (theme.value = name),
    })),
    {
      id: 'app.density',
      title: 'shortcuts.density',
      group: 'app',
      icon: Rows3,
      run: () => void (density.value = density.value === 'compact' ? 'comfortable' : 'compact'),
    },
    {
      id: 'app.notifications',
      title: 'shortcuts.notifications',
      group: 'app',
      icon: Bell,
      async run() {
        const allowed = (await host.allowNotifications()) === 'allowed'
        if (allowed) notifications.value = true
        useToastsStore().show(t(allowed ? 'shortcuts.notificationsOn' : 'shortcuts.notificationsOff'))
      },
    },
    {
      id: 'app.print',
      title: 'shortcuts.print',
      group: 'app',
      icon: Printer,
      run: async () => void (await host.print()),
    },
  )
}
