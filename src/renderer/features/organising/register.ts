import { Bell, BellOff, Flag, Tag, Tags } from '@lucide/vue'
import { registerCommands, runCommand } from '@/shell/commands.ts'
import { registerThreadActions } from '@/shell/conversation-actions.ts'
import { registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'
import { organisingCommands } from './commands.ts'

/** Tags, priority and followers of conversations. */
export function register(): void {
  fillSlot('threadMarks', () => import('./ThreadMarks.vue'), 10)
  fillSlot('bulkActions', () => import('./BulkActions.vue'), 10)
  fillSlot('layers', () => import('./OrganisingLayers.vue'))
  registerCommands(...organisingCommands())
  const inInbox = ({ inboxId }: { inboxId: string | null }): boolean => inboxId !== null
  registerThreadActions(
    {
      id: 'tag',
      order: 100,
      label: 'organising.command.tag',
      icon: Tag,
      command: 'conversation.tag',
      changes: true,
      shown: inInbox,
      run: ({ id }) => void runCommand('conversation.tag', { ids: [id] }),
    },
    {
      id: 'priority',
      order: 101,
      label: 'organising.command.priority',
      icon: Flag,
      command: 'conversation.priority',
      changes: true,
      shown: inInbox,
      run: ({ id }) => void runCommand('conversation.priority', { ids: [id] }),
    },
    {
      id: 'follow',
      order: 102,
      label: 'organising.follow.button',
      icon: Bell,
      command: 'conversation.follow',
      shown: ({ inboxId, following }) => inboxId !== null && !following,
      run: ({ id }) => void runCommand('conversation.follow', { ids: [id], on: true }),
    },
    {
      id: 'unfollow',
      order: 102,
      label: 'organising.follow.stop',
      icon: BellOff,
      command: 'conversation.follow',
      shown: ({ inboxId, following }) => inboxId !== null && following,
      run: ({ id }) => void runCommand('conversation.follow', { ids: [id], on: false }),
    },
  )
  registerSettingsPage({
    id: 'tags',
    title: 'organising.page.title',
    icon: Tags,
    order: 36,
    load: () => import('./TagsPage.vue'),
  })
}
