import { Bell, Flag, Tag } from '@lucide/vue'
import type { TicketPriority } from '@contract/admin.ts'
import type { ThreadId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import type { Command } from '@/shell/commands.ts'
import { pick } from '@/shell/pick.ts'
import { PRIORITIES } from '@/shell/priorities.ts'
import { doAll, targetsOf } from '@/stores/do-all.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { tagging } from './tag-picker.ts'

type Argument = { ids?: readonly ThreadId[]; priority?: TicketPriority; on?: boolean } | undefined

async function setPriority(ids: readonly ThreadId[], given: TicketPriority | undefined): Promise<void> {
  const priority =
    given ??
    (await pick<TicketPriority>({
      title: t('organising.priority.pick'),
      options: PRIORITIES.map(({ id }) => ({ value: id, label: t(`organising.priority.name.${id}`) })),
    }))
  if (!priority) return
  await doAll(
    ids,
    (part) => rpc.threads.setPriority({ ids: part, priority }),
    (n) => t('organising.done.priority', { n, name: t(`organising.priority.name.${priority}`) }, n),
  )
}

/** Follows them, or, where it is not said, changes whether the first one is followed. */
async function follow(ids: readonly ThreadId[], given: boolean | undefined): Promise<void> {
  const [first] = ids
  if (!first) return
  const on = given ?? !(await rpc.threads.get({ id: first })).following
  await doAll(
    ids,
    (part) => rpc.threads.follow({ ids: part, on }),
    (n) => t(on ? 'organising.done.followed' : 'organising.done.unfollowed', { n }, n),
  )
}

/** What orders conversations, from their head, the bar of chosen ones, the palette and by key. */
export function organisingCommands(): Command[] {
  const some = () => useSelectionStore().targets.length > 0
  return [
    {
      id: 'conversation.tag',
      title: 'organising.command.tag',
      group: 'conversation',
      icon: Tag,
      keys: ['l'],
      when: some,
      run: (argument) => {
        const ids = targetsOf((argument as Argument)?.ids)
        if (ids.length > 0) tagging.value = ids
      },
    },
    {
      id: 'conversation.priority',
      title: 'organising.command.priority',
      group: 'conversation',
      icon: Flag,
      keys: ['Shift+p'],
      when: some,
      run: (argument) =>
        setPriority(targetsOf((argument as Argument)?.ids), (argument as Argument)?.priority),
    },
    {
      id: 'conversation.follow',
      title: 'organising.command.follow',
      group: 'conversation',
      icon: Bell,
      keys: ['w'],
      when: some,
      run: (argument) => follow(targetsOf((argument as Argument)?.ids), (argument as Argument)?.on),
    },
  ]
}
