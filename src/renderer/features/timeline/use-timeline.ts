import { computed, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { RecordEntryView, TimelineFilter } from '@contract/activities.ts'
import type { RecordRef } from '@contract/records.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { attempt } from '@/stores/report.ts'

/** The timeline of a record, newest first, page by page. The first page follows what happens. */
export function useTimeline(
  record: MaybeRefOrGetter<RecordRef>,
  filters: MaybeRefOrGetter<readonly TimelineFilter[]>,
) {
  const asked = computed(() => ({ record: toValue(record), filters: [...toValue(filters)] }))
  const key = computed(() => {
    const { type, id } = asked.value.record
    return ['timeline', type, id, asked.value.filters.join()]
  })
  const { data, error, isPlaceholderData } = useEngineQuery({
    key: () => key.value,
    query: ({ signal }) => rpc.activities.timeline(asked.value, { signal }),
    // Any record: what was merged into this one is another row, and a company shows what its people did.
    on: {
      contacts: true,
      companies: true,
      deals: true,
      threads: true,
      messages: true,
      comments: true,
      tickets: true,
      activities: true,
      library: true,
    },
    placeholder: (before) => before,
  })
  const later = shallowRef<RecordEntryView[]>([])
  /** Undefined as long as only the first page is there. */
  const cursor = ref<string | null | undefined>(undefined)
  const loading = ref(false)

  watch(key, () => {
    later.value = []
    cursor.value = undefined
  })

  const entries = computed(() => {
    const first = data.value?.entries ?? []
    const there = new Set(first.map((entry) => entry.key))
    return [...first, ...later.value.filter((entry) => !there.has(entry.key))]
  })
  const next = computed(() => {
    // What is shown until the first answer is of another list.
    if (isPlaceholderData.value) return null
    return cursor.value === undefined ? (data.value?.nextCursor ?? null) : cursor.value
  })

  return {
    entries,
    error,
    loading,
    loaded: computed(() => data.value !== undefined),
    hasMore: computed(() => next.value !== null),
    async more() {
      const from = next.value
      const of = key.value
      if (from === null || loading.value) return
      loading.value = true
      const page = await attempt(() => rpc.activities.timeline({ ...asked.value, cursor: from }))
      loading.value = false
      if (!page || key.value !== of) return
      // What the first page now no longer reaches stays: it moved from there into what came later.
      later.value = [
        ...(cursor.value === undefined ? (data.value?.entries ?? []) : later.value),
        ...page.entries,
      ]
      cursor.value = page.nextCursor
    },
  }
}
