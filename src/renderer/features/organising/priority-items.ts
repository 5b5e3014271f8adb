import type { TicketPriority } from '@contract/admin.ts'
import type { ThreadId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { runCommand } from '@/shell/commands.ts'
import { PRIORITIES } from '@/shell/priorities.ts'
import type { MenuItem } from '@/ui/menu.ts'

/** The priorities as items of a menu. @param now  theirs, where all have the same */
export const priorityItems = (ids: readonly ThreadId[], now: TicketPriority | null): MenuItem[] =>
  PRIORITIES.map(({ id, icon }) => ({
    id,
    label: t(`organising.priority.name.${id}`),
    icon,
    checked: now === id,
    run: () => void runCommand('conversation.priority', { ids, priority: id }),
  }))
