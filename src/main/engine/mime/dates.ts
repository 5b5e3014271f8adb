const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** RFC 5322 section 4.3. The military letters other than Z mean nothing reliable, so they count as UTC. */
const zones: Record<string, number> = {
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  eet: 120,
  eest: 180,
  wet: 0,
  west: 60,
  bst: 60,
  msk: 180,
  jst: 540,
  kst: 540,
  ist: 330,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
}

const pattern =
  /(?:^|[\s,])(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?[\s,-]+(\d{2,4})(?:[\s,]+(?:at\s+)?(\d{1,2})\s*[:.]\s*(\d{1,2})(?:\s*[:.]\s*(\d{1,2})(?:[.,]\d+)?)?\s*(am|pm)?)?(?:\s*(?:utc|gmt|ut)?\s*([+-]\s?\d{1,2}:?\d{2})|\s*([a-z]{1,5}))?/i
/** asctime: "Wed May 17 19:08:29 [zone] 2000". */
const asctime =
  /([a-z]{3})[a-z]*\s+(\d{1,2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+(?:([a-z]{1,5}|[+-]\d{4})\s+)?(\d{4})(?:\s+([+-]\d{4}))?/i
const iso = /^\s*\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?\s*$/

/**
 * Reads a Date header: RFC 5322 section 3.3 with the obsolete forms of 4.3, and what mailers write instead.
 * Returns ms since the epoch, or null when no moment can be read from it.
 */
export function parseDate(raw: string): number | null {
  const value = raw
    .slice(0, 300)
    .replace(/\([^()]*\)/g, ' ')
    .trim()
  const match = pattern.exec(value)
  if (match !== null) {
    const [, day, month, year, hour, minute, second, half, offset, zone] = match
    return moment(day!, month!, year!, hour, minute, second, half, offset ?? zone)
  }
  const other = asctime.exec(value)
  if (other !== null) {
    const [, month, day, hour, minute, second, zone, year, offset] = other
    return moment(day!, month!, year!, hour, minute, second, undefined, offset ?? zone)
  }
  if (iso.test(value)) {
    const time = Date.parse(value.trim().replace(' ', 'T').replace(/\s+/g, ''))
    return Number.isNaN(time) ? null : time
  }
  return null
}

function moment(
  day: string,
  monthName: string,
  yearText: string,
  hourText: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  half: string | undefined,
  zone: string | undefined,
): number | null {
  const month = months.indexOf(monthName.toLowerCase())
  if (month === -1) return null
  let year = Number(yearText)
  // RFC 5322 section 4.3: two digits are 1950 to 2049, three are counted from 1900.
  if (yearText.length === 2) year += year < 50 ? 2000 : 1900
  else if (yearText.length === 3) year += 1900
  let hour = Number(hourText ?? 0)
  if (half !== undefined && hour <= 12) hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  const minutes = Number(minute ?? 0)
  // Second 60 is a leap second (RFC 5322 section 3.3).
  const seconds = Math.min(Number(second ?? 0), 59)
  if (hour > 24 || minutes > 59) return null
  const time = Date.UTC(year, month, Number(day), hour, minutes, seconds)
  // Date.UTC rolls 31 April over into May: such a date was never meant.
  const date = new Date(time - (hour === 24 ? 1 : 0))
  if (date.getUTCMonth() !== month || date.getUTCDate() !== Number(day)) return null
  const offset = offsetMinutes(zone)
  const result = time - offset * 60_000
  return Number.isFinite(result) ? result : null
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0
  const numeric = /^([+-])\s?(\d{1,2}):?(\d{2})$/.exec(zone)
  if (numeric === null) return zones[zone.toLowerCase()] ?? 0
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
  // Beyond a day it is noise, not a zone.
  return minutes > 24 * 60 ? 0 : numeric[1] === '-' ? -minutes : minutes
}
