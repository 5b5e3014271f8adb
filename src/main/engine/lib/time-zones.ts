/** Times of day in time zones (IANA names), by what Intl knows of them. */

type Local = { year: number; month: number; day: number; hour: number; minute: number; second: number }

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, made)
  return made
}

function localAt(at: number, timeZone: string): Local {
  const parts = Object.fromEntries(
    formatFor(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  ) as unknown as Local
  return parts
}

/** What the clocks there are ahead of UTC at a moment, in ms. */
function offsetAt(at: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = localAt(at, timeZone)
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
}

/** The day there at a moment, as ms of that day's midnight in UTC. */
export function dayAt(at: number, timeZone: string): number {
  const { year, month, day } = localAt(at, timeZone)
  return Date.UTC(year, month - 1, day)
}

/**
 * The moment at which clocks there show a time of day.
 * @param day  ms of the day's midnight in UTC
 * @param minutes  since midnight, as clocks show it
 * @returns ms; null where the clocks skip that time. Of two such moments the earlier one.
 */
export function momentOf(day: number, minutes: number, timeZone: string): number | null {
  const shown = day + minutes * 60_000
  const hits = [-1, 1]
    .map((side) => shown - offsetAt(shown + side * 24 * 3_600_000, timeZone))
    .filter((at) => at + offsetAt(at, timeZone) === shown)
  return hits.length === 0 ? null : Math.min(...hits)
}
