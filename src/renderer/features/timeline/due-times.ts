export type DueTime = { key: 'today' | 'tomorrow' | 'next_week'; at: number }

/** The times that a task is usually due at, in one's own time zone, soonest first. `nowMs` in ms since the epoch. */
export function dueTimes(nowMs: number): DueTime[] {
  const at = (days: number, hour: number): number => {
    const date = new Date(nowMs)
    // Not by adding hours: a day with a change of daylight time has 23 or 25 of them.
    date.setDate(date.getDate() + days)
    date.setHours(hour, 0, 0, 0)
    return date.getTime()
  }
  const toMonday = (8 - new Date(nowMs).getDay()) % 7 || 7
  const evening = at(0, 17)
  return [
    ...(evening > nowMs ? [{ key: 'today' as const, at: evening }] : []),
    { key: 'tomorrow', at: at(1, 9) },
    { key: 'next_week', at: at(toMonday, 9) },
  ]
}

/** The value of a datetime-local input for a time, and back; null where the text is no time. */
export function toInput(ms: number | null): string {
  if (ms === null) return ''
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

export function fromInput(text: string): number | null {
  const ms = new Date(text).getTime()
  return text === '' || Number.isNaN(ms) ? null : ms
}
