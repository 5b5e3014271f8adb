import { mustAdminister } from '../team/access.ts'
import { discardSample, startSample } from '../sample/start.ts'
import { addInbox, createWorkspace } from '../team/workspace-actions.ts'
import { workspaceShape } from '../read/workspace.ts'
import { mustAccess, os, sessionAccess } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const workspaceHandlers = (deps: ApiDeps) => ({
  get: os.workspace.get.handler(({ context }) =>
    workspaceShape(deps.store, sessionAccess(context.session, deps.store), {
      secrets: deps.secrets,
      version: deps.version,
      // Whoever picks a user sees their picture: nobody has to be signed in for it.
      avatarUrl: (userId, hash) => deps.files.url({ kind: 'avatar', userId, id: hash, name: 'picture' }),
    }),
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

export const inboxesHandlers = ({ store }: ApiDeps) => ({
  add: os.inboxes.add.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'add inboxes')
    const id = addInbox(store, access.user.id, input.name)
    return { id, rev: store.rev }
  }),
})
