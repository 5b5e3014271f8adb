import { computed, ref, type ComputedRef } from 'vue'
import type { RouteLocationNormalized } from 'vue-router'
import { useSessionStore } from '@/stores/session.ts'
import { router } from './router.ts'

/** The inbox that was looked at or set up last, in this window. */
const last = ref<string | null>(null)

function inboxOf({ params }: RouteLocationNormalized): string | null {
  const view = String(params['view'] ?? '')
  if (view.startsWith('inbox-')) return view.slice('inbox-'.length)
  const settings = params['page'] === 'inbox' ? String(params['inboxId'] ?? '') : ''
  return settings || null
}
router.afterEach((to) => {
  last.value = inboxOf(to) ?? last.value
})

/**
 * The inbox whose settings are meant: the one on screen or looked at last, else the first. Null where the user sees
 * none. The settings let one change over to another.
 */
export function useCurrentInbox(): ComputedRef<string | null> {
  const session = useSessionStore()
  return computed(() => {
    const { inboxes } = session
    return inboxes.find(({ id }) => id === last.value)?.id ?? inboxes[0]?.id ?? null
  })
}
