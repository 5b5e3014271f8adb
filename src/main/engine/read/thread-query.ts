import type { ThreadFilter } from '../../../contract/threads.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { ThreadCondition, ThreadOrder, ThreadPosition } from '../store/queries/thread-conditions.ts'
import type { ThreadListRow, ThreadScope } from '../store/queries/thread-lists.ts'
import { threadStretch, type ThreadQuery } from '../store/queries/thread-queries.ts'
import type { Access } from '../team/access.ts'

/** Lets everything else that waits go first. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The same threads as a scope, as conditions. */
export const queryOfScope = (scope: ThreadScope): ThreadQuery => ({
  listedAs: [scope.status],
  branches: [
    [
      ...(scope.inboxId === undefined ? [] : [{ on: 'inbox', id: scope.inboxId } as const]),
      ...(scope.assigneeId === undefined ? [] : [{ on: 'assignee', id: scope.assigneeId } as const]),
    ],
  ],
})

/** What the filter of a list asks for besides. */
function conditionsOf(filter: ThreadFilter): ThreadCondition[] {
  const { unread, hasAttachment, assigneeId, teamId, tagId, priority } = filter
  return [
    ...(unread === undefined ? [] : [{ on: 'unread', not: !unread } as const]),
    ...(hasAttachment === undefined ? [] : [{ on: 'attachment', not: !hasAttachment } as const]),
    ...(assigneeId === undefined ? [] : [{ on: 'assignee', id: assigneeId } as const]),
    ...(teamId === undefined ? [] : [{ on: 'team', id: teamId } as const]),
    ...(tagId === undefined ? [] : [{ on: 'tag', id: tagId } as const]),
    ...(priority === undefined ? [] : [{ on: 'priority', value: priority } as const]),
  ]
}

export const filtered = (query: ThreadQuery, filter: ThreadFilter): ThreadQuery => ({
  ...query,
  branches: query.branches.map((conditions) => [...conditions, ...conditionsOf(filter)]),
})

/**
 * One page of a list by conditions. Where few of many threads fulfil them it takes a while: between the stretches
 * everything else goes on.
 */
export async function threadQueryPage(
  db: ReadableDb,
  access: Access,
  query: ThreadQuery,
  page: { sort: ThreadOrder; after: ThreadPosition | null; limit: number },
): Promise<{ rows: ThreadListRow[]; next: ThreadPosition | null }> {
  const rows: ThreadListRow[] = []
  let { after } = page
  for (;;) {
    const part = threadStretch(db, query, access.visible, {
      sort: page.sort,
      after,
      limit: page.limit - rows.length,
    })
    rows.push(...part.rows)
    if (part.next === null || rows.length >= page.limit) return { rows, next: part.next }
    after = part.next
    await nextTurn()
  }
}
