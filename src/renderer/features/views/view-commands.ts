import { ArrowDown, ArrowUp, ListFilterPlus, Pencil, Trash2 } from '@lucide/vue'
import type { ThreadViewView } from '@contract/organising.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import type { Command } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { useOrganisingStore } from '@/stores/organising.ts'
import { offerUndo } from '@/stores/undoable.ts'
import { editView, newView } from './view-dialog.ts'
import { ownOf } from './view-keys.ts'

/** The view on screen, where somebody made it. */
function current(): ThreadViewView | null {
  const id = ownOf(String(router.currentRoute.value.params['view'] ?? ''))
  return id === null ? null : useOrganisingStore().view(id)
}

async function move(by: 1 | -1): Promise<void> {
  const view = current()
  if (!view) return
  const { views } = useOrganisingStore()
  const others = views.filter(({ id }) => id !== view.id)
  const at = views.indexOf(view) + by
  const answer = await rpc.threadViews.move({ id: view.id, before: others[at]?.id ?? null })
  offerUndo(answer, t('views.own.moved', { name: view.name }))
}

const canMove = (by: 1 | -1) => () => {
  const view = current()
  return (
    view !== null && useOrganisingStore().views[useOrganisingStore().views.indexOf(view) + by] !== undefined
  )
}

/** Views that people make: made here, and where one is on screen changed, put elsewhere and removed. */
export const viewCommands = (): Command[] => [
  {
    id: 'views.new',
    title: 'views.own.new',
    group: 'go',
    icon: ListFilterPlus,
    run: () => newView({ status: 'open', match: 'all', conditions: [] }),
  },
  {
    id: 'views.edit',
    title: 'views.own.edit',
    group: 'list',
    icon: Pencil,
    when: () => current() !== null,
    run: () => {
      const view = current()
      if (view) editView(view)
    },
  },
  {
    id: 'views.up',
    title: 'views.own.up',
    group: 'list',
    icon: ArrowUp,
    when: canMove(-1),
    run: () => move(-1),
  },
  {
    id: 'views.down',
    title: 'views.own.down',
    group: 'list',
    icon: ArrowDown,
    when: canMove(1),
    run: () => move(1),
  },
  {
    id: 'views.remove',
    title: 'views.own.remove',
    group: 'list',
    icon: Trash2,
    when: () => current() !== null,
    async run() {
      const view = current()
      if (!view) return
      const answer = await rpc.threadViews.remove({ id: view.id })
      await router.push('/open')
      offerUndo(answer, t('views.own.removed', { name: view.name }))
    },
  },
]
