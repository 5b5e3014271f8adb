import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../src/main/engine/lib/backoff.ts'

test('doubles from the base to the longest, with jitter in the upper half', () => {
  expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 1000, 5000, () => 1))).toEqual([
    1000, 2000, 4000, 5000,
  ])
  expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 1000, 5000, () => 0))).toEqual([
    500, 1000, 2000, 2500,
  ])
})

test('is always a wait: positive, never over the longest, whatever the attempt', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (attempt) => {
      const ms = backoffMs(attempt, 2000, 300_000)
      expect(ms).toBeGreaterThanOrEqual(1000)
      expect(ms).toBeLessThanOrEqual(300_000)
    }),
  )
})
