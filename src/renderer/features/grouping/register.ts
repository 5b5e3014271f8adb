import { Combine, History, Split, Ungroup } from '@lucide/vue'
import type { ThreadId } from '@contract/ids.ts'
import { rpc } from '@/rpc/client.ts'
import { registerCommands, runCommand } from '@/shell/commands.ts'
import { registerMessageActions, registerThreadActions } from '@/shell/conversation-actions.ts'
import { fillSlot } from '@/shell/slots.ts'
import { targetsOf } from '@/stores/do-all.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { historyOf, merging, splitting, takingApart } from './asking.ts'

type Argument = { ids?: readonly ThreadId[] } | undefined

/** Merging and splitting conversations, and their history. */
export function register(): void {
  fillSlot('layers', () => import('./GroupingLayers.vue'))
  fillSlot('threadMarks', () => import('./PartMarks.vue'), 20)
  fillSlot('bulkActions', () => import('./BulkMerge.vue'), 20)
  const some = () => useSelectionStore().targets.length > 0
  const one = (argument: unknown): ThreadId | null => targetsOf((argument as Argument)?.ids)[0] ?? null
  registerCommands(
    {
      id: 'conversation.merge',
      title: 'grouping.merge.command',
      group: 'conversation',
      icon: Combine,
      // "And": m is a comment's.
      keys: ['&'],
      when: some,
      run(argument) {
        const ids = targetsOf((argument as Argument)?.ids)
        if (ids.length > 0) merging.value = ids
      },
    },
    {
      id: 'conversation.split',
      title: 'grouping.split.command',
      group: 'conversation',
      icon: Split,
      when: () => useSelectionStore().open !== null,
      async run() {
        const id = useSelectionStore().open
        const { items } = id ? await rpc.threads.get({ id }) : { items: [] }
        const newest = items.findLast((item) => item.type === 'message')
        if (newest?.type === 'message') splitting.value = newest.message.id
      },
    },
    {
      id: 'conversation.takeApart',
      title: 'grouping.parts.takeApart',
      group: 'conversation',
      icon: Ungroup,
      when: () => useSelectionStore().open !== null,
      run: (argument) => void (takingApart.value = one(argument)),
    },
    {
      id: 'conversation.history',
      title: 'grouping.history.command',
      group: 'conversation',
      icon: History,
      keys: ['h'],
      when: some,
      run: (argument) => void (historyOf.value = one(argument)),
    },
  )
  registerThreadActions(
    {
      id: 'merge',
      order: 200,
      label: 'grouping.merge.command',
      icon: Combine,
      command: 'conversation.merge',
      changes: true,
      shown: ({ inboxId }) => inboxId !== null,
      run: ({ id }) => void runCommand('conversation.merge', { ids: [id] }),
    },
    {
      id: 'history',
      order: 201,
      label: 'grouping.history.command',
      icon: History,
      command: 'conversation.history',
      run: ({ id }) => void runCommand('conversation.history', { ids: [id] }),
    },
  )
  registerMessageActions({
    id: 'split',
    order: 200,
    label: 'grouping.split.command',
    icon: Split,
    changes: true,
    run: ({ id }) => void (splitting.value = id),
  })
}
