import { computed, watch } from 'vue'
import { defineStore } from 'pinia'
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
    on: { workspace: true, users: true, inboxes: true },
  })

  watch(
    () => workspace.value?.meId,
    (id) => id && rememberUser(id),
  )

  /** Makes somebody else the one who works in this window. Rejects when the engine refuses. */
  async function signIn(id: UserId): Promise<void> {
    await rpc.users.signIn({ id })
    rememberUser(id)
    everythingChanged()
  }

  const usersById = computed(() => new Map((workspace.value?.users ?? []).map((user) => [user.id, user])))
  const inboxesById = computed(() => new Map((workspace.value?.inboxes ?? []).map((each) => [each.id, each])))
  const me = computed<UserView | null>(() => {
    const id = workspace.value?.meId
    return (id && usersById.value.get(id)) || null
  })

  return {
    workspace,
    error,
    me,
    signIn,
    users: computed<UserView[]>(() => workspace.value?.users ?? []),
    inboxes: computed<InboxView[]>(() => workspace.value?.inboxes ?? []),
    /** Null for an id that is not (or no longer) known. */
    user: (id: string | null): UserView | null =>
      (id !== null && usersById.value.get(id as UserView['id'])) || null,
    inbox: (id: string | null): InboxView | null =>
      (id !== null && inboxesById.value.get(id as InboxView['id'])) || null,
  }
})
