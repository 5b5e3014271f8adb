import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { Mail } from '@lucide/vue'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { recordPath } from '@/shell/place.ts'
import { recordIcons } from '@/shell/record-icons.ts'
import { router } from '@/shell/router.ts'
import { wordsFor } from '@/stores/report.ts'
import type { Entry } from './places.ts'

/** So many of each are shown. */
const MOST = 6
/** Shorter words find nothing that anybody means. */
const SHORTEST = 2

/**
 * Records and conversations by what is typed, from the engine: its answers come when they come, the newest question
 * alone counts. `searching`: what is found does not belong to `text` yet.
 */
export function useFinder(text: Ref<string>): {
  found: Ref<readonly Entry[]>
  searching: Ref<boolean>
  problem: Ref<string | null>
} {
  const found = shallowRef<readonly Entry[]>([])
  const searching = ref(false)
  const problem = ref<string | null>(null)
  let running: AbortController | undefined

  async function ask(query: string): Promise<void> {
    const { signal } = (running = new AbortController())
    searching.value = true
    try {
      const [records, conversations] = await Promise.all([
        rpc.records.search(
          { query: query.slice(0, 200), types: ['contact', 'company', 'deal', 'ticket'], limit: MOST },
          { signal },
        ),
        rpc.search.threads({ query: query.slice(0, 1000), limit: MOST }, { signal }),
      ])
      if (signal.aborted) return
      problem.value = null
      found.value = [
        ...records.map(({ ref: { type, id }, name, detail }) => ({
          id: `${type} ${id}`,
          label: name || t('records.unnamed'),
          detail: detail || t(`shortcuts.kind.${type}`),
          icon: recordIcons[type],
          run: () => router.push(recordPath(type, id)),
        })),
        ...conversations.rows.slice(0, MOST).map(({ key, threadId, subject, sender }) => ({
          id: `conversation ${key}`,
          label: subject || t('shortcuts.noSubject'),
          detail: sender.name || sender.address,
          icon: Mail,
          run: () => router.push({ name: 'search', params: { threadId }, query: { q: query } }),
        })),
      ]
    } catch (error) {
      if (signal.aborted) return
      found.value = []
      problem.value = wordsFor(error)
    }
    searching.value = false
  }

  watch(text, (now) => {
    running?.abort()
    const query = now.trim()
    if (query.length >= SHORTEST) return void ask(query)
    found.value = []
    searching.value = false
  })
  onScopeDispose(() => running?.abort())
  return { found, searching, problem }
}
