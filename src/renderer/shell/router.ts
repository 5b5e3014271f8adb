import type { ViewKey } from '@contract/threads.ts'
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'

const LAST_VIEW = 'anteroom.last-view'
// As the contract has them, without its schemas: zod would be a third of what the first screen loads.
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const WHOLE_ID = new RegExp(`^${ID}$`, 'i')
const VIEW = new RegExp(
  `^(?:unassigned|mine|open|snoozed|closed|sent|drafts|mentions|following|spam|outbox|(?:inbox|tag|view)-${ID})$`,
  'i',
)

// The frame reads the route and chooses what to show; no route owns a component of its own.
const nothing = { render: () => null }

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: () => `/${viewOr(localStorage.getItem(LAST_VIEW))}` },
  { path: '/search/:threadId?', name: 'search', component: nothing },
  { path: '/message/:messageId', name: 'message', component: nothing },
  { path: '/draft/:draftId', name: 'draft', component: nothing },
  { path: '/settings/:page?/:inboxId?/:tab?', name: 'settings', component: nothing },
  { path: '/compose', name: 'compose', component: nothing },
  { path: '/tasks', name: 'tasks', component: nothing },
  { path: '/library/:libraryEntry?', name: 'library', component: nothing },
  { path: '/duplicates', name: 'duplicates', component: nothing },
  { path: '/:records(contacts|companies|deals|tickets)/:recordId?', name: 'records', component: nothing },
  { path: '/:view/:threadId?', name: 'view', component: nothing },
  { path: '/:rest(.*)*', redirect: '/unassigned' },
]

export const router = createRouter({ history: createWebHashHistory(), routes })

// What stands in an address may come from anywhere (a deep link): unknown views and ids go no further.
router.beforeEach((to) => {
  const { view, threadId, recordId, draftId } = to.params
  if (draftId && !WHOLE_ID.test(String(draftId))) return { path: '/unassigned', replace: true }
  if (to.name === 'view' && !VIEW.test(String(view))) return { path: '/unassigned', replace: true }
  if (threadId && !WHOLE_ID.test(String(threadId))) return { ...to, params: { ...to.params, threadId: '' } }
  if (recordId && !WHOLE_ID.test(String(recordId))) return { ...to, params: { ...to.params, recordId: '' } }
  return true
})
router.afterEach((to) => {
  if (to.name === 'view') localStorage.setItem(LAST_VIEW, String(to.params['view']))
})

/** The view that the address, or else the last visit, will open on; null for another kind of place. */
export function viewOfAddress(): ViewKey | null {
  const [, first = ''] = location.hash.replace(/^#/, '').split(/[/?]/)
  if (first === '') return viewOr(localStorage.getItem(LAST_VIEW)) as ViewKey
  return VIEW.test(first) ? (first as ViewKey) : null
}

function viewOr(stored: string | null): string {
  return stored && VIEW.test(stored) ? stored : 'unassigned'
}

/** Opens a route that came from outside (deep link, notification, `mailto:`); others than ours are ignored. */
export function openRoute(route: string): void {
  if (route.startsWith('/') && router.resolve(route).matched.length > 0) void router.push(route)
}
