import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp, effectScope, ref } from 'vue'
import { expect, it, vi } from 'vitest'
import type { TimelineFilter } from '@contract/activities.ts'

/** Answers wait here until the test lets them go. */
const asked: { filters: readonly string[]; cursor?: string; answer: () => void }[] = []
vi.mock('@/rpc/client.ts', () => ({
  ConnectionLostError: class extends Error {},
  rpc: {
    activities: {
      timeline: ({ filters, cursor }: { filters: readonly string[]; cursor?: string }) =>
        new Promise((resolve) => {
          const key = `${filters.join()} ${cursor ?? 'first'}`
          const answer = () => resolve({ entries: [{ key }], nextCursor: cursor ? null : `after ${key}` })
          asked.push({ filters, ...(cursor && { cursor }), answer })
        }),
    },
  },
}))

it('has no further page as long as the first one of what is asked for now is not there', async () => {
  const { useTimeline } = await import('@/features/timeline/use-timeline.ts')
  const app = createApp({})
  app.use(createPinia()).use(PiniaColada)
  const scope = effectScope()
  const filters = ref<TimelineFilter[]>(['note'])
  const list = app.runWithContext(() =>
    scope.run(() => useTimeline({ type: 'contact', id: 'carla' }, () => filters.value)),
  )!
  const keys = () => list.entries.value.map(({ key }) => key)
  await expect.poll(() => asked.length).toBe(1)
  asked[0]!.answer()
  await expect.poll(keys).toEqual(['note first'])
  expect(list.hasMore.value).toBe(true)

  filters.value = ['call']
  await expect.poll(() => asked.length).toBe(2)
  expect(keys()).toEqual(['note first'])
  expect(list.hasMore.value).toBe(false)
  await list.more()
  expect(asked).toHaveLength(2)
  asked[1]!.answer()
  await expect.poll(keys).toEqual(['call first'])
  const more = list.more()
  expect(asked.at(-1)?.cursor).toBe('after call first')
  asked.at(-1)!.answer()
  await more
  expect(keys()).toEqual(['call first', 'call after call first'])
  scope.stop()
})
