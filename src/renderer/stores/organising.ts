import { computed } from 'vue'
import { defineStore } from 'pinia'
import type { TagId } from '@contract/ids.ts'
import type { TagView, ThreadViewView } from '@contract/organising.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from './engine-query.ts'

/** The workspace's tags, and the views that people made: the list, the reader and the navigation name them. */
export const useOrganisingStore = defineStore('organising', () => {
  const { data: tags } = useEngineQuery({
    key: ['tags'],
    query: ({ signal }) => rpc.tags.list({}, { signal }),
    on: { tags: true, workspace: true, users: true },
  })
  const { data: views } = useEngineQuery({
    key: ['thread-views'],
    query: ({ signal }) => rpc.threadViews.list({}, { signal }),
    on: { threadViews: true, workspace: true, users: true },
  })
  const tagsById = computed(() => new Map((tags.value ?? []).map((tag) => [tag.id, tag])))

  return {
    /** By name. */
    tags: computed<readonly TagView[]>(() => tags.value ?? []),
    /** One's own and those of everybody, in their order. */
    views: computed<readonly ThreadViewView[]>(() => views.value ?? []),
    /** Null for one that was removed. */
    tag: (id: string): TagView | null => tagsById.value.get(id as TagId) ?? null,
    /** Null for one that was removed, or is somebody else's. */
    view: (id: string): ThreadViewView | null => (views.value ?? []).find((each) => each.id === id) ?? null,
  }
})
