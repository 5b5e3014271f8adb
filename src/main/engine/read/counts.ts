import type { InboxId } from '../../../contract/ids.ts'
import type { ReadableDb } from '../store/statements.ts'
import { COUNT_CAP, threadCount, type ThreadScope } from '../store/queries/thread-lists.ts'
import { draftCount, sentCount, waitingCount } from '../store/queries/outgoing.ts'
import { inboxFilter, type Access } from '../team/access.ts'
import { visibleChannelIds } from './scope.ts'
import type { ViewCountShape } from './shapes.ts'
import { namedViews } from './views/registry.ts'
import { inbox } from './views/inbox.ts'
import type { View } from './views/view.ts'

const capped = (view: ViewCountShape['view'], count: number, unread: number): ViewCountShape => ({
  view,
  count: Math.min(count, COUNT_CAP),
  capped: count > COUNT_CAP,
  unread: Math.min(unread, COUNT_CAP),
})

/** The counts of every view that the user has: the named ones, then one for each inbox they can see. */
export function countViews(db: ReadableDb, access: Access): ViewCountShape[] {
  return [
    ...namedViews.map((view) => capped(view.key, ...countView(db, access, view))),
    ...access.visible.map((id) => capped(`inbox-${id as InboxId}`, ...countView(db, access, inbox(id)))),
  ]
}

function countView(db: ReadableDb, access: Access, view: View): [count: number, unread: number] {
  const limit = COUNT_CAP + 1
  const inboxIds = inboxFilter(access)
  switch (view.lists) {
    case 'threads': {
      const scope: ThreadScope = view.scope(access)
      const only = scope.inboxId === undefined ? inboxIds : [scope.inboxId]
      // The index of unread threads begins with the inbox, so that one is always told which.
      const unreadIn = scope.inboxId === undefined ? access.visible : [scope.inboxId]
      return [threadCount(db, scope, only), threadCount(db, { ...scope, unread: true }, unreadIn)]
    }
    case 'sent':
      return [sentCount(db, inboxIds, limit), 0]
    case 'drafts':
      return [draftCount(db, access.user.id, limit), 0]
    case 'outbox':
      return [waitingCount(db, visibleChannelIds(db, access), limit), 0]
  }
}
