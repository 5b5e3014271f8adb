import { machineSetting } from '../store/tables/workspaces.ts'
import { mustAdminister } from '../team/access.ts'
import { discardSample, startSample } from '../sample/start.ts'
import { addInbox, addUser, createWorkspace, signIn } from '../team/workspace-actions.ts'
import { workspaceShape } from '../read/workspace.ts'
import { mustAccess, os, sessionAccess } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const workspaceHandlers = (deps: ApiDeps) => ({
  get: os.workspace.get.handler(({ context }) =>
    workspaceShape(deps.store, sessionAccess(context.session, deps.store), deps),
  ),
  create: os.workspace.create.handler(({ input, context }) => {
    context.session.userId = createWorkspace(deps.store, input)
    return { rev: deps.store.rev }
  }),
  startSample: os.workspace.startSample.handler(async ({ context }) => {
    context.session.userId = await startSample(deps)
    return { rev: deps.store.rev }
  }),
  discardSample: os.workspace.discardSample.handler(async ({ context }) => {
    mustAccess(context)
    await discardSample(deps)
    return { rev: deps.store.rev }
  }),
})

export const usersHandlers = ({ store }: ApiDeps) => ({
  signIn: os.users.signIn.handler(({ input, context }) => {
    if (machineSetting(store.read, 'me_id') !== input.id) signIn(store, input.id)
    context.session.userId = input.id
    return { rev: store.rev }
  }),
  add: os.users.add.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'add users')
    const id = addUser(store, access.user.id, input)
    return { id, rev: store.rev }
  }),
})

export const inboxesHandlers = ({ store }: ApiDeps) => ({
  add: os.inboxes.add.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'add inboxes')
    const id = addInbox(store, access.user.id, input.name)
    return { id, rev: store.rev }
  }),
})
