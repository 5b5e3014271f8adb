import { useI18n } from 'vue-i18n'
import type { MessageId, PersonalMessageId } from '@contract/ids.ts'
import { rpc } from '@/rpc/client.ts'
import { attempt } from '@/stores/report.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { copyText } from '@/ui/copy-text.ts'

/** "Copy diagnostics" (G9): the text for support goes to the clipboard, and a word about it to the screen. */
export function useDiagnostics(): (id: MessageId | PersonalMessageId) => Promise<void> {
  const { t } = useI18n()
  const toasts = useToastsStore()
  return async (id) => {
    const answer = await attempt(() => rpc.logging.diagnostics({ id }))
    if (!answer) return
    if (await copyText(answer.text)) toasts.show(t('logging.copied'), { tone: 'success' })
    else toasts.show(t('logging.notCopied'), { tone: 'danger' })
  }
}
