import { computed, watch } from 'vue'
import { defineStore } from 'pinia'
import type { TeamView } from '@contract/admin.ts'
import type { InboxView, UserView } from '@contract/workspace.ts'
import type { UserId } from '@contract/ids.ts'
import { rpc } from '@/rpc/client.ts'
import { rememberUser } from '@/rpc/connection.ts'
import { everythingChanged } from './changes.ts'
import { useEngineQuery } from './engine-query.ts'

/** The workspace and who uses it. `workspace` is undefined until the engine first answered. */
export const useSessionStore = defineStore('session', () => {
  const { data: workspace, error } = useEngineQuery({
    key: ['workspace'],
    query: ({ signal }) => rpc.workspace.get({}, { signal }),
    on: { workspace: true, users: true, teams: true, inboxes: true },
  })

  watch(
    () => workspace.value?.meId,
    (id) => id && rememberUser(id),
  )

  /**
   * Makes somebody else the one who works in this window. The window loads anew: nothing that the one before saw, wrote or
   * could take back is left in it. Rejects when the engine refuses (a wrong passphrase).
   */
  async function signIn(id: UserId, passphrase?: string): Promise<void> {
    const somebodyWasHere = me.value !== null
    const { resume } = await rpc.users.signIn({ id, ...(passphrase !== undefined && { passphrase }) })
    rememberUser(id, resume)
    if (somebodyWasHere) location.reload()
    else everythingChanged()
  }

  const usersById = computed(() => new Map((workspace.value?.users ?? []).map((user) => [user.id, user])))
  const teamsById = computed(() => new Map((workspace.value?.teams ?? []).map((team) => [team.id, team])))
  const inboxesById = computed(() => new Map((workspace.value?.inboxes ?? []).map((each) => [each.id, each])))
  const me = computed<UserView | null>(() => {
    const id = workspace.value?.meId
    return (id && usersById.value.get(id)) || null
  })

  return {
    workspace,
    error,
    me,
    /** Whether one may change the workspace itself. */
    isAdmin: computed(() => me.value !== null && me.value.role !== 'member'),
    signIn,
    /** Everybody, also those who left: what they did still carries their name. */
    users: computed<UserView[]>(() => workspace.value?.users ?? []),
    /** Those who work here now: whom things can be given to. */
    activeUsers: computed<UserView[]>(() =>
      (workspace.value?.users ?? []).filter(({ active }) => active !== false),
    ),
    teams: computed<TeamView[]>(() => workspace.value?.teams ?? []),
    inboxes: computed<InboxView[]>(() => workspace.value?.inboxes ?? []),
    /** Null for an id that is not (or no longer) known. */
    user: (id: string | null): UserView | null =>
      (id !== null && usersById.value.get(id as UserView['id'])) || null,
    team: (id: string | null): TeamView | null =>
      (id !== null && teamsById.value.get(id as TeamView['id'])) || null,
    inbox: (id: string | null): InboxView | null =>
      (id !== null && inboxesById.value.get(id as InboxView['id'])) || null,
  }
})
