import type { UserRole } from '../../../contract/workspace.ts'
import { DomainError } from '../lib/domain-error.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { allInboxes, inboxById } from '../store/tables/inboxes.ts'
import { userByEmail, userById } from '../store/tables/users.ts'
import { setMachineSetting, theWorkspace } from '../store/tables/workspaces.ts'

/** Ids of people and inboxes follow from what names them, so that machines provisioned alike agree. */
export const userIdOf = (email: string): string => uuidV5(NAMESPACE.user, email.trim().toLowerCase())
export const inboxIdOf = (name: string): string => uuidV5(NAMESPACE.inbox, name.trim().toLowerCase())

/** Somebody whose address changed, or an inbox with another name, keeps its id: who comes by the old name gets the next one. */
function freeId(idOf: (name: string) => string, name: string, taken: (id: string) => boolean): string {
  for (let again = 0; ; again += 1) {
    const id = idOf(again === 0 ? name : `${name.trim()}\n${again}`)
    if (!taken(id)) return id
  }
}

/** The op of a new user. @param actorId null when the engine does it (provisioning, the first user) */
export function createUser(
  write: Write,
  store: Store,
  actorId: string | null,
  user: { name: string; email: string; role: UserRole },
): string {
  const id = freeId(userIdOf, user.email, (known) => userById(write.db, known) !== undefined)
  appendOp(write, store.hlc, actorId, {
    entity: 'user',
    id,
    kind: 'create',
    values: {
      name: user.name,
      email: user.email.trim().toLowerCase(),
      role: user.role,
      created_at: write.now,
    },
  })
  write.changed('users', id)
  write.changed('workspace', 'workspace')
  return id
}

export function createInbox(
  write: Write,
  store: Store,
  actorId: string | null,
  inbox: { name: string; access: 'everyone' | 'members' },
): string {
  const id = freeId(inboxIdOf, inbox.name, (known) => inboxById(write.db, known) !== undefined)
  appendOp(write, store.hlc, actorId, {
    entity: 'inbox',
    id,
    kind: 'create',
    values: { name: inbox.name, access: inbox.access, created_at: write.now },
  })
  write.changed('inboxes', id)
  write.changed('workspace', 'workspace')
  return id
}

export function createWorkspaceRow(
  write: Write,
  store: Store,
  workspace: { name: string; isSample: boolean },
): void {
  appendOp(write, store.hlc, null, {
    entity: 'workspace',
    id: 'workspace',
    kind: 'create',
    values: { name: workspace.name, is_sample: Number(workspace.isSample), created_at: write.now },
  })
  write.changed('workspace', 'workspace')
}

/**
 * First start: a workspace, its first user (a super admin, and this machine's current user) and a first inbox.
 * @returns the user's id
 * @throws DomainError CONFLICT where a workspace exists
 */
export function createWorkspace(
  store: Store,
  input: { name: string; userName: string; userEmail: string; inboxName: string },
): string {
  return store.write(
    (write) => {
      const existing = theWorkspace(write.db)
      if (existing) throw new DomainError('CONFLICT', `The workspace "${existing.name}" exists here already.`)
      createWorkspaceRow(write, store, { name: input.name, isSample: false })
      const userId = createUser(write, store, null, {
        name: input.userName,
        email: input.userEmail,
        role: 'super_admin',
      })
      createInbox(write, store, userId, { name: input.inboxName, access: 'everyone' })
      setMachineSetting(write.db, 'me_id', userId)
      return userId
    },
    { durable: true },
  )
}

/** Makes `id` this machine's current user. @throws DomainError NOT_FOUND */
export function signIn(store: Store, id: string): void {
  store.write(
    (write) => {
      if (!userById(write.db, id)) throw new DomainError('NOT_FOUND', 'There is no such user.')
      setMachineSetting(write.db, 'me_id', id)
    },
    { durable: true },
  )
}

/** @throws DomainError CONFLICT when somebody has the address */
export function addUser(
  store: Store,
  actorId: string,
  user: { name: string; email: string; role: UserRole },
): string {
  return store.write(
    (write) => {
      const holder = userByEmail(write.db, user.email)
      if (holder) throw new DomainError('CONFLICT', `${holder.name} has the address ${holder.email} already.`)
      return createUser(write, store, actorId, user)
    },
    { durable: true },
  )
}

/** @throws DomainError CONFLICT when an inbox has the name, compared without case */
export function addInbox(store: Store, actorId: string, name: string): string {
  return store.write(
    (write) => {
      const same = allInboxes(write.db).find((inbox) => inbox.name.toLowerCase() === name.toLowerCase())
      if (same) throw new DomainError('CONFLICT', `There is an inbox "${same.name}" already.`)
      return createInbox(write, store, actorId, { name, access: 'everyone' })
    },
    { durable: true },
  )
}
