import { decodeCursor, encodeCursor } from '../read/cursor.ts'
import { threadShapes } from '../read/thread-list.ts'
import { searchMessages } from '../search/index.ts'
import { parseQuery } from '../search/query.ts'
import { resolveQuery } from '../search/resolve.ts'
import { threadsByIds } from '../store/queries/thread-lists.ts'
import { allUsers } from '../store/tables/users.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const searchHandlers = ({ store, clock }: ApiDeps) => ({
  threads: os.search.threads.handler(async ({ input, context, signal }) => {
    const access = mustAccess(context)
    const rev = store.rev
    const parsed = parseQuery(input.query, clock.now())
    const query = resolveQuery(parsed, {
      meId: access.user.id,
      users: allUsers(store.read),
      inboxes: access.visible.map((id) => ({ id, name: access.inboxes.get(id)?.row.name ?? '' })),
      seesAll: access.seesAll,
    })
    const before = input.cursor === undefined ? null : Number(decodeCursor(input.cursor, ['number'])[0])
    const page = await searchMessages(store.read, query, { before, limit: input.limit, signal })
    const found = threadsByIds(
      store.read,
      page.hits.map((hit) => hit.thread_id),
    )
    const threads = new Map(
      threadShapes(store.read, access.user.id, found).map((shape) => [shape.key, shape]),
    )
    const rows = page.hits.flatMap((hit) => {
      const thread = threads.get(hit.thread_id)
      if (!thread) return []
      // The message that was found stands for its conversation: its sender, words and time.
      const sender = { name: hit.from_name, address: hit.from_address }
      return [{ ...thread, sender, snippet: hit.snippet, at: hit.sort_at }]
    })
    return {
      rows,
      nextCursor: page.next === null ? null : encodeCursor([page.next]),
      problems: query.problems,
      terms: parsed.words,
      rev,
    }
  }),
})
