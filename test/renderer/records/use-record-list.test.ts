import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp, effectScope } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { expect, it, vi } from 'vitest'

const settings = { columns: ['email'], filters: [], sort: { key: 'name', descending: true } }
const view = { id: 'rossis', recordType: 'contact', name: 'The Rossis', ownerId: null, settings }
/** The views are not known before the test says so. */
let tellViews: () => void
const views = new Promise((resolve) => (tellViews = () => resolve([view])))

vi.mock('@/stores/changes.ts', () => ({ onEngineChange: () => {} }))
vi.mock('@/rpc/client.ts', () => ({
  ConnectionLostError: class extends Error {},
  rpc: {
    records: {
      properties: async () => [{ key: 'name', sortable: true }, { key: 'email' }],
      list: async () => ({ rows: [], nextCursor: null, count: 0, capped: false, emptyReason: null }),
    },
    recordViews: { list: () => views },
  },
}))
vi.stubGlobal('window', { addEventListener: () => {} })
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} })

it('stays in its view where somebody searches before it is known which views there are', async () => {
  const { useRecordList } = await import('@/features/records/list/use-record-list.ts')
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/contacts', component: {} }],
  })
  await router.push('/contacts?view=rossis')
  const app = createApp({}).use(createPinia()).use(PiniaColada).use(router)
  const scope = effectScope()
  const state = app.runWithContext(() => scope.run(() => useRecordList('contact', () => true)))!
  state.search('nowak')
  await expect.poll(() => router.currentRoute.value.query).toEqual({ view: 'rossis', q: 'nowak' })
  tellViews()
  await expect.poll(() => state.view.value?.name).toBe('The Rossis')
  expect(state.settings.value.sort).toEqual(settings.sort)
  // One that is no longer there is left with the next change.
  await router.push('/contacts?view=gone')
  state.search('nowak')
  await expect.poll(() => router.currentRoute.value.query).toEqual({ q: 'nowak' })
  scope.stop()
})
