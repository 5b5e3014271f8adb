import type { RouteLocationNormalized } from 'vue-router'
import { router } from '@/shell/router.ts'
import { useSessionStore } from '@/stores/session.ts'

/** The inbox that was looked at or set up last, in this window. */
let last: string | null = null

/** Keeps which inbox an address is about. */
export function rememberInbox(to: RouteLocationNormalized): void {
  const id = inboxOf(to)
  if (id) last = id
}

function inboxOf({ params }: RouteLocationNormalized): string | null {
  const view = String(params['view'] ?? '')
  if (view.startsWith('inbox-')) return view.slice('inbox-'.length)
  const settings = params['page'] === 'inbox' ? String(params['inboxId'] ?? '') : ''
  return settings || null
}

/**
 * The inbox whose settings are meant: the one on screen, else the one looked at last, else the first. Null where the
 * user sees none. The settings let one change over to another.
 */
export function currentInboxId(): string | null {
  const { inboxes } = useSessionStore()
  const seen = (id: string | null) => (inboxes.some((inbox) => inbox.id === id) ? id : null)
  return seen(inboxOf(router.currentRoute.value)) ?? seen(last) ?? inboxes[0]?.id ?? null
}
