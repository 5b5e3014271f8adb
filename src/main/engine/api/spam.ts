import type { UndoId } from '../../../contract/ids.ts'
import { DomainError } from '../lib/domain-error.ts'
import { blockedSenders, spamShape } from '../read/spam.ts'
import type { Access } from '../team/access.ts'
import { blockSender, markSpam, mustBlock, unblockSenders, unmarkSpam } from '../team/spam-actions.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

function refusalToBlock(access: Access): string | null {
  try {
    mustBlock(access)
    return null
  } catch (error) {
    if (error instanceof DomainError) return error.message
    throw error
  }
}

export const spamHandlers = ({ store }: ApiDeps) => ({
  mark: os.spam.mark.handler(({ input, context }) => {
    const { undo, ...marked } = markSpam(store, mustAccess(context), input.ids, input.block)
    return { ...marked, rev: store.rev, undo: undo as UndoId | null }
  }),
  unmark: os.spam.unmark.handler(({ input, context }) => {
    const { undo, ...unmarked } = unmarkSpam(store, mustAccess(context), input.ids)
    return { ...unmarked, rev: store.rev, undo: undo as UndoId | null }
  }),
  ofThread: os.spam.ofThread.handler(({ input, context }) => {
    const access = mustAccess(context)
    const { rev } = store
    const shape = spamShape(store.read, access, mustSeeThread(store.read, access, input.id))
    return shape && { ...shape, rev }
  }),
  blocked: os.spam.blocked.handler(({ input, context }) => {
    const access = mustAccess(context)
    const { rev } = store
    return { ...blockedSenders(store.read, access, input), refusal: refusalToBlock(access), rev }
  }),
  block: os.spam.block.handler(({ input, context }) => {
    const { undo, pattern } = blockSender(store, mustAccess(context), input.pattern)
    return { pattern, rev: store.rev, undo: undo as UndoId | null }
  }),
  unblock: os.spam.unblock.handler(({ input, context }) => {
    const undo = unblockSenders(store, mustAccess(context), input.ids)
    return { rev: store.rev, undo: undo as UndoId | null }
  }),
})
