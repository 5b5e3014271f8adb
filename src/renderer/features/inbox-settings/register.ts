import { Cable, Inbox, MailX, Plug, Route, Settings2, ShieldCheck, Ticket } from '@lucide/vue'
import { registerCommands } from '@/shell/commands.ts'
import { useCurrentInbox } from '@/shell/current-inbox.ts'
import { router } from '@/shell/router.ts'
import { inboxSettingsPath, registerInboxPage, registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'

/** The settings of each inbox, and of what all of them share: the receiver and the domains. */
export function register(): void {
  const page = 'inbox.page'
  registerInboxPage({
    id: 'general',
    title: `${page}.general`,
    icon: Settings2,
    order: 10,
    load: () => import('./GeneralPage.vue'),
  })
  registerInboxPage({
    id: 'access',
    title: `${page}.access`,
    icon: ShieldCheck,
    order: 20,
    load: () => import('./AccessPage.vue'),
  })
  registerInboxPage({
    id: 'channels',
    title: `${page}.channels`,
    icon: Plug,
    order: 30,
    load: () => import('./ChannelsPage.vue'),
  })
  registerInboxPage({
    id: 'routing',
    title: `${page}.routing`,
    icon: Route,
    order: 40,
    load: () => import('./RoutingPage.vue'),
  })
  registerInboxPage({
    id: 'tickets',
    title: `${page}.tickets`,
    icon: Ticket,
    order: 50,
    load: () => import('./TicketsPage.vue'),
  })
  registerInboxPage({
    id: 'refused',
    title: `${page}.refused`,
    icon: MailX,
    order: 60,
    load: () => import('./RefusedMailPage.vue'),
  })
  registerSettingsPage({
    id: 'receiver',
    title: 'settings.page.receiver',
    icon: Cable,
    order: 36,
    load: () => import('./ReceiverPage.vue'),
  })
  fillSlot('layers', () => import('./ConfirmationSignals.vue'))
  fillSlot('channel', () => import('./ChannelExtras.vue'))
  registerCommands({
    id: 'inbox.settings',
    title: 'inbox.command',
    group: 'go',
    icon: Inbox,
    keys: ['g s'],
    async run() {
      const current = useCurrentInbox()
      await router.push(current.value ? inboxSettingsPath(current.value) : '/settings/inboxes')
    },
  })
}
