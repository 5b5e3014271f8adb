import { createRequire } from 'node:module'
import type * as Ical from 'ical-generator'

export type Invitation = {
  /** Stays the same for the same time of the same mail. */
  uid: string
  at: number
  until: number
  name: string
  place: string
  /** Empty for none. */
  url: string
  organiser: { name: string; address: string }
  now: number
}

/** RFC 5545 section 3.3.11 has no control characters but the line break. */
const plain = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
    .trim()
/** In a parameter (section 3.2) there are no quotation marks either, and no line breaks. */
const parameter = (text: string): string => plain(text).replace(/[\n"\\]/g, ' ')

/**
 * One proposed time as a calendar file (RFC 5545). It is published, not requested (RFC 5546 section 3.2.1): whoever opens
 * it puts it down for themselves, and nothing answers. Times are in UTC, so that no description of a time zone is needed.
 */
export function calendarFile({ uid, at, until, name, place, url, organiser, now }: Invitation): string {
  const ical = createRequire(import.meta.url)('ical-generator') as typeof Ical
  const calendar = ical.default({
    prodId: { company: 'Anteroom', product: 'Anteroom', language: 'EN' },
    method: ical.ICalCalendarMethod.PUBLISH,
  })
  calendar.createEvent({
    id: uid,
    stamp: new Date(now),
    start: new Date(at),
    end: new Date(until),
    summary: parameter(name),
    status: ical.ICalEventStatus.TENTATIVE,
    organizer: { name: parameter(organiser.name) || organiser.address, email: organiser.address },
    ...(place !== '' && { location: plain(place) }),
    // A comma or semicolon would be escaped as if it were text; of an address (section 3.3.13) it must not be.
    ...(url !== '' && { url: url.replace(/[,;\\]/g, encodeURIComponent) }),
  })
  return calendar.toString()
}
