import { atHour, daysToMonday } from '@/ui/wall-clock.ts'

export type DueTime = { key: 'today' | 'tomorrow' | 'next_week'; at: number }

/** The times that a task is usually due at, in one's own time zone, soonest first. `nowMs` in ms since the epoch. */
export function dueTimes(nowMs: number): DueTime[] {
  const evening = atHour(nowMs, 0, 17)
  return [
    ...(evening > nowMs ? [{ key: 'today' as const, at: evening }] : []),
    { key: 'tomorrow', at: atHour(nowMs, 1, 9) },
    { key: 'next_week', at: atHour(nowMs, daysToMonday(nowMs), 9) },
  ]
}
