import { ORPCError } from '@orpc/client'
import { ConnectionLostError } from '@/rpc/client.ts'
import { t } from '@/i18n.ts'
import { useToastsStore } from './toasts.ts'

/** The words for a failed call. The engine's messages name the thing and the next step, so they are kept. */
export function wordsFor(error: unknown): string {
  if (error instanceof ConnectionLostError) return t(error.sent ? 'app.error.lost' : 'app.error.offline')
  if (error instanceof ORPCError && error.code === 'STORAGE_FULL') return t('app.error.storage')
  if (error instanceof ORPCError) return error.message
  return t('app.error.unexpected', { message: error instanceof Error ? error.message : String(error) })
}

/** Shows a failure as a toast and leaves its details in the console. */
export function reportError(error: unknown): void {
  console.error(error)
  useToastsStore().show(wordsFor(error), { tone: 'danger' })
}

/** Runs a command; a failure is shown, and answered with undefined. */
export async function attempt<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    reportError(error)
    return undefined
  }
}
