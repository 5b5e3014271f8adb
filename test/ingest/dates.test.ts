import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrivalOf, sortTime } from '../../src/main/engine/ingest/dates.ts'

const DAY = 24 * 60 * 60 * 1000
const ARRIVAL = Date.UTC(2025, 9, 1, 12)

describe('sortTime (fault 59)', () => {
  test.each([
    ['as written', Date.UTC(2025, 8, 30), Date.UTC(2025, 8, 30), true],
    ['none', null, ARRIVAL, false],
    ['in 1901', Date.UTC(1901, 0, 1), ARRIVAL, false],
    ['in 2099', Date.UTC(2099, 0, 1), ARRIVAL, false],
    ['a clock an hour ahead', ARRIVAL + 3_600_000, ARRIVAL + 3_600_000, true],
    ['a clock two days ahead', ARRIVAL + 2 * DAY, ARRIVAL, false],
  ])('%s', (_name, header, at, headerUsed) => {
    expect(sortTime(header, ARRIVAL)).toEqual({ at, headerUsed })
  })

  test('never before mail existed, never much later than the arrival', () => {
    const any = fc.oneof(fc.constant(null), fc.integer({ min: -1e14, max: 1e14 }))
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 4e12 }), (header, arrival) => {
        const { at } = sortTime(header, arrival)
        expect(at).toBeGreaterThanOrEqual(Date.UTC(1980, 0, 1))
        expect(at).toBeLessThanOrEqual(Math.max(arrival, Date.UTC(1980, 0, 1)) + DAY)
      }),
    )
  })
})

test('arrivalOf: the server, else the message, else now', () => {
  expect(arrivalOf(ARRIVAL, null, 1)).toBe(ARRIVAL)
  expect(arrivalOf(0, Date.UTC(2025, 0, 1), ARRIVAL)).toBe(Date.UTC(2025, 0, 1))
  expect(arrivalOf(0, Date.UTC(2099, 0, 1), ARRIVAL)).toBe(ARRIVAL)
  expect(arrivalOf(0, null, ARRIVAL)).toBe(ARRIVAL)
})
