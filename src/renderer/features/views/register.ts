import {
  AlarmClock,
  AtSign,
  Bell,
  CircleCheck,
  CircleDashed,
  CircleUser,
  Hourglass,
  Mails,
  OctagonAlert,
  PenLine,
  Send,
} from '@lucide/vue'
import { announced, registerCommands } from '@/shell/commands.ts'
import { fillSlot } from '@/shell/slots.ts'
import { router, viewOfAddress } from '@/shell/router.ts'
import DesktopSignals from './DesktopSignals.vue'
import ListPane from './ListPane.vue'
import ViewsPane from './ViewsPane.vue'
import { askEarly } from './list-source.ts'
import { NO_LIST, listCommands } from './list-commands.ts'
import { viewCommands } from './view-commands.ts'
import { conversationCommands } from './conversation-commands.ts'

/** The views at the left, the list in the middle, and what can be done with conversations. */
export function register(): void {
  const view = viewOfAddress()
  if (view) askEarly(view)
  fillSlot('views', ViewsPane)
  fillSlot('list', ListPane)
  fillSlot('layers', DesktopSignals)
  fillSlot('layers', () => import('./MentionSignals.vue'))
  fillSlot('layers', () => import('./SnoozeDialog.vue'))
  fillSlot('layers', () => import('./ViewDialogLayer.vue'))
  registerCommands(
    ...conversationCommands(),
    ...viewCommands(),
    ...announced(...listCommands(NO_LIST)),
    ...(
      [
        ['unassigned', 'g u', CircleDashed],
        ['mine', 'g m', CircleUser],
        ['mentions', 'g @', AtSign],
        ['following', 'g f', Bell],
        ['open', 'g a', Mails],
        ['snoozed', 'g b', AlarmClock],
        ['closed', 'g e', CircleCheck],
        ['sent', 'g t', Send],
        ['drafts', 'g d', PenLine],
        ['spam', 'g !', OctagonAlert],
        ['outbox', 'g o', Hourglass],
      ] as const
    ).map(([view, keys, icon]) => ({
      id: `go.${view}`,
      title: `views.go.${view}`,
      group: 'go' as const,
      icon,
      keys: view === 'unassigned' ? [keys, 'g i'] : [keys],
      run: async () => void (await router.push(`/${view}`)),
    })),
  )
}
