import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { ThreadId } from '@contract/ids.ts'
import { rpc } from '@/rpc/client.ts'
import type { Dependencies } from './change.ts'
import { useEngineQuery } from './engine-query.ts'

/** What makes any list of conversations stale. The engine names the thread of whatever changes in one. */
export const LIST_DEPENDS_ON: Dependencies = {
  threads: true,
  messages: true,
  comments: true,
  drafts: true,
  outbox: true,
  inboxes: true,
  tags: true,
  threadViews: true,
  workspace: true,
}

/** The open thread. The reader, the record panel and the composer share this one answer. */
export function useThread(id: MaybeRefOrGetter<ThreadId | null>) {
  const key = computed(() => toValue(id))
  return useEngineQuery({
    key: () => ['thread', key.value ?? ''],
    query: ({ signal }) => {
      if (key.value === null) throw new Error('There is no thread to ask for.')
      return rpc.threads.get({ id: key.value }, { signal })
    },
    on: () => ({ threads: [key.value ?? ''] }),
    enabled: () => key.value !== null,
  })
}

/** Every channel with its health, folders and junk count. */
export function useChannels() {
  return useEngineQuery({
    key: ['channels'],
    query: ({ signal }) => rpc.channels.list({}, { signal }),
    on: { channels: true, inboxes: true, workspace: true },
  })
}

/** How many conversations each view holds, capped at 1,000. */
export function useViewCounts() {
  return useEngineQuery({
    key: ['view-counts'],
    query: ({ signal }) => rpc.threads.counts({}, { signal }),
    on: LIST_DEPENDS_ON,
  })
}
