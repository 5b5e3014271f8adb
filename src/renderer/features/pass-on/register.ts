import { FileDown, FileText, Forward, Link, Mails, Printer } from '@lucide/vue'
import type { ThreadView } from '@contract/threads.ts'
import { host } from '@/host/index.ts'
import { registerCommands, runCommand } from '@/shell/commands.ts'
import {
  registerMessageActions,
  registerThreadActions,
  type MenuAction,
} from '@/shell/conversation-actions.ts'
import { fillSlot } from '@/shell/slots.ts'
import { useSessionStore } from '@/stores/session.ts'
import { passOnCommands, saveFile } from './commands.ts'

/** Passing conversations on, and taking mail out of the program: forward, print, save, copy the link (D8). */
export function register(): void {
  registerCommands(...passOnCommands())

  const action = (
    order: number,
    command: string,
    label: string,
    icon: MenuAction<ThreadView>['icon'],
    more: Partial<MenuAction<ThreadView>> = {},
  ): MenuAction<ThreadView> => ({
    id: command,
    order,
    label,
    icon,
    command,
    run: ({ id }) => void runCommand(command, { ids: [id] }),
    ...more,
  })
  registerThreadActions(
    action(300, 'thread.forward', 'passOn.forward', Forward, { changes: true }),
    action(301, 'conversation.handOver', 'passOn.team.menu', Forward, {
      changes: true,
      shown: ({ status, inboxId }) =>
        inboxId !== null && status !== 'spam' && useSessionStore().teams.length > 0,
    }),
    action(310, 'conversation.print', 'passOn.print', Printer),
    action(311, 'conversation.savePdf', 'passOn.pdf', FileText, { shown: () => host.savePdf !== null }),
    action(312, 'conversation.saveMailbox', 'passOn.mailbox', Mails),
    action(313, 'conversation.copyLink', 'passOn.link.copy', Link),
  )
  registerMessageActions({
    id: 'saveMessage',
    order: 300,
    label: 'passOn.eml',
    icon: FileDown,
    run: ({ rawUrl }) => saveFile(rawUrl),
  })
  fillSlot('layers', () => import('./HandOverLayer.vue'))
  fillSlot('bulkActions', () => import('./HandOverBulk.vue'), 300)
  fillSlot('composerFiles', () => import('./ForwardFiles.vue'))
}
