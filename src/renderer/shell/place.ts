import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { InboxId, ThreadId } from '@contract/ids.ts'
import type { RecordType } from '@contract/records.ts'
import type { ViewKey } from '@contract/threads.ts'

/** The part of the address that shows the records of a type. */
const RECORD_PATHS: Record<RecordType, string> = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
  ticket: 'tickets',
}

/** The address of the list of a type, or of the page of one record. */
export const recordPath = (type: RecordType, id?: string): string =>
  `/${RECORD_PATHS[type]}${id === undefined ? '' : `/${id}`}`

/** The address of an entry of the library, or of a new one ("new-template"). */
export const libraryPath = (entry: string): string => `/library/${entry}`

/** Where the user is, read from the address, and how to go elsewhere. */
export function usePlace() {
  const route = useRoute()
  const router = useRouter()
  const param = (name: string) => {
    const value = route.params[name]
    return typeof value === 'string' && value !== '' ? value : null
  }

  const view = computed(() => (route.name === 'view' ? (param('view') as ViewKey) : null))
  const query = computed(() => (route.name === 'search' ? String(route.query['q'] ?? '') : null))
  const threadId = computed(() => param('threadId') as ThreadId | null)
  const recordType = computed(() => {
    const path = param('records')
    return (Object.keys(RECORD_PATHS) as RecordType[]).find((type) => RECORD_PATHS[type] === path) ?? null
  })

  return {
    kind: computed(
      () =>
        route.name as
          | 'view'
          | 'search'
          | 'message'
          | 'draft'
          | 'settings'
          | 'compose'
          | 'records'
          | 'tasks'
          | 'duplicates'
          | 'library'
          | undefined,
    ),
    /** Null while searching. */
    view,
    /** What is searched for; null outside the search. */
    query,
    threadId,
    messageId: computed(() => param('messageId')),
    draftId: computed(() => param('draftId')),
    /** The records on screen: a list of them, or the page of the one with `recordId`. Null elsewhere. */
    recordType,
    recordId: computed(() => param('recordId')),
    /** In the library: the entry that is edited, or "new-" and its kind. */
    libraryEntry: computed(() => param('libraryEntry')),
    settingsPage: computed(() => param('page')),
    /** In the settings of one inbox: which, and which of their pages. */
    settingsInboxId: computed(() =>
      param('page') === 'inbox' ? (param('inboxId') as InboxId | null) : null,
    ),
    settingsTab: computed(() => param('tab')),
    goToView: (next: ViewKey) => router.push({ name: 'view', params: { view: next } }),
    /** Opens a thread beside the list that is shown now. `replace` leaves no step to go back to. */
    openThread(id: ThreadId, replace = false) {
      if (route.name === 'search') {
        return router.push({ name: 'search', params: { threadId: id }, query: route.query, replace })
      }
      return router.push({ name: 'view', params: { view: view.value ?? 'open', threadId: id }, replace })
    },
    closeThread() {
      if (route.name === 'search') return router.push({ name: 'search', query: route.query })
      return router.push({ name: 'view', params: { view: view.value ?? 'unassigned' } })
    },
    /** Searches as one types: only the first letter makes a step to go back to. */
    search(text: string) {
      const to = { name: 'search', query: { q: text } }
      return route.name === 'search' ? router.replace(to) : router.push(to)
    },
  }
}
