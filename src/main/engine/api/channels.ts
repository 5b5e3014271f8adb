import { channelShapes } from '../read/channels.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const channelsHandlers = (deps: ApiDeps) => ({
  list: os.channels.list.handler(({ context }) =>
    channelShapes(deps.store.read, mustAccess(context), (id) => deps.sync.health(id)),
  ),
})
