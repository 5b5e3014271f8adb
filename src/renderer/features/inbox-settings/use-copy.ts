import { t } from '@/i18n.ts'
import { useToastsStore } from '@/stores/toasts.ts'

/** Puts a text on the clipboard and says so; where the clipboard does not take it, it is shown to copy by hand. */
export function useCopy(): (text: string, done: string) => Promise<void> {
  const toasts = useToastsStore()
  return async (text, done) => {
    try {
      await navigator.clipboard.writeText(text)
      toasts.show(done)
    } catch {
      toasts.show(t('inbox.notCopied', { text }), { tone: 'danger', stays: 0 })
    }
  }
}
