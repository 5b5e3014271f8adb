import type { ThreadId, UndoId } from '../../../contract/ids.ts'
import { mergeCandidateShape, partsShape, splitCandidateShapes } from '../read/grouping.ts'
import {
  answersOf,
  mergeThreads,
  putBack,
  splitThread,
  takeApart,
  type Grouped,
} from '../team/grouping-actions.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const groupingHandlers = ({ store }: ApiDeps) => {
  const answer = ({ undo, threadId }: Grouped) => ({
    rev: store.rev,
    undo: undo as UndoId | null,
    threadId: threadId as ThreadId,
  })
  return {
    mergeCandidates: os.grouping.mergeCandidates.handler(({ input, context }) => {
      const access = mustAccess(context)
      const threads = input.ids.map((id) => mustSeeThread(store.read, access, id))
      return [...new Map(threads.map((thread) => [thread.id, thread])).values()].map((thread) =>
        mergeCandidateShape(access, thread),
      )
    }),
    merge: os.grouping.merge.handler(({ input, context }) =>
      answer(mergeThreads(store, mustAccess(context), input.ids, input.into)),
    ),
    takeApart: os.grouping.takeApart.handler(({ input, context }) =>
      answer(takeApart(store, mustAccess(context), input.id)),
    ),
    splitCandidates: os.grouping.splitCandidates.handler(({ input, context }) => {
      const { thread, ids } = answersOf(store.read, mustAccess(context), input.messageId)
      return {
        threadId: thread.id,
        subject: thread.subject,
        messages: splitCandidateShapes(store.read, thread.id, ids),
      }
    }),
    split: os.grouping.split.handler(({ input, context }) =>
      answer(splitThread(store, mustAccess(context), input.messageIds)),
    ),
    putBack: os.grouping.putBack.handler(({ input, context }) =>
      answer(putBack(store, mustAccess(context), input.id)),
    ),
    parts: os.grouping.parts.handler(({ input, context }) => {
      const access = mustAccess(context)
      return partsShape(store.read, access, mustSeeThread(store.read, access, input.id).id)
    }),
  }
}
