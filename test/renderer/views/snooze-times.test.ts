import { describe, expect, it } from 'vitest'
import { nextWeek, tomorrow } from '@/shell/snooze-times.ts'

const at = (year: number, month: number, day: number, hour = 0, minute = 0) =>
  new Date(year, month - 1, day, hour, minute).getTime()

describe('when a snooze ends', () => {
  it('is the morning of the next day, over the end of a month too', () => {
    expect(tomorrow(at(2026, 1, 31, 23, 59))).toBe(at(2026, 2, 1, 8))
    expect(tomorrow(at(2026, 2, 1))).toBe(at(2026, 2, 2, 8))
  })

  it('is the morning of the next Monday, a week later on a Monday', () => {
    // 2 February 2026 is a Monday.
    expect(nextWeek(at(2026, 2, 1, 12))).toBe(at(2026, 2, 2, 8))
    expect(nextWeek(at(2026, 2, 2, 7))).toBe(at(2026, 2, 9, 8))
    expect(nextWeek(at(2026, 2, 7, 12))).toBe(at(2026, 2, 9, 8))
  })
})
