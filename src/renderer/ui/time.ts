const DAY = 86_400_000
const formats = {
  time: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }),
  weekday: new Intl.DateTimeFormat(undefined, { weekday: 'short' }),
  day: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }),
  date: new Intl.DateTimeFormat(undefined, { day: '2-digit', month: '2-digit', year: '2-digit' }),
  full: new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' }),
}

/** As a list shows it: the time today, the weekday this week, the day this year, else the date. `at` in ms. */
export function shortTime(at: number, now = Date.now()): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (at >= midnight && at < midnight + DAY) return formats.time.format(at)
  if (at >= midnight - 6 * DAY && at < midnight) return formats.weekday.format(at)
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) return formats.day.format(at)
  return formats.date.format(at)
}

/** Day and time in full, for tooltips and screen readers. `at` in ms. */
export const fullTime = (at: number): string => formats.full.format(at)

/** The time of day. `at` in ms. */
export const clockTime = (at: number): string => formats.time.format(at)
