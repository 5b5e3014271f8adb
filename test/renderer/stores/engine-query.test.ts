import { PiniaColada, useQueryCache, type UseQueryReturn } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp, effectScope, ref } from 'vue'
import { expect, it } from 'vitest'
import { useEngineQuery } from '@/stores/engine-query.ts'

it('an answer that two share is asked for as its key says, also once the one that came last has gone on', async () => {
  const app = createApp({})
  app.use(createPinia()).use(PiniaColada)
  const scopes = [effectScope(), effectScope()]
  const [id, other] = [ref('one'), ref('one')]
  const [first, second] = [id, other].map((of, at) =>
    app.runWithContext(() =>
      scopes[at]!.run(() =>
        useEngineQuery({ key: () => ['thing', of.value], query: async () => `about ${of.value}`, on: {} }),
      )!,
    ),
  ) as [UseQueryReturn<string>, UseQueryReturn<string>]
  await expect.poll(() => first.data.value).toBe('about one')
  other.value = 'two'
  await expect.poll(() => second.data.value).toBe('about two')
  await app.runWithContext(() => useQueryCache().invalidateQueries({ key: ['thing', 'one'] }))
  expect(first.data.value).toBe('about one')
  scopes.forEach((scope) => scope.stop())
})
