import { Inbox, ListFilter, Settings2, Tag } from '@lucide/vue'
import type { Component } from 'vue'
import { t } from '@/i18n.ts'
import { router } from '@/shell/router.ts'
import { settingsPages } from '@/shell/settings-pages.ts'
import { useOrganisingStore } from '@/stores/organising.ts'
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

/** The inboxes, the views that people made, the tags, and the pages of the settings. */
export function places(): Entry[] {
  const { inboxes } = useSessionStore()
  const organising = useOrganisingStore()
  return [
    ...inboxes.map(({ id, name }) => ({
      id: `inbox ${id}`,
      label: name,
      detail: t('shortcuts.kind.inbox'),
      icon: Inbox,
      run: () => router.push(`/inbox-${id}`),
    })),
    ...organising.views.map(({ id, name }) => ({
      id: `view ${id}`,
      label: name,
      detail: t('shortcuts.kind.view'),
      icon: ListFilter,
      run: () => router.push(`/view-${id}`),
    })),
    ...organising.tags.map(({ id, name }) => ({
      id: `tag ${id}`,
      label: name,
      detail: t('shortcuts.kind.tag'),
      icon: Tag,
      run: () => router.push(`/tag-${id}`),
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
