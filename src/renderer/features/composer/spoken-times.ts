import type { ParsedComponents } from 'chrono-node'
import { casual } from 'chrono-node/en'

/** Words that say nothing about the time: "send it on Monday at 9". */
const FILLER = /\b(?:send|it|at|on|by|the|around|about|please|then)\b/gi
/** Where a day is said and no hour, and of a morning: offices open then. */
const OFFICE_HOUR = 9
const TIME_OF_DAY = /\b(?:noon|midday|midnight|afternoon|evening|night|tonight)\b/i

/**
 * The time that somebody means by words such as "tomorrow 9am", "in 2 hours" or "mon 14:30", in ms; of what could be
 * past or to come, what is to come. Null where a part of the words is not understood: nothing is guessed.
 * @param now            ms
 * @param offsetMinutes  from UTC, of the clock that is meant; null for that of this machine
 */
export function readTime(words: string, now: number, offsetMinutes: number | null): number | null {
  const text = words.trim()
  if (text === '') return null
  const reference = {
    instant: new Date(now),
    ...(offsetMinutes !== null && { timezone: offsetMinutes }),
  }
  const [found, ...more] = casual.parse(text, reference, { forwardDate: true })
  if (!found || more.length > 0) return null
  const rest = text.slice(0, found.index) + text.slice(found.index + found.text.length)
  if (/[\p{L}\p{N}]/u.test(rest.replace(FILLER, ''))) return null
  return timeOf(found.start, TIME_OF_DAY.test(text), offsetMinutes)
}

function timeOf(start: ParsedComponents, saysWhen: boolean, offsetMinutes: number | null): number {
  if (start.isCertain('hour') || saysWhen) return start.date().getTime()
  const [year, month, day] = [start.get('year') ?? 0, (start.get('month') ?? 1) - 1, start.get('day') ?? 1]
  return offsetMinutes === null
    ? new Date(year, month, day, OFFICE_HOUR).getTime()
    : Date.UTC(year, month, day, OFFICE_HOUR) - offsetMinutes * 60_000
}

/** "UTC+2", "UTC−3:30". */
export function utcOffset(minutes: number): string {
  const whole = Math.floor(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  return `UTC${minutes < 0 ? '−' : '+'}${whole}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

/** A time as a clock with that offset shows it, in words. */
export const atOffset = (ms: number, offsetMinutes: number, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(ms + offsetMinutes * 60_000)
