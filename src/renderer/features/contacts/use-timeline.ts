import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { RecordEntryView } from '@contract/activities.ts'
import type { ContactId } from '@contract/ids.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { attempt } from '@/stores/report.ts'

/** The timeline of a contact, newest first, page by page. The first page follows what happens. */
export function useTimeline(id: Ref<ContactId>, enabled: Ref<boolean>) {
  const { data, error } = useEngineQuery({
    key: () => ['contact-timeline', id.value],
    query: ({ signal }) => rpc.activities.timeline({ record: { type: 'contact', id: id.value } }, { signal }),
    // Any contact: what was merged into this one is another row.
    on: () => ({
      contacts: true,
      threads: true,
      messages: true,
      comments: true,
      tickets: true,
      activities: true,
    }),
    enabled,
  })
  const later = shallowRef<RecordEntryView[]>([])
  /** Undefined as long as only the first page is there. */
  const cursor = ref<string | null | undefined>(undefined)
  const loading = ref(false)

  watch(id, () => {
    later.value = []
    cursor.value = undefined
  })

  const entries = computed(() => {
    const first = data.value?.entries ?? []
    const there = new Set(first.map(({ key }) => key))
    return [...first, ...later.value.filter(({ key }) => !there.has(key))]
  })
  const next = computed(() => (cursor.value === undefined ? (data.value?.nextCursor ?? null) : cursor.value))

  return {
    entries,
    error,
    loading,
    loaded: computed(() => data.value !== undefined),
    hasMore: computed(() => next.value !== null),
    async more() {
      const from = next.value
      const of = id.value
      if (from === null || loading.value) return
      loading.value = true
      const page = await attempt(() =>
        rpc.activities.timeline({ record: { type: 'contact', id: of }, cursor: from }),
      )
      loading.value = false
      if (!page || id.value !== of) return
      // What the first page now no longer reaches stays: it moved from there into what came later.
      later.value = [
        ...(cursor.value === undefined ? (data.value?.entries ?? []) : later.value),
        ...page.entries,
      ]
      cursor.value = page.nextCursor
    },
  }
}
