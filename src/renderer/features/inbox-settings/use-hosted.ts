import { computed } from 'vue'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { useChannels } from '@/stores/queries.ts'

/** The hosted addresses that the user can see; asked for only where there are any. */
export function useHosted() {
  const { data: channels } = useChannels()
  const some = computed(() => channels.value?.some(({ kind }) => kind === 'hosted') ?? false)
  return useEngineQuery({
    key: ['hosted'],
    query: ({ signal }) => rpc.hosted.list({}, { signal }),
    on: { channels: true, domains: true, inboxes: true, workspace: true },
    enabled: () => some.value,
  })
}
