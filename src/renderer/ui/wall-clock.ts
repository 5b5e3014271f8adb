/** Hours and days as the clock on the wall has them, in the user's time zone. Times in ms since the epoch. */

/**
 * A full hour of the day that is `days` after that of `nowMs`. Not by adding hours: a day with a change of daylight time
 * has 23 or 25 of them.
 */
export function atHour(nowMs: number, days: number, hour: number): number {
  const date = new Date(nowMs)
  date.setDate(date.getDate() + days)
  return date.setHours(hour, 0, 0, 0)
}

/** Days until the next Monday: seven on a Monday. */
export const daysToMonday = (nowMs: number): number => (8 - new Date(nowMs).getDay()) % 7 || 7

/** The value of a datetime-local input for a time, to the minute. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The time that the value of a datetime-local input stands for; null where it is none. */
export function fromLocalInput(value: string): number | null {
  const ms = new Date(value).getTime()
  return value === '' || Number.isNaN(ms) ? null : ms
}
