import type { UndoId } from '../../../contract/ids.ts'
import { DomainError } from '../lib/domain-error.ts'
import { countViews } from '../read/counts.ts'
import { emptyReason } from '../read/empty-reason.ts'
import { nextUnassigned } from '../read/next-unassigned.ts'
import type { ViewCountShape } from '../read/shapes.ts'
import { olderItems, threadShape } from '../read/thread.ts'
import { listThreads } from '../read/thread-list.ts'
import { inboxOfView } from '../read/views/registry.ts'
import { messageById } from '../store/queries/messages.ts'
import {
  assignThreads,
  closeThreads,
  markThreadsRead,
  moveThreads,
  mustSeeThread,
  reopenThreads,
  snoozeThreads,
} from '../team/thread-actions.ts'
import { commentOnThread } from '../team/comment-actions.ts'
import { mustAccess, mustAccessOf, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { Paced } from './paced.ts'
import { bodyReader, userFiles } from './reading.ts'

export const threadsHandlers = (deps: ApiDeps) => {
  const { store } = deps
  const counts = new Paced<{ counts: ViewCountShape[]; rev: number }>()
  /** By the rights of when it begins. What is committed meanwhile may be in some of them only: it is heard of, and asked for. */
  function* countsOf(userId: string) {
    const access = mustAccessOf(store, userId)
    const { rev } = store
    const found: ViewCountShape[] = []
    for (const count of countViews(store.read, access, deps.clock.now())) {
      found.push(count)
      yield
    }
    return { counts: found, rev }
  }
  return {
    list: os.threads.list.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const rev = store.rev
      const inboxId = inboxOfView(input.view)
      if (inboxId !== null && !access.inboxes.has(inboxId)) {
        throw new DomainError('NOT_FOUND', 'This inbox does not exist.')
      }
      if (inboxId !== null && !access.visible.includes(inboxId)) {
        return { rows: [], nextCursor: null, emptyReason: 'no_permission' as const, rev }
      }
      const page = await listThreads(store.read, access, input, deps.clock.now())
      const reason =
        page.rows.length === 0 && input.cursor === undefined
          ? emptyReason(store.read, access, input, (id) => deps.sync.health(id))
          : null
      return { ...page, emptyReason: reason, rev }
    }),
    counts: os.threads.counts.handler(async ({ context }) => {
      const { id } = mustAccess(context).user
      return await counts.ask(id, () => countsOf(id))
    }),
    get: os.threads.get.handler(({ input, context }) => {
      const access = mustAccess(context)
      const rev = store.rev
      const thread = mustSeeThread(store.read, access, input.id)
      return threadShape(bodyReader(deps), access, thread, userFiles(deps, access), rev)
    }),
    items: os.threads.items.handler(({ input, context }) => {
      const access = mustAccess(context)
      const thread = mustSeeThread(store.read, access, input.id)
      return olderItems(bodyReader(deps), thread.id, input.cursor, input.limit, userFiles(deps, access))
    }),
    assign: os.threads.assign.handler(({ input, context }) => {
      const { ids, ...to } = input
      const undo = assignThreads(store, mustAccess(context), ids, to)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    close: os.threads.close.handler(({ input, context }) => {
      const undo = closeThreads(store, mustAccess(context), input.ids, input.ticket)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    reopen: os.threads.reopen.handler(({ input, context }) => {
      const undo = reopenThreads(store, mustAccess(context), input.ids)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    move: os.threads.move.handler(({ input, context }) => {
      const undo = moveThreads(store, mustAccess(context), input.ids, input.inboxId)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    snooze: os.threads.snooze.handler(({ input, context }) => {
      const undo = snoozeThreads(store, mustAccess(context), input.ids, input.until)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    nextUnassigned: os.threads.nextUnassigned.handler(({ input, context }) => ({
      threadId: nextUnassigned(store.read, mustAccess(context), input),
    })),
    markRead: os.threads.markRead.handler(({ input, context }) => {
      const { channels, undo } = markThreadsRead(store, mustAccess(context), input.ids, input.read)
      for (const channelId of channels) deps.sync.flagsChanged(channelId)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    comment: os.threads.comment.handler(({ input, context }) => {
      const { id: threadId, ...content } = input
      const { id, undo } = commentOnThread(store, mustAccess(context), threadId, content)
      return { id, rev: store.rev, undo: undo as UndoId | null }
    }),
    ofMessage: os.threads.ofMessage.handler(({ input, context }) => {
      const message = messageById(store.read, input.id)
      if (!message) throw new DomainError('NOT_FOUND', 'This message does not exist here.')
      return { threadId: mustSeeThread(store.read, mustAccess(context), message.thread_id).id }
    }),
  }
}
