import type { Undoable } from '@contract/common.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { reportError } from './report.ts'
import { useToastsStore } from './toasts.ts'

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

/** Says what was done, with the way back where there is one. */
export function offerUndo({ undo }: Pick<Undoable, 'undo'>, words: string): void {
  const toasts = useToastsStore()
  toasts.show(words, {
    transient: true,
    ...(undo && {
      stays: STAYS,
      action: {
        label: t('records.undo.label'),
        run: async () => {
          const { skipped } = await rpc.undo.run({ id: undo })
          toasts.show(
            skipped === 0 ? t('records.undo.done') : t('records.undo.skipped', { n: skipped }, skipped),
          )
        },
      },
    }),
  })
}
