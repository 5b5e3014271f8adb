import { computed, ref } from 'vue'
import type { InboxId } from '@contract/ids.ts'
import type { InboxSettingsView } from '@contract/admin.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { attempt } from '@/stores/report.ts'

type Change = Omit<Parameters<typeof rpc.inboxSettings.update>[0], 'id'>

/**
 * The settings of an inbox, and changing them. A change is kept at once and said so; the page shows what the engine
 * has, so a refused one jumps back.
 */
export function useInboxSettings(inboxId: () => InboxId) {
  const { data, error } = useEngineQuery<InboxSettingsView>({
    key: () => ['inbox-settings', inboxId()],
    query: ({ signal }) => rpc.inboxSettings.get({ id: inboxId() }, { signal }),
    on: () => ({ inboxes: [inboxId()], users: true, teams: true, workspace: true }),
  })
  const busy = ref(false)
  /** Spoken once a change is kept. */
  const spoken = ref('')

  async function save(change: Change): Promise<boolean> {
    busy.value = true
    spoken.value = ''
    const done = await attempt(() => rpc.inboxSettings.update({ id: inboxId(), ...change }))
    busy.value = false
    if (done) spoken.value = t('inbox.saved')
    return done !== undefined
  }

  return {
    settings: data,
    error,
    busy,
    spoken,
    save,
    /** Why this user may not change anything here, or null (A3). */
    refusal: computed(() => data.value?.refusal ?? null),
  }
}
