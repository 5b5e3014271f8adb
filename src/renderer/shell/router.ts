import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { ViewKey } from '@contract/threads.ts'
import { ThreadId } from '@contract/ids.ts'

const LAST_VIEW = 'anteroom.last-view'
// The frame reads the route and chooses what to show; no route owns a component of its own.
const nothing = { render: () => null }

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: () => `/${viewOr(localStorage.getItem(LAST_VIEW))}` },
  { path: '/search/:threadId?', name: 'search', component: nothing },
  { path: '/message/:messageId', name: 'message', component: nothing },
  { path: '/settings/:page?', name: 'settings', component: nothing },
  { path: '/compose', name: 'compose', component: nothing },
  { path: '/:view/:threadId?', name: 'view', component: nothing },
  { path: '/:rest(.*)*', redirect: '/unassigned' },
]

export const router = createRouter({ history: createWebHashHistory(), routes })

// What stands in an address may come from anywhere (a deep link): unknown views and ids go no further.
router.beforeEach((to) => {
  const { view, threadId } = to.params
  if (to.name === 'view' && !ViewKey.safeParse(view).success) return { path: '/unassigned', replace: true }
  if (threadId && !ThreadId.safeParse(threadId).success)
    return { ...to, params: { ...to.params, threadId: '' } }
  return true
})
router.afterEach((to) => {
  if (to.name === 'view') localStorage.setItem(LAST_VIEW, String(to.params['view']))
})

function viewOr(stored: string | null): string {
  return stored && ViewKey.safeParse(stored).success ? stored : 'unassigned'
}

/** Opens a route that came from outside (deep link, notification, `mailto:`); others than ours are ignored. */
export function openRoute(route: string): void {
  if (route.startsWith('/') && router.resolve(route).matched.length > 0) void router.push(route)
}
