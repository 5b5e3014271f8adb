const DAY = 86_400_000
const OPTIONS = {
  time: { timeStyle: 'short' },
  weekday: { weekday: 'short' },
  day: { day: 'numeric', month: 'short' },
  date: { day: '2-digit', month: '2-digit', year: '2-digit' },
  full: { dateStyle: 'full', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>
type Format = keyof typeof OPTIONS

// Each is made when first needed: building one takes milliseconds, which the first screen does not have.
const made: Partial<Record<Format, Intl.DateTimeFormat>> = {}
const format = (name: Format, at: number): string =>
  (made[name] ??= new Intl.DateTimeFormat(undefined, OPTIONS[name])).format(at)

/** As a list shows it: the time today, the weekday this week, the day this year, else the date. `at` in ms. */
export function shortTime(at: number, now = Date.now()): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (at >= midnight && at < midnight + DAY) return format('time', at)
  if (at >= midnight - 6 * DAY && at < midnight) return format('weekday', at)
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) return format('day', at)
  return format('date', at)
}

/** The time alone. `at` in ms. */
export const timeOfDay = (at: number): string => format('time', at)

/** Day and time in full, for tooltips and screen readers. `at` in ms. */
export const fullTime = (at: number): string => format('full', at)

/** Hours and minutes to put beside a day: 8:05 AM where the day has twelve hours, 08:05 where it has 24. */
export const clock = (locale?: string): Intl.DateTimeFormatOptions => ({
  hour: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).resolvedOptions().hour12
    ? 'numeric'
    : '2-digit',
  minute: '2-digit',
})
