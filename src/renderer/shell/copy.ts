import { t } from '@/i18n.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { copyText } from '@/ui/copy-text.ts'

/** Puts a text on the clipboard and says so; where the clipboard does not take it, it is shown to copy by hand. */
export async function copyAndSay(text: string, done: string): Promise<void> {
  const toasts = useToastsStore()
  if (await copyText(text)) toasts.show(done)
  else toasts.show(t('app.notCopied', { text }), { tone: 'danger', stays: 0 })
}
