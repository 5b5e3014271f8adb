export type SendTime = {
  key: 'in_one_hour' | 'this_evening' | 'tomorrow_morning' | 'monday_morning'
  at: number
}

/** A local wall-clock hour some days from now; setHours keeps the hour across a change of daylight time. */
function atHour(now: Date, days: number, hour: number): number {
  const date = new Date(now)
  date.setDate(date.getDate() + days)
  date.setHours(hour, 0, 0, 0)
  return date.getTime()
}

/**
 * The times that "Send later" offers, in the writer's own time zone, soonest first, none twice.
 * @param nowMs the present, in ms since the epoch
 */
export function sendTimes(nowMs: number): SendTime[] {
  const now = new Date(nowMs)
  const toMonday = (8 - now.getDay()) % 7 || 7
  const all: SendTime[] = [
    { key: 'in_one_hour', at: nowMs + 3_600_000 },
    ...(now.getHours() < 16 ? [{ key: 'this_evening' as const, at: atHour(now, 0, 18) }] : []),
    { key: 'tomorrow_morning', at: atHour(now, 1, 9) },
    { key: 'monday_morning', at: atHour(now, toMonday, 9) },
  ]
  return all
    .filter((time, index) => all.findIndex((other) => other.at === time.at) === index)
    .sort((a, b) => a.at - b.at)
}

/** The value of a datetime-local input for a time, and back; null where the text is no time. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

export function fromLocalInput(value: string): number | null {
  const ms = new Date(value).getTime()
  return value === '' || Number.isNaN(ms) ? null : ms
}
