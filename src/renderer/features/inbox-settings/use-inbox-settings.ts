import { computed, ref, shallowRef } from 'vue'
import type { InboxId } from '@contract/ids.ts'
import type { InboxSettingsView, Routing, TicketDefaults } from '@contract/admin.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { attempt } from '@/stores/report.ts'

type Flags = Pick<
  InboxSettingsView,
  'attributeForwards' | 'forwardsByMembersOnly' | 'attributeAutomaticForwards'
>
type Change = Partial<Flags & Pick<InboxSettingsView, 'name' | 'access' | 'memberIds' | 'teamIds'>> & {
  routing?: Partial<Routing>
  tickets?: Partial<TicketDefaults>
}

/** The settings as a change leaves them, but for what is saved by a button of its own. */
function withChange(now: InboxSettingsView, change: Change): InboxSettingsView {
  const { name: _name, access: _access, memberIds: _members, teamIds: _teams, ...at } = change
  return {
    ...now,
    ...at,
    routing: { ...now.routing, ...at.routing },
    tickets: { ...now.tickets, ...at.tickets },
  }
}

/**
 * The settings of an inbox, and changing them. A change is kept at once and said so. The page shows what the engine
 * has with what is on its way there, so the next change builds on it, and a refused one jumps back.
 */
export function useInboxSettings(inboxId: () => InboxId) {
  const { data, error, refetch } = useEngineQuery<InboxSettingsView>({
    key: () => ['inbox-settings', inboxId()],
    query: ({ signal }) => rpc.inboxSettings.get({ id: inboxId() }, { signal }),
    on: () => ({ inboxes: [inboxId()], users: true, teams: true, workspace: true }),
  })
  const onTheWay = shallowRef<readonly Change[]>([])
  /** Spoken once a change is kept. */
  const spoken = ref('')

  async function save(change: Change): Promise<boolean> {
    onTheWay.value = [...onTheWay.value, change]
    spoken.value = ''
    const done = await attempt(() => rpc.inboxSettings.update({ id: inboxId(), ...change }))
    if (done) {
      await refetch()
      spoken.value = t('inbox.saved')
    }
    onTheWay.value = onTheWay.value.filter((each) => each !== change)
    return done !== undefined
  }

  return {
    settings: computed(() => data.value && onTheWay.value.reduce(withChange, data.value)),
    error,
    busy: computed(() => onTheWay.value.length > 0),
    spoken,
    save,
    /** Why this user may not change anything here, or null (A3). */
    refusal: computed(() => data.value?.refusal ?? null),
  }
}
