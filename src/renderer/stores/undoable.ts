import { shallowRef } from 'vue'
import type { Undoable } from '@contract/common.ts'
import type { UndoId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { commandsAnswered, isCommanding, rpc } from '@/rpc/client.ts'
import { reportError } from './report.ts'
import { useToastsStore, type ToastAction } from './toasts.ts'

/** How long "Undo" is offered, in ms. */
const STAYS = 12_000

/**
 * Runs a command that can be taken back, says that it was done, and offers to take it back. A failure is shown.
 * True when it was done.
 */
export async function doUndoable(run: () => Promise<Undoable>, words: string): Promise<boolean> {
  try {
    offerUndo(await run(), words)
    return true
  } catch (error) {
    reportError(error)
    return false
  }
}

/** What can be taken back, the newest last: what `undoLast` (z) goes through. */
const done = shallowRef<readonly UndoStep[]>([])
type UndoStep = { run: () => Promise<void>; close: () => void }
/** How long `z` waits for what was just done, in ms: a check or an import may take long, and offers nothing. */
const PATIENCE = 2_000
/** How far back `z` goes. */
const MOST = 50

/** Whether there is something that `undoLast` would take back. */
export const canUndo = (): boolean => done.value.length > 0 || isCommanding()

/**
 * Takes back the newest of what was offered and not taken back yet, also after its toast has gone. What was done a
 * moment ago is the newest, also where its answer is still on its way.
 */
export async function undoLast(): Promise<void> {
  if (isCommanding()) {
    await Promise.race([commandsAnswered(), new Promise((done) => setTimeout(done, PATIENCE))])
  }
  await done.value.at(-1)?.run()
}

/**
 * Lets `undoLast` take back what tells of itself, such as a mail that waits to be sent.
 * @returns what forgets it, once it cannot be taken back any more
 */
export function keepUndo(run: () => Promise<void>): () => void {
  const step: UndoStep = {
    close: () => {},
    async run() {
      forget()
      await run()
    },
  }
  const forget = () => void (done.value = done.value.filter((each) => each !== step))
  done.value = [...done.value.slice(1 - MOST), step]
  return forget
}

/**
 * Says what was done, with the way back where there is one.
 * @param undo  several where one thing was done in several calls; they are taken back from the last to the first
 * @param also  what else could be wanted now
 */
export function offerUndo(
  { undo }: { undo: UndoId | null | readonly UndoId[] },
  words: string,
  also?: ToastAction,
): void {
  const toasts = useToastsStore()
  const ids = undo === null ? [] : [undo].flat()
  if (ids.length === 0) {
    toasts.show(words, { transient: true, ...(also && { also }) })
    return
  }
  const step: UndoStep = {
    close: () => {},
    async run() {
      // Once: by the toast or by the key, whichever comes first.
      if (!done.value.includes(step)) return
      done.value = done.value.filter((each) => each !== step)
      step.close()
      let skipped = 0
      for (const id of ids.toReversed()) skipped += (await rpc.undo.run({ id })).skipped
      const told = skipped === 0 ? t('records.undo.done') : t('records.undo.skipped', { n: skipped }, skipped)
      toasts.show(told, { transient: true })
    },
  }
  done.value = [...done.value.slice(1 - MOST), step]
  step.close = toasts.show(words, {
    transient: true,
    stays: STAYS,
    action: { label: t('records.undo.label'), run: step.run },
    ...(also && { also }),
  })
}
