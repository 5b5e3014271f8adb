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

type Found = Awaited<ReturnType<typeof rpc.records.search>>

/**
 * Of many that match, those with mail who are found soonest; where few do, all of them are looked at, also who has no
 * address: so a letter that half of 100,000 have costs no more than a rare name.
 */
async function findPeople(query: string, signal: AbortSignal): Promise<Found> {
  const lately = await rpc.contacts.search({ query, limit: 2 * MOST }, { signal })
  const people = [...new Map(lately.map((each) => [each.id, each])).values()].slice(0, MOST)
  if (people.length < MOST)
    return await rpc.records.search({ query, types: ['contact'], limit: MOST }, { signal })
  return people.map(({ id, name, address }) => ({ ref: { type: 'contact', id }, name, detail: address }))
}

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
      const [people, records, conversations] = await Promise.all([
        findPeople(query.slice(0, 200), signal),
        rpc.records.search(
          { query: query.slice(0, 200), types: ['company', 'deal', 'ticket'], limit: MOST },
          { signal },
        ),
        rpc.search.threads({ query: query.slice(0, 1000), limit: MOST }, { signal }),
      ])
      if (signal.aborted) return
      problem.value = null
      found.value = [
        ...[...people, ...records].map(({ ref: { type, id }, name, detail }) => ({
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
