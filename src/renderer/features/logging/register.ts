import { EyeOff } from '@lucide/vue'
import { registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'

/** Which personal mail joins the CRM: the settings, the decisions, and the reasons on messages (G). */
export function register(): void {
  registerSettingsPage({
    id: 'never-log',
    title: 'logging.neverLog.title',
    icon: EyeOff,
    order: 6,
    load: () => import('./NeverLogPage.vue'),
  })
  fillSlot('channel', () => import('./ChannelLogging.vue'), -1)
  fillSlot('accounts', () => import('./AccountsLogging.vue'))
  fillSlot('messageNote', () => import('./MessageVerdict.vue'))
  fillSlot('composerOptions', () => import('./LogOptions.vue'))
}
