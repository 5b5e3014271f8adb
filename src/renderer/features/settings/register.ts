import { Globe, Inbox, Palette, Send, Users } from '@lucide/vue'
import { registerSettingsPage } from '@/shell/settings-pages.ts'

/** The pages of the settings that belong to no other feature. */
export function register(): void {
  const page = 'settings.page'
  registerSettingsPage({
    id: 'people',
    title: `${page}.people`,
    icon: Users,
    order: 20,
    load: () => import('./PeoplePage.vue'),
  })
  registerSettingsPage({
    id: 'inboxes',
    title: `${page}.inboxes`,
    icon: Inbox,
    order: 30,
    load: () => import('./InboxesPage.vue'),
  })
  registerSettingsPage({
    id: 'domains',
    title: `${page}.domains`,
    icon: Globe,
    order: 34,
    load: () => import('./DomainsPage.vue'),
  })
  registerSettingsPage({
    id: 'appearance',
    title: `${page}.appearance`,
    icon: Palette,
    order: 40,
    load: () => import('./AppearancePage.vue'),
  })
  registerSettingsPage({
    id: 'sending',
    title: `${page}.sending`,
    icon: Send,
    order: 50,
    load: () => import('./SendingPage.vue'),
  })
}
