import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSessionStore } from '@/stores/session.ts'
import type { AudienceValue } from './entries.ts'

/** With whom one can share an entry: nobody, one's teams, everyone. */
export function useAudiences() {
  const { t } = useI18n()
  const session = useSessionStore()
  const options = computed(() => [
    { value: 'me' as AudienceValue, label: t('library.audience.me') },
    ...session.teams
      .filter(({ memberIds }) => session.me !== null && memberIds.includes(session.me.id))
      .map(({ id, name }) => ({
        value: `team:${id}` as AudienceValue,
        label: t('library.audience.team', { name }),
      })),
    { value: 'everyone' as AudienceValue, label: t('library.audience.everyone') },
  ])
  return { options }
}
