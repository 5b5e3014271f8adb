import type { FreeTimeView } from '../../../../../contract/library.ts'
import { dayAt, momentOf } from '../../../lib/time-zones.ts'
import type { LibraryItemRow } from '../../../store/tables/library.ts'
import { weeklyTimes } from './weekly.ts'

const DAY_MS = 24 * 3_600_000
/** No further ahead: who has an hour a year has none. */
const DAYS = 60

type Meeting = Pick<LibraryItemRow, 'duration' | 'time_zone' | 'weekly' | 'notice'>

/**
 * The next times of a meeting link: one after the other within each time of the week, as long as the clocks there show
 * it. Nobody's calendar is known here.
 * @param proposed  when times were offered to others already, ms
 */
export function freeTimes(
  { duration, time_zone: timeZone, weekly, notice }: Meeting,
  now: number,
  proposed: ReadonlySet<number>,
  limit: number,
): FreeTimeView[] {
  const week = weeklyTimes(weekly)
  const earliest = now + notice * 3_600_000
  const first = dayAt(earliest, timeZone)
  const length = duration * 60_000
  const found: FreeTimeView[] = []
  for (let day = first; day < first + DAYS * DAY_MS && found.length < limit; day += DAY_MS) {
    const weekday = new Date(day).getUTCDay() || 7
    for (const { from, until } of week.filter((time) => time.day === weekday)) {
      const end = momentOf(day, until, timeZone) ?? Infinity
      for (let minutes = from; minutes + duration <= until; minutes += duration) {
        const at = momentOf(day, minutes, timeZone)
        if (at === null || at < earliest || at + length > end || found.length >= limit) continue
        found.push({ at, until: at + length, proposed: proposed.has(at) })
      }
    }
  }
  return found
}
