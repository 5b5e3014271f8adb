import { Inbox, Settings2 } from '@lucide/vue'
import type { Component } from 'vue'
import { t } from '@/i18n.ts'
import { router } from '@/shell/router.ts'
import { settingsPages } from '@/shell/settings-pages.ts'
import { useSessionStore } from '@/stores/session.ts'

/** Somewhere to go, or something found, as the palette shows it. */
export type Entry = {
  id: string
  label: string
  /** What kind of thing it is, or what tells it from others of its name. */
  detail: string
  icon?: Component
  run: () => unknown
}

/** The inboxes, and the pages of the settings. */
export function places(): Entry[] {
  const { inboxes } = useSessionStore()
  return [
    ...inboxes.map(({ id, name }) => ({
      id: `inbox ${id}`,
      label: name,
      detail: t('shortcuts.kind.inbox'),
      icon: Inbox,
      run: () => router.push(`/inbox-${id}`),
    })),
    ...settingsPages.value
      .filter(({ hidden }) => !hidden)
      .map((page) => ({
        id: `settings ${page.id}`,
        label: t(page.title),
        detail: t('shortcuts.kind.settings'),
        icon: page.icon ?? Settings2,
        run: () => router.push(`/settings/${page.id}`),
      })),
  ]
}
