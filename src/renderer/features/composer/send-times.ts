import { atHour, daysToMonday } from '@/ui/wall-clock.ts'

export type SendTime = {
  key: 'in_one_hour' | 'this_evening' | 'tomorrow_morning' | 'monday_morning'
  at: number
}

/**
 * The times that "Send later" offers, in the writer's own time zone, soonest first, none twice.
 * @param nowMs the present, in ms since the epoch
 */
export function sendTimes(nowMs: number): SendTime[] {
  const all: SendTime[] = [
    { key: 'in_one_hour', at: nowMs + 3_600_000 },
    ...(new Date(nowMs).getHours() < 16 ? [{ key: 'this_evening' as const, at: atHour(nowMs, 0, 18) }] : []),
    { key: 'tomorrow_morning', at: atHour(nowMs, 1, 9) },
    { key: 'monday_morning', at: atHour(nowMs, daysToMonday(nowMs), 9) },
  ]
  return all
    .filter((time, index) => all.findIndex((other) => other.at === time.at) === index)
    .sort((a, b) => a.at - b.at)
}
