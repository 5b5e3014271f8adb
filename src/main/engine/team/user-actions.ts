import type { Availability, UserRole } from '../../../contract/workspace.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { BlobHash } from '../store/blobs.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { allUsers, userByEmail, userById, type UserRow } from '../store/tables/users.ts'
import { mustAdminister, type Access } from './access.ts'
import { hashPassphrase } from './passphrase.ts'
import type { SignIn } from './sign-in.ts'

export type UserChanges = { name?: string; email?: string; role?: UserRole; active?: boolean }

type Values = Record<string, string | number | null>

/** @throws DomainError NOT_FOUND */
function mustFind(db: Write['db'], id: string): UserRow {
  const user = userById(db, id)
  if (!user) throw new DomainError('NOT_FOUND', 'There is no such user.')
  return user
}

/** Sets what differs; a field that has the value already is no op. */
function setUser(write: Write, store: Store, access: Access, user: UserRow, values: Values): void {
  const differing = Object.fromEntries(
    Object.entries(values).filter(([field, value]) => user[field as keyof UserRow] !== value),
  )
  if (Object.keys(differing).length === 0) return
  appendOp(write, store.hlc, access.user.id, { entity: 'user', id: user.id, kind: 'set', values: differing })
  write.changed('users', user.id)
  write.changed('workspace', 'workspace')
}

/** Nobody but a super admin makes, changes or unmakes one: else account access would be as good. */
export function mustNotOutrank(access: Access, roles: readonly (UserRole | undefined)[]): void {
  if (access.user.role !== 'super_admin' && roles.includes('super_admin')) {
    throw new DomainError(
      'NOT_ALLOWED',
      'Only a super admin can make or change a super admin. Ask one, or sign in as one.',
    )
  }
}

/**
 * Changes a user: everybody their own name, admins everything.
 * @throws DomainError NOT_ALLOWED, NOT_FOUND, CONFLICT for a taken address and for the last super admin
 */
export function updateUser(store: Store, access: Access, id: string, changes: UserChanges): void {
  store.write(
    (write) => {
      const user = mustFind(write.db, id)
      const { name, email, role, active } = changes
      const ownName =
        id === access.user.id && email === undefined && role === undefined && active === undefined
      if (!ownName) {
        mustAdminister(access, 'change users')
        mustNotOutrank(access, [user.role, role])
      }
      const key = email?.trim().toLowerCase()
      const holder = key === undefined ? undefined : userByEmail(write.db, key)
      if (holder && holder.id !== id) {
        throw new DomainError('CONFLICT', `${holder.name} has the address ${holder.email} already.`, {
          field: 'email',
        })
      }
      if ((role !== undefined && role !== 'super_admin') || active === false) mustNotBeLast(write, user)
      setUser(write, store, access, user, {
        ...(name === undefined ? {} : { name }),
        ...(key === undefined ? {} : { email: key }),
        ...(role === undefined ? {} : { role }),
        ...(active === undefined ? {} : { active: Number(active) }),
      })
      // What somebody sees follows from their role.
      if (role !== undefined && role !== user.role) write.changedAll('threads')
    },
    { durable: true },
  )
}

/** @throws DomainError CONFLICT when nobody could change the workspace's people any more */
function mustNotBeLast(write: Write, user: UserRow): void {
  const others = allUsers(write.db).some(
    (one) => one.id !== user.id && one.role === 'super_admin' && one.active === 1,
  )
  if (user.role === 'super_admin' && user.active === 1 && !others) {
    throw new DomainError('CONFLICT', `${user.name} is the only super admin. Make somebody else one first.`)
  }
}

/** One's own, or anybody's by an admin. @throws DomainError NOT_ALLOWED, NOT_FOUND */
export function setAvailability(store: Store, access: Access, id: string, availability: Availability): void {
  if (id !== access.user.id) mustAdminister(access, 'change who is available')
  store.write((write) => setUser(write, store, access, mustFind(write.db, id), { availability }), {
    durable: true,
  })
}

/**
 * One's own, with the one before, or anybody else's by a super admin; null takes it away.
 * @throws DomainError NOT_ALLOWED, NOT_FOUND, BAD_INPUT when `current` is wrong
 */
export async function setPassphrase(
  deps: { store: Store; signIn: SignIn },
  access: Access,
  input: { id: string; current?: string; passphrase: string | null },
): Promise<void> {
  const { store } = deps
  if (input.id !== access.user.id && access.user.role !== 'super_admin') {
    throw new DomainError(
      'NOT_ALLOWED',
      'Only a super admin can change the passphrase of somebody else. Ask one, or sign in as one.',
    )
  }
  const user = userById(store.read, input.id)
  if (!user) throw new DomainError('NOT_FOUND', 'There is no such user.')
  if (user.id === access.user.id) await deps.signIn.check(user, input.current, 'current')
  const passphrase = input.passphrase === null ? null : await hashPassphrase(input.passphrase)
  store.write((write) => setUser(write, store, access, mustFind(write.db, user.id), { passphrase }), {
    durable: true,
  })
}

/** @throws DomainError NOT_ALLOWED unless it is one's own or one is an admin; NOT_FOUND */
export function mustOwnPicture(store: Store, access: Access, id: string): void {
  if (id !== access.user.id) mustAdminister(access, 'change the pictures of others')
  if (!userById(store.read, id)) throw new DomainError('NOT_FOUND', 'There is no such user.')
}

/** @param picture null takes it away */
export function setPicture(store: Store, access: Access, id: string, picture: Uint8Array | null): void {
  mustOwnPicture(store, access, id)
  store.write(
    (write) => {
      const hash = picture && (store.blobs.put(write.db, [picture])[0] as BlobHash)
      const avatar = hash && Buffer.from(hash).toString('hex')
      setUser(write, store, access, mustFind(write.db, id), { avatar })
    },
    { durable: true },
  )
}
