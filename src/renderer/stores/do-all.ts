import type { Undoable } from '@contract/common.ts'
import type { ThreadId, UndoId } from '@contract/ids.ts'
import { offerUndo } from './undoable.ts'
import type { ToastAction } from './toasts.ts'
import { useSelectionStore } from './selection.ts'

/** Most ids in one call (the contract's limit); a larger choice goes in several. */
const MOST = 1000

/** The conversations that were named, or else the ones chosen, open, or under the keyboard. */
export function targetsOf(ids: readonly ThreadId[] | undefined): ThreadId[] {
  return [...(ids ?? useSelectionStore().targets)]
}

/**
 * Does something with all of them and offers to take it back: also what was done before a part of many failed. They are no
 * longer chosen in the list then.
 * @param words  what was done, for that many of them
 * @param also  what else could be wanted then
 */
export async function doAll(
  ids: readonly ThreadId[],
  run: (part: ThreadId[]) => Promise<Undoable>,
  words: (n: number) => string,
  keepChoice = false,
  also?: () => ToastAction | undefined,
): Promise<void> {
  const undo: UndoId[] = []
  let n = 0
  try {
    for (let from = 0; from < ids.length; from += MOST) {
      const part = ids.slice(from, from + MOST)
      const answer = await run(part)
      n += part.length
      if (answer.undo) undo.push(answer.undo)
    }
    if (!keepChoice) useSelectionStore().letGo(ids)
  } finally {
    if (n > 0) offerUndo({ undo }, words(n), also?.())
  }
}
