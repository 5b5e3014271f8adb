import { computed, shallowReactive, type AsyncComponentLoader, type Component } from 'vue'

export type SettingsPage = {
  /** The last part of its address: `/settings/<id>`. */
  id: string
  /** An i18n key. */
  title: string
  icon: Component
  /** Lower comes first. */
  order: number
  load: AsyncComponentLoader
}

const pages = shallowReactive(new Map<string, SettingsPage>())

/** Adds a page to the settings. */
export function registerSettingsPage(page: SettingsPage): void {
  pages.set(page.id, page)
}

export const settingsPages = computed(() => [...pages.values()].sort((a, b) => a.order - b.order))
