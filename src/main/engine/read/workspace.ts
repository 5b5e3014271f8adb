import type { Store } from '../store/store.ts'
import { allInboxes } from '../store/tables/inboxes.ts'
import { allUsers } from '../store/tables/users.ts'
import { theWorkspace } from '../store/tables/workspaces.ts'
import { canSee, type Access } from '../team/access.ts'
import type { SecretStore } from '../types.ts'
import type { WorkspaceShape } from './shapes.ts'
import { teamShapes } from './teams.ts'

/** What every screen needs to know. Without a user there are no inboxes in it: only who could sign in. */
export function workspaceShape(
  store: Store,
  access: Access | null,
  about: { secrets: SecretStore; version: string; avatarUrl(userId: string, hash: string): string },
): WorkspaceShape {
  const rev = store.rev
  const row = theWorkspace(store.read)
  return {
    name: row?.name ?? null,
    isSample: row?.is_sample === 1,
    meId: access?.user.id ?? null,
    users: allUsers(store.read).map((user) => ({
      id: user.id,
      name: user.name,
      email: user.email,
      role: user.role,
      availability: user.availability,
      hasPassphrase: user.passphrase !== null,
      avatarUrl: user.avatar === null ? null : about.avatarUrl(user.id, user.avatar),
      active: user.active === 1,
    })),
    teams: access ? teamShapes(store.read) : [],
    inboxes: allInboxes(store.read)
      .filter((inbox) => access && canSee(access, inbox.id))
      .map((inbox) => ({
        id: inbox.id,
        name: inbox.name,
        access: inbox.access,
        memberIds: [...(access?.inboxes.get(inbox.id)?.memberIds ?? [])],
        teamIds: [...(access?.inboxes.get(inbox.id)?.teamIds ?? [])],
        canAct: access?.inboxes.get(inbox.id)?.isMember ?? false,
      })),
    secrets: { kind: about.secrets.kind, path: about.secrets.path },
    storageProblem: store.problem,
    recovery: store.recovery,
    rev,
    version: about.version,
  }
}
