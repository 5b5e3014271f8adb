import type { MessageId, ThreadId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { offerUndo } from '@/stores/undoable.ts'
import type { ToastAction } from '@/stores/toasts.ts'

/** Merges conversations into one of them. @returns the one that stays */
export async function merge(ids: readonly ThreadId[], into: ThreadId): Promise<ThreadId> {
  const done = await rpc.grouping.merge({ ids: [...ids], into })
  useSelectionStore().letGo(ids)
  offerUndo(done, t('grouping.merge.done', { n: ids.length - 1 }, ids.length - 1))
  return done.threadId
}

/** Shows a conversation by itself that was merged into another. */
export async function takeApart(id: ThreadId): Promise<void> {
  offerUndo(await rpc.grouping.takeApart({ id }), t('grouping.parts.takenApart'))
}

/**
 * Makes a conversation of some messages.
 * @param open  what "Open it" does
 */
export async function split(ids: readonly MessageId[], open: (id: ThreadId) => void): Promise<void> {
  const done = await rpc.grouping.split({ messageIds: [...ids] })
  const also: ToastAction = { label: t('grouping.split.open'), run: () => open(done.threadId) }
  offerUndo(done, t('grouping.split.done', { n: ids.length }, ids.length), also)
}

/** Puts what was split off back. @returns the conversation that it came from */
export async function putBack(id: ThreadId): Promise<ThreadId> {
  const done = await rpc.grouping.putBack({ id })
  offerUndo(done, t('grouping.parts.putBackDone'))
  return done.threadId
}
