import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchSleep } from '../../src/main/engine/lib/sleep-watch.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('tells of a sleep once, and of nothing else', () => {
  let now = 1_000_000
  const woken: number[] = []
  const stop = watchSleep({ now: () => now }, (slept) => woken.push(slept))
  const tick = (ms: number): void => {
    now += ms
    vi.advanceTimersByTime(5_000)
  }
  tick(5_000)
  tick(9_000)
  expect(woken).toEqual([])
  tick(3_605_000)
  expect(woken).toEqual([3_600_000])
  tick(5_000)
  expect(woken).toHaveLength(1)
  stop()
  tick(3_605_000)
  expect(woken).toHaveLength(1)
})
