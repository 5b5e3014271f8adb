import { onScopeDispose } from 'vue'
import { useQueryCache, type UseQueryEntry } from '@pinia/colada'
import { openConnection } from '@/rpc/connection.ts'
import { rpc } from '@/rpc/client.ts'
import { ALL, fold, touches, type Change } from './change.ts'

/** Between two rounds of refetching while changes pour in (a sync), in ms. A lone change is not delayed. */
const ROUND = 80

const listeners = new Set<(change: Change) => void>()
let newest = 0
let take: ((change: Change) => void) | null = null

/** Asks for everything again, as after a change of user: the same data then looks different. */
export function everythingChanged(): void {
  take?.({ rev: 0, changes: ALL.map((entity) => ({ entity, ids: null })) })
}

/** The newest commit that this window heard of; 0 before the first. */
export const newestRev = (): number => newest

/** Calls `listener` for each round of changes, until the surrounding component or store goes away. */
export function onEngineChange(listener: (change: Change) => void): void {
  listeners.add(listener)
  onScopeDispose(() => listeners.delete(listener))
}

/**
 * Follows the engine's commits for as long as the page lives, over every reconnection, and asks again for
 * what they touch. Call once, where the query cache can be injected.
 */
export async function followChanges(): Promise<never> {
  const cache = useQueryCache()
  let sinceRev: number | undefined
  let queue: Change[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastRound = 0

  const round = () => {
    timer = undefined
    lastRound = Date.now()
    const change = fold(queue)
    queue = []
    for (const entry of cache.getEntries()) {
      const on = entry.meta.on
      if (on && touches(change, on)) askAgain(entry)
    }
    listeners.forEach((listener) => listener(change))
  }

  const askAgain = (entry: UseQueryEntry): void => {
    const { pending } = entry
    // A running request is let finish before the next is sent: were it dropped each time, a screen that
    // changes faster than it can be read would never show anything.
    if (pending) {
      const again = () => {
        if (!entry.pending) askAgain(entry)
      }
      if (waiting.has(entry)) return
      waiting.add(entry)
      void pending.refreshCall
        .catch(() => {})
        .finally(() => {
          waiting.delete(entry)
          // The cache clears `pending` in its own callback on the same promise; look after that.
          setTimeout(again)
        })
      return
    }
    cache.invalidate(entry)
    // A failure is kept in the entry, where the screen that shows it says so.
    if (entry.active) void cache.fetch(entry).catch(() => {})
  }
  const waiting = new Set<UseQueryEntry>()

  take = (change) => {
    queue.push(change)
    timer ??= setTimeout(round, Math.max(0, lastRound + ROUND - Date.now()))
  }

  for (;;) {
    const connection = await openConnection()
    try {
      // The first call on a connection, so that everything else answered on it is at least as new.
      sinceRev ??= (await rpc.workspace.get({})).rev
      newest = Math.max(newest, sinceRev)
      for await (const change of await rpc.events.stream({ sinceRev })) {
        sinceRev = change.rev
        newest = Math.max(newest, change.rev)
        take(change)
      }
    } catch {
      // The pipe dropped (the connection bar says so) or the stream ended; both are followed by a new one.
    }
    // An engine that ends the stream but keeps the pipe must not be asked in a tight loop.
    if (!connection.closed)
      await Promise.race([connection.dropped, new Promise((go) => setTimeout(go, 1000))])
  }
}
