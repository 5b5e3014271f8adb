import { onBeforeUnmount } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { confirm } from '@/shell/confirm.ts'

/**
 * Asks before what is not saved is left. Call in a component.
 * @param id  of the entry, once it has one: going there is not leaving
 */
export function useLeaveGuard(dirty: () => boolean, id: () => string | null): void {
  const { t } = useI18n()
  onBeforeUnmount(
    useRouter().beforeEach(async (to) => {
      if (!dirty() || (to.name === 'library' && to.params['libraryEntry'] === id())) return true
      return await confirm({
        title: t('library.leave.title'),
        text: t('library.leave.text'),
        action: t('library.leave.action'),
        danger: true,
      })
    }),
  )
}
