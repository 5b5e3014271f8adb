import { machineSetting } from '../store/tables/workspaces.ts'
import { mustAdminister } from '../team/access.ts'
import { createSignIn } from '../team/sign-in.ts'
import {
  mustNotOutrank,
  mustOwnPicture,
  setAvailability,
  setPassphrase,
  setPicture,
  updateUser,
} from '../team/user-actions.ts'
import { addUser, signIn } from '../team/workspace-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const usersHandlers = (deps: ApiDeps) => {
  const { store, clock } = deps
  const guard = createSignIn({ store, clock })
  return {
    signIn: os.users.signIn.handler(async ({ input, context }) => {
      const resume = await guard.admit(input.id, input)
      if (machineSetting(store.read, 'me_id') !== input.id) signIn(store, input.id)
      context.session.userId = input.id
      return { resume, rev: store.rev }
    }),
    add: os.users.add.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustAdminister(access, 'add users')
      mustNotOutrank(access, [input.role])
      const id = addUser(store, access.user.id, input)
      return { id, rev: store.rev }
    }),
    update: os.users.update.handler(({ input, context }) => {
      const { id, ...changes } = input
      updateUser(store, mustAccess(context), id, changes)
      return { rev: store.rev }
    }),
    setAvailability: os.users.setAvailability.handler(({ input, context }) => {
      const access = mustAccess(context)
      setAvailability(store, access, input.id ?? access.user.id, input.availability)
      return { rev: store.rev }
    }),
    setPassphrase: os.users.setPassphrase.handler(async ({ input, context }) => {
      await setPassphrase({ store, signIn: guard }, mustAccess(context), input)
      return { rev: store.rev }
    }),
    avatarUploadUrl: os.users.avatarUploadUrl.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustOwnPicture(store, access, input.id)
      const ref = { kind: 'avatar-upload', userId: access.user.id, id: input.id, name: 'picture' } as const
      return { url: deps.files.url(ref) }
    }),
    removeAvatar: os.users.removeAvatar.handler(({ input, context }) => {
      setPicture(store, mustAccess(context), input.id, null)
      return { rev: store.rev }
    }),
  }
}
