import { AtSign, Plug } from '@lucide/vue'
import { registerCommands } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'

const WIZARD = '/settings/connect'
const inboxOf = (argument: unknown): string | undefined =>
  typeof argument === 'object' && argument !== null && 'inboxId' in argument
    ? String(argument.inboxId)
    : undefined

/** Connecting addresses, and looking after those that are connected. */
export function register(): void {
  registerSettingsPage({
    id: 'accounts',
    title: 'settings.page.accounts',
    icon: AtSign,
    order: 5,
    load: () => import('./AccountsPage.vue'),
  })
  registerSettingsPage({
    id: 'channels',
    title: 'settings.page.channels',
    icon: Plug,
    order: 10,
    load: () => import('./ChannelsPage.vue'),
  })
  registerSettingsPage({
    id: 'connect',
    title: 'connect.title',
    icon: Plug,
    order: 0,
    wide: true,
    hidden: true,
    load: () => import('./ConnectPage.vue'),
  })
  fillSlot('inboxChannels', () => import('./InboxChannels.vue'))
  registerCommands(
    {
      id: 'channels.connect',
      title: 'connect.title',
      group: 'app',
      icon: Plug,
      run: async (argument) => {
        const inbox = inboxOf(argument)
        await router.push({ path: WIZARD, query: inbox ? { purpose: 'team', inbox } : {} })
      },
    },
    {
      id: 'channels.connectPersonal',
      title: 'connect.accounts.connect',
      group: 'app',
      icon: AtSign,
      run: async () => void (await router.push({ path: WIZARD, query: { purpose: 'personal' } })),
    },
  )
}
