import type { Incoming } from './types.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Before the first mail that could be real: year 1980. */
const EARLIEST = Date.UTC(1980, 0, 1)

/**
 * When a message counts as having happened: what its Date header says, unless that is missing, before mail existed or
 * later than a day after it arrived; then its arrival (fault 59).
 * @param header   the Date header in ms, or null
 * @param arrival  the server's INTERNALDATE in ms
 */
export function sortTime(header: number | null, arrival: number): { at: number; headerUsed: boolean } {
  if (header !== null && header >= EARLIEST && header <= arrival + DAY_MS)
    return { at: header, headerUsed: true }
  return { at: Math.max(arrival, EARLIEST), headerUsed: false }
}

/**
 * When the server took a message, in ms; 0 where the server does not tell, and then what the message itself says, or
 * now.
 * @param internalDate  the server's INTERNALDATE in ms, or 0
 */
export function arrivalOf(internalDate: number, header: number | null, now: number): number {
  if (internalDate > 0) return internalDate
  return header !== null && header >= EARLIEST && header <= now ? header : now
}

export type Times = {
  /** When it counts as having happened, in ms. */
  at: number
  /** Whether that is what its Date header says. */
  headerUsed: boolean
  /** When the server took it, in ms. */
  arrival: number
}

export function timeOf(incoming: Incoming, now: number): Times {
  const header = incoming.parsed.ok ? incoming.parsed.message.date : incoming.parsed.headers.date
  const arrival = arrivalOf(incoming.arrival, header, now)
  return { ...sortTime(header, arrival), arrival }
}
