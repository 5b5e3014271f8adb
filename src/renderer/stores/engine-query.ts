import { onScopeDispose, toValue, type MaybeRefOrGetter } from 'vue'
import { toCacheKey, useQuery, type EntryKey, type UseQueryReturn } from '@pinia/colada'
import type { Dependencies } from './change.ts'

declare module '@pinia/colada' {
  interface TypesConfig {
    queryMeta: { on?: Dependencies }
  }
}

/** How long an answer that nothing shows is kept, in ms. */
const KEPT = 5 * 60_000

/** One `useEngineQuery` that lives. */
type Asker = { key: () => string; query: (context: { signal: AbortSignal }) => Promise<unknown> }
const askers = new Set<Asker>()

/**
 * Asks the engine, keeps the answer under `key`, and asks again whenever a commit touches what `on` names.
 * Components with the same key share one answer. An older answer never replaces a newer one.
 *
 * `on` is read when the key first appears, so it may be a getter over the same refs as the key.
 */
export function useEngineQuery<T>(options: {
  key: MaybeRefOrGetter<EntryKey>
  query: (context: { signal: AbortSignal }) => Promise<T>
  on: MaybeRefOrGetter<Dependencies>
  enabled?: MaybeRefOrGetter<boolean>
  /** Shown until the first answer of a new key is there: usually the answer of the key before. */
  placeholder?: (before: T | undefined) => T | undefined
}): UseQueryReturn<T> {
  const { query } = options
  const asker: Asker = { key: () => toCacheKey(toValue(options.key)), query }
  askers.add(asker)
  onScopeDispose(() => askers.delete(asker))
  return useQuery<T>({
    key: options.key,
    // An answer is fetched for all who share it by the one that came to it last, whose refs may stand for another key by
    // then: so one that asks for this very key now has to be the one that asks.
    query({ signal, entry }) {
      const current = [...askers].find((each) => each.key() === entry.keyHash)
      return ((current?.query as typeof query | undefined) ?? query)({ signal })
    },
    meta: () => ({ on: toValue(options.on) }),
    enabled: () => toValue(options.enabled) ?? true,
    // Only commits make an answer stale; never time, focus or the network.
    staleTime: Infinity,
    gcTime: KEPT,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    ...(options.placeholder && { placeholderData: options.placeholder }),
  })
}
