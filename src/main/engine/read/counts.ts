import type { InboxId, TagId, ThreadViewId } from '../../../contract/ids.ts'
import type { ReadableDb } from '../store/statements.ts'
import { COUNT_CAP, threadCount, type ThreadScope } from '../store/queries/thread-lists.ts'
import { threadQueryCount } from '../store/queries/thread-queries.ts'
import { allTags } from '../store/tables/tags.ts'
import { threadViewsOf } from '../store/tables/thread-views.ts'
import { unreadMentionCount } from '../store/queries/mentions.ts'
import { draftCount, sentCount, waitingCount } from '../store/queries/outgoing.ts'
import { inboxFilter, type Access } from '../team/access.ts'
import { visibleChannelIds } from './scope.ts'
import type { ViewCountShape } from './shapes.ts'
import { filtered } from './thread-query.ts'
import { namedViews } from './views/registry.ts'
import { inbox } from './views/inbox.ts'
import { own } from './views/own.ts'
import { tag } from './views/tag.ts'
import type { View } from './views/view.ts'

const capped = (view: ViewCountShape['view'], count: number, unread: number): ViewCountShape => ({
  view,
  count: Math.min(count, COUNT_CAP),
  capped: count > COUNT_CAP,
  unread: Math.min(unread, COUNT_CAP),
})

/** Tags that are counted: the navigation shows no more. */
const MOST_TAGS = 50

/**
 * The counts of every view that the user has: the named ones, one for each inbox they can see, those that people made, and
 * tags. One after the other, so that whoever takes them can let something else go first. @param now in ms
 */
export function* countViews(db: ReadableDb, access: Access, now: number): Generator<ViewCountShape, void> {
  const counted = (key: ViewCountShape['view'], view: View) => countView(db, access, key, view, now)
  for (const view of namedViews) yield counted(view.key, view)
  for (const id of access.visible) yield counted(`inbox-${id as InboxId}`, inbox(id))
  for (const { id } of threadViewsOf(db, access.user.id)) yield counted(`view-${id as ThreadViewId}`, own(id))
  for (const { id } of allTags(db).slice(0, MOST_TAGS)) yield counted(`tag-${id as TagId}`, tag(id))
}

function countView(
  db: ReadableDb,
  access: Access,
  key: ViewCountShape['view'],
  view: View,
  now: number,
): ViewCountShape {
  const limit = COUNT_CAP + 1
  const inboxIds = inboxFilter(access)
  switch (view.lists) {
    case 'threads': {
      const scope: ThreadScope = view.scope(access)
      const only = scope.inboxId === undefined ? inboxIds : [scope.inboxId]
      // The index of unread threads begins with the inbox, so that one is always told which.
      const unreadIn = scope.inboxId === undefined ? access.visible : [scope.inboxId]
      return capped(key, threadCount(db, scope, only), threadCount(db, { ...scope, unread: true }, unreadIn))
    }
    case 'query': {
      const query = view.query(db, access, now)
      const unread = threadQueryCount(db, filtered(query, { unread: true }), access.visible)
      return { view: key, ...threadQueryCount(db, query, access.visible), unread: unread.count }
    }
    case 'sent':
      return capped(key, sentCount(db, inboxIds, limit), 0)
    case 'drafts':
      return capped(key, draftCount(db, access.user.id, limit), 0)
    case 'mentions': {
      // Those that one has seen only ever grow: counted are the others.
      const n = unreadMentionCount(db, access.user.id, inboxIds, limit)
      return capped(key, n, n)
    }
    case 'outbox':
      return capped(key, waitingCount(db, visibleChannelIds(db, access), limit), 0)
  }
}
