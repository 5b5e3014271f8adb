import type { EmptyReason } from '@contract/common.ts'
import type { z } from 'zod'
import type { QueryProblem } from '@contract/search.ts'
import type { ThreadFilter, ThreadRowView, ViewKey } from '@contract/threads.ts'
import { rpc } from '@/rpc/client.ts'
import { firstScreen } from '@/shell/first-screen.ts'
import { newestRev } from '@/stores/changes.ts'
import { FIRST, type Fetch } from './list-window.ts'

export type ListSort = 'newest' | 'oldest'
/** What the list shows: a view, or the answer to a search. */
export type ListSource = { view: ViewKey; filter: ThreadFilter; sort: ListSort } | { query: string }

export type ListExtra = {
  emptyReason: z.infer<typeof EmptyReason> | null
  problems: readonly QueryProblem[]
  /** Words to mark in the rows. */
  terms: readonly string[]
}

let early: { key: string; answer: Promise<Awaited<ReturnType<typeof rpc.threads.list>> | null> } | null = null

/**
 * Asks for the rows of the first screen before there is a frame to show them in; the list takes the answer when
 * it asks for the same. Both go over the connection after `workspace.get`, so nothing newer is missed.
 */
export function askEarly(view: ViewKey): void {
  const source: ListSource = { view, filter: {}, sort: 'newest' }
  const answer = rpc.threads.list({ ...source, limit: FIRST }).catch(() => null)
  early = { key: JSON.stringify(source), answer }
}

async function page(from: Exclude<ListSource, { query: string }>, cursor: string | undefined, limit: number) {
  const asked = early
  early = null
  if (asked && cursor === undefined && asked.key === JSON.stringify(from)) {
    const answer = await asked.answer
    // Unless something changed before the list was there to hear of it.
    if (answer && answer.rev >= newestRev()) return answer
  }
  // What lies beyond the first rows waits until they are drawn.
  if (cursor !== undefined) await firstScreen
  return await rpc.threads.list({ ...from, cursor, limit })
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
    const answer = await page(from, cursor, limit)
    const { rows, nextCursor, emptyReason } = answer
    return { rows, nextCursor, extra: { emptyReason, problems: [], terms: [] } }
  }
}
