import type { NeverLogId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { confirm } from '@/shell/confirm.ts'
import { attempt } from '@/stores/report.ts'
import { useToastsStore } from '@/stores/toasts.ts'

/** The part after the @; empty for what is no address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

/**
 * Asks whether what an entry covers already shall go from the timelines, and removes it.
 * @returns whether it was removed
 */
export async function removeCovered(id: NeverLogId, pattern: string, covers: number): Promise<boolean> {
  const yes = await confirm({
    title: t('logging.covered.title', { n: covers, pattern }, covers),
    text: t('logging.covered.text'),
    action: t('logging.covered.remove'),
    danger: true,
  })
  if (!yes) return false
  const done = await attempt(() => rpc.logging.removeCovered({ id }))
  if (done) useToastsStore().show(t('logging.covered.done', { n: done.removed }, done.removed))
  return done !== undefined
}

/**
 * Puts an address or a domain on one's own list, with a word and a way back; offers to remove what it covers.
 * @returns whether it is on the list
 */
export async function neverLogThis(pattern: string): Promise<boolean> {
  const added = await attempt(() => rpc.logging.addNeverLog({ pattern, scope: 'me' }))
  if (!added) return false
  const toasts = useToastsStore()
  toasts.show(t('logging.neverLog.added', { pattern }), {
    action: {
      label: t('logging.undo'),
      run: async () => void (await attempt(() => rpc.logging.removeNeverLog({ id: added.id }))),
    },
  })
  if (added.covers > 0) await removeCovered(added.id, pattern, added.covers)
  return true
}
