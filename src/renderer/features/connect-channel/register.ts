import { Plug } from '@lucide/vue'
import { registerCommands } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { registerSettingsPage } from '@/shell/settings-pages.ts'

/** Connecting mailboxes, and looking after those that are connected. */
export function register(): void {
  registerSettingsPage({
    id: 'channels',
    title: 'settings.page.channels',
    icon: Plug,
    order: 10,
    load: () => import('./ChannelsPage.vue'),
  })
  registerCommands({
    id: 'channels.connect',
    title: 'connect.title',
    group: 'app',
    icon: Plug,
    run: async () => void (await router.push({ path: '/settings/channels', query: { connect: '1' } })),
  })
}
