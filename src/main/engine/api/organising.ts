import type { CommentId, TagId, ThreadId, ThreadViewId, UndoId, UserId } from '../../../contract/ids.ts'
import { ThreadViewSettings } from '../../../contract/organising.ts'
import { COUNT_CAP } from '../store/queries/thread-lists.ts'
import { followedComments } from '../store/queries/followed.ts'
import { allTags, tagCountsOf, tagUses } from '../store/tables/tags.ts'
import { threadViewsOf } from '../store/tables/thread-views.ts'
import { canSee } from '../team/access.ts'
import { followThreads, setPriority, tagThreads } from '../team/organising-actions.ts'
import { createTag, removeTag, updateTag } from '../team/tag-actions.ts'
import { moveThreadView, removeThreadView, saveThreadView } from '../team/thread-view-actions.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

/** What orders conversations: tags, priority, followers, and views that people make. */
export const organisingHandlers = ({ store }: ApiDeps) => {
  const undoable = (undo: string | null) => ({ rev: store.rev, undo: undo as UndoId | null })
  return {
    threads: {
      tag: os.threads.tag.handler(({ input, context }) =>
        undoable(tagThreads(store, mustAccess(context), input.ids, input)),
      ),
      setPriority: os.threads.setPriority.handler(({ input, context }) =>
        undoable(setPriority(store, mustAccess(context), input.ids, input.priority)),
      ),
      follow: os.threads.follow.handler(({ input, context }) =>
        undoable(followThreads(store, mustAccess(context), input.ids, input.on)),
      ),
      followedComments: os.threads.followedComments.handler(({ input, context }) => {
        const access = mustAccess(context)
        return followedComments(store.read, access.user.id, input.ids)
          .filter(({ inbox_id }) => inbox_id !== null && canSee(access, inbox_id))
          .map((row) => ({
            id: row.id as CommentId,
            threadId: row.thread_id as ThreadId,
            authorId: row.author_id as UserId,
            subject: row.subject,
            text: row.text,
            mentionsMe: row.mentions_me === 1,
            at: row.at,
          }))
      }),
    },
    tags: {
      list: os.tags.list.handler(({ context }) => {
        mustAccess(context)
        return allTags(store.read).map(({ id, name, color }) => ({ id: id as TagId, name, color }))
      }),
      uses: os.tags.uses.handler(({ context }) => {
        mustAccess(context)
        return allTags(store.read).map(({ id }) => {
          const n = tagUses(store.read, id, COUNT_CAP + 1)
          return { id: id as TagId, count: Math.min(n, COUNT_CAP), capped: n > COUNT_CAP }
        })
      }),
      ofThreads: os.tags.ofThreads.handler(({ input, context }) => {
        const access = mustAccess(context)
        const ids = input.ids.map((id) => mustSeeThread(store.read, access, id).id)
        return tagCountsOf(store.read, [...new Set(ids)]).map(({ id, count }) => ({ id: id as TagId, count }))
      }),
      create: os.tags.create.handler(({ input, context }) => {
        const { id, undo } = createTag(store, mustAccess(context), input)
        return { ...undoable(undo), id: id as TagId }
      }),
      update: os.tags.update.handler(({ input, context }) =>
        undoable(updateTag(store, mustAccess(context), input)),
      ),
      remove: os.tags.remove.handler(({ input, context }) =>
        undoable(removeTag(store, mustAccess(context), input.id)),
      ),
    },
    threadViews: {
      list: os.threadViews.list.handler(({ context }) =>
        threadViewsOf(store.read, mustAccess(context).user.id).map((row) => ({
          id: row.id as ThreadViewId,
          name: row.name,
          ownerId: row.owner_id as UserId | null,
          settings: ThreadViewSettings.parse(JSON.parse(row.settings)),
        })),
      ),
      save: os.threadViews.save.handler(({ input, context }) => {
        const { id, undo } = saveThreadView(store, mustAccess(context), input)
        return { ...undoable(undo), id: id as ThreadViewId }
      }),
      move: os.threadViews.move.handler(({ input, context }) =>
        undoable(moveThreadView(store, mustAccess(context), input.id, input.before)),
      ),
      remove: os.threadViews.remove.handler(({ input, context }) =>
        undoable(removeThreadView(store, mustAccess(context), input.id)),
      ),
    },
  }
}
