import { computed, shallowReactive, type AsyncComponentLoader, type Component } from 'vue'

export type SettingsPage = {
  /** The last part of its address: `/settings/<id>`, or `/settings/inbox/<inbox>/<id>`. */
  id: string
  /** An i18n key. */
  title: string
  icon: Component
  /** Lower comes first. */
  order: number
  /** Needs more room than text does. */
  wide?: boolean
  /** Not in the navigation: something leads to it. */
  hidden?: boolean
  load: AsyncComponentLoader
}

const pages = shallowReactive(new Map<string, SettingsPage>())
const inboxPages = shallowReactive(new Map<string, SettingsPage>())
const inOrder = (all: Map<string, SettingsPage>) => [...all.values()].sort((a, b) => a.order - b.order)

/** Adds a page to the settings. */
export function registerSettingsPage(page: SettingsPage): void {
  pages.set(page.id, page)
}

/** Adds a page to the settings of every inbox; its component gets `inboxId`. */
export function registerInboxPage(page: SettingsPage): void {
  inboxPages.set(page.id, page)
}

export const settingsPages = computed(() => inOrder(pages))
export const inboxSettingsPages = computed(() => inOrder(inboxPages))

/** The address of the settings of an inbox: of the page `id`, or of the first one. */
export const inboxSettingsPath = (inboxId: string, id = ''): string =>
  `/settings/inbox/${inboxId}${id && `/${id}`}`
