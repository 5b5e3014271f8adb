import { onBeforeUnmount, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { confirm } from '@/shell/confirm.ts'

/**
 * Asks before what is not saved is left. Call in a component.
 * @param id  of the entry, once it has one: going there is not leaving
 * @param busy  while it is being saved: then it is waited for, and asked about only if that fails
 */
export function useLeaveGuard(dirty: () => boolean, id: () => string | null, busy: Ref<boolean>): void {
  const { t } = useI18n()
  onBeforeUnmount(
    useRouter().beforeEach(async (to) => {
      const stays = () => to.name === 'library' && to.params['libraryEntry'] === id()
      if (!dirty() || stays()) return true
      if (busy.value) await new Promise((saved) => watch(busy, saved, { once: true }))
      if (!dirty() || stays()) return true
      return await confirm({
        title: t('library.leave.title'),
        text: t('library.leave.text'),
        action: t('library.leave.action'),
        danger: true,
      })
    }),
  )
}
