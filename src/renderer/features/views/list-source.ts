import type { EmptyReason } from '@contract/common.ts'
import type { z } from 'zod'
import type { QueryProblem } from '@contract/search.ts'
import type { ThreadFilter, ThreadRowView, ViewKey } from '@contract/threads.ts'
import { rpc } from '@/rpc/client.ts'
import type { Dependencies } from '@/stores/change.ts'
import type { Fetch } from './list-window.ts'

export type ListSort = 'newest' | 'oldest'
/** What the list shows: a view, or the answer to a search. */
export type ListSource = { view: ViewKey; filter: ThreadFilter; sort: ListSort } | { query: string }

export type ListExtra = {
  emptyReason: z.infer<typeof EmptyReason> | null
  problems: readonly QueryProblem[]
  /** Words to mark in the rows. */
  terms: readonly string[]
}

/** What makes any list stale. The engine names the thread of whatever changes in one. */
export const LIST_DEPENDS_ON: Dependencies = {
  threads: true,
  messages: true,
  drafts: true,
  outbox: true,
  inboxes: true,
  workspace: true,
}

/** Asks the engine for a page of what `source` holds at that moment. */
export function fetchFrom(source: () => ListSource): Fetch<ThreadRowView, ListExtra> {
  return async (cursor, limit) => {
    const from = source()
    if ('query' in from) {
      if (from.query.trim() === '')
        return { rows: [], nextCursor: null, extra: { emptyReason: null, problems: [], terms: [] } }
      const answer = await rpc.search.threads({ query: from.query, cursor, limit })
      const emptyReason = answer.rows.length === 0 ? ('no_match' as const) : null
      const { problems, terms } = answer
      return { rows: answer.rows, nextCursor: answer.nextCursor, extra: { emptyReason, problems, terms } }
    }
    const answer = await rpc.threads.list({ ...from, cursor, limit })
    const { rows, nextCursor, emptyReason } = answer
    return { rows, nextCursor, extra: { emptyReason, problems: [], terms: [] } }
  }
}
