import { historyEntries, stateAt } from '../read/history.ts'
import { verifyOpsInSteps } from '../store/ops.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const historyHandlers = ({ store }: ApiDeps) => ({
  list: os.history.list.handler(({ input, context }) => {
    const thread = mustSeeThread(store.read, mustAccess(context), input.id)
    return historyEntries(store.read, thread.id, input)
  }),
  at: os.history.at.handler(({ input, context }) =>
    stateAt(store.read, mustSeeThread(store.read, mustAccess(context), input.id), input.moment),
  ),
  check: os.history.check.handler(({ context }) => {
    mustAccess(context)
    return verifyOpsInSteps(store.read)
  }),
})
