import type { WeeklyTime } from '../../../../../contract/library.ts'

/** The times of a week as a column holds them: "1 540-720;3 780-1020". */

/** In order, each once; those that touch or overlap are one. */
export function weeklyText(times: readonly WeeklyTime[]): string {
  const sorted = [...times].sort((a, b) => a.day - b.day || a.from - b.from || a.until - b.until)
  const merged: WeeklyTime[] = []
  for (const time of sorted) {
    const last = merged.at(-1)
    if (last && last.day === time.day && time.from <= last.until)
      last.until = Math.max(last.until, time.until)
    else merged.push({ ...time })
  }
  return merged.map(({ day, from, until }) => `${day} ${from}-${until}`).join(';')
}

/** What cannot be read is left out. */
export const weeklyTimes = (text: string): WeeklyTime[] =>
  text.split(';').flatMap((part) => {
    const match = /^([1-7]) (\d{1,4})-(\d{1,4})$/.exec(part)
    if (!match) return []
    const [day, from, until] = match.slice(1).map(Number) as [number, number, number]
    return from < until && until <= 1440 ? [{ day, from, until }] : []
  })
