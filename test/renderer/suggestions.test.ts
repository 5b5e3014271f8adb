import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RecipientView } from '../../src/contract/composing.ts'
import { useSuggestions } from '../../src/renderer/features/composer/use-suggestions.ts'

/** What is asked of the engine, each with its answer to come: a double, for the moment between the two is what this is about. */
const asked = vi.hoisted(() => new Map<string, (found: unknown[]) => void>())
vi.mock('@/rpc/client.ts', () => ({
  rpc: {
    drafts: {
      recipients: ({ query }: { query: string }) =>
        new Promise((resolve) => asked.set(query, resolve as (found: unknown[]) => void)),
    },
  },
}))

const person = (name: string) =>
  ({ kind: 'person', name, address: `${name.toLowerCase()}@home.test` }) as RecipientView
const scope = effectScope()
let suggestions: ReturnType<typeof useSuggestions>
beforeEach(() => {
  vi.useFakeTimers()
  asked.clear()
  suggestions = scope.run(() => useSuggestions(() => []))!
})
afterEach(() => vi.useRealTimers())

async function answered(query: string, ...found: RecipientView[]): Promise<void> {
  await vi.advanceTimersByTimeAsync(1_000)
  asked.get(query)!(found)
  await vi.advanceTimersByTimeAsync(0)
}

test('who was offered for less than what is typed now is nobody’s choice', async () => {
  suggestions.ask('da', true)
  await answered('da', person('Carla'), person('Dan'))
  expect(suggestions.chosen()).toEqual(person('Carla'))
  suggestions.ask('dan', true)
  expect(suggestions.chosen()).toBeUndefined()
  const answer = suggestions.awaited()
  await answered('dan', person('Dan'))
  await answer
  expect(suggestions.chosen()).toEqual(person('Dan'))
  expect(suggestions.awaited()).toBeNull()
})

test('an answer to older text changes nothing', async () => {
  suggestions.ask('d', true)
  await vi.advanceTimersByTimeAsync(1_000)
  suggestions.ask('dan', true)
  await answered('dan', person('Dan'))
  asked.get('d')!([person('Carla')])
  await vi.advanceTimersByTimeAsync(0)
  expect(suggestions.chosen()).toEqual(person('Dan'))
})
