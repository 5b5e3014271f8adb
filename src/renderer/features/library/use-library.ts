import { computed, ref, watch, type Ref } from 'vue'
import type { LibraryKind, LibraryRowView } from '@contract/library.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'

/** Rows of one page: the most that the engine gives at once. */
const PAGE = 200

export type LibraryWish = { query: string; kind: LibraryKind | ''; folder: string }

/** The entries that match, by name; `more` brings the next page. */
export function useLibrary(wish: Ref<LibraryWish>) {
  const pages = ref(1)
  watch(wish, () => (pages.value = 1))
  const { data, error } = useEngineQuery({
    key: () => ['library', 'list', { ...wish.value }, pages.value],
    query: async ({ signal }) => {
      const { kind, folder, query } = wish.value
      const rows: LibraryRowView[] = []
      let cursor: string | undefined
      for (let page = 0; page < pages.value; page += 1) {
        const answer = await rpc.library.list(
          { query, limit: PAGE, ...(kind && { kind }), ...(folder && { folder }), ...(cursor && { cursor }) },
          { signal },
        )
        rows.push(...answer.rows)
        if (answer.nextCursor === null) return { rows, hasMore: false }
        cursor = answer.nextCursor
      }
      return { rows, hasMore: true }
    },
    on: { library: true, teams: true },
    placeholder: (before) => before,
  })
  return {
    rows: computed(() => data.value?.rows),
    hasMore: computed(() => data.value?.hasMore ?? false),
    error,
    more: () => void (pages.value += 1),
  }
}

/** Every folder of what the user sees, with how many lie in it and below. */
export function useFolders() {
  const { data } = useEngineQuery({
    key: ['library', 'folders'],
    query: ({ signal }) => rpc.library.folders({}, { signal }),
    on: { library: true, teams: true },
  })
  return computed(() => {
    const counts = new Map<string, number>()
    for (const { name, count } of data.value ?? []) {
      if (name === '') continue
      const parts = name.split('/')
      for (let depth = 1; depth <= parts.length; depth += 1) {
        const folder = parts.slice(0, depth).join('/')
        counts.set(folder, (counts.get(folder) ?? 0) + count)
      }
    }
    return [...counts]
      .map(([name, count]) => ({ name, count, depth: name.split('/').length - 1 }))
      .sort((a, b) => a.name.localeCompare(b.name))
  })
}
