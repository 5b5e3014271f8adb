import { Ban, Mail, OctagonAlert } from '@lucide/vue'
import { registerCommands } from '@/shell/commands.ts'
import { registerThreadActions } from '@/shell/conversation-actions.ts'
import { registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'
import { attempt } from '@/stores/report.ts'
import { mark, spamCommands, unmark } from './commands.ts'

/** Spam: saying so and taking it back, why a conversation is spam, and whose new mail is. */
export function register(): void {
  registerCommands(...spamCommands())
  registerThreadActions(
    {
      id: 'spam',
      order: 400,
      label: 'spam.mark',
      icon: OctagonAlert,
      command: 'conversation.spam',
      changes: true,
      shown: ({ status }) => status === 'open' || status === 'closed',
      run: ({ id }) => void attempt(() => mark([id], 'sender')),
    },
    {
      id: 'notSpam',
      order: 400,
      label: 'spam.unmark',
      icon: Mail,
      command: 'conversation.notSpam',
      changes: true,
      shown: ({ status }) => status === 'spam',
      run: ({ id }) => void attempt(() => unmark([id])),
    },
  )
  fillSlot('bulkActions', () => import('./SpamBulk.vue'), 400)
  fillSlot('threadMarks', () => import('./SpamMark.vue'), 400)
  registerSettingsPage({
    id: 'blocked',
    title: 'spam.page.title',
    icon: Ban,
    order: 56,
    load: () => import('./BlockedPage.vue'),
  })
}
