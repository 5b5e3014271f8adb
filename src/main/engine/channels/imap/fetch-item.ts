import type { RemoteFlags } from '../types.ts'
import { valueOf, type ImapResponse, type ImapToken } from './raw-imap.ts'

/** What a FETCH response held of the items that we ask for (RFC 9051 section 7.5.2). */
export type FetchItem = {
  uid: number | null
  flags: RemoteFlags | null
  modseq: string | null
  internalDate: number | null
  size: number | null
  /** The literal of BODY[], null when the response had none. */
  body: Buffer | null
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DATE_TIME = /^\s*(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/

/** `date-time` of RFC 9051 section 9 in ms, or null. */
export function parseDateTime(text: string | undefined): number | null {
  const match = text === undefined ? null : DATE_TIME.exec(text)
  if (!match) return null
  const [, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match
  const index = MONTHS.indexOf((month ?? '').toLowerCase())
  if (index < 0) return null
  const local = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second))
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000
  return sign === '-' ? local + offset : local - offset
}

/** A time in ms as `date-time`, in UTC. */
export function formatDateTime(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${two(date.getUTCDate())}-${month.charAt(0).toUpperCase()}${month.slice(1)}-${date.getUTCFullYear()} ${time} +0000`
}

function flagsOf(token: ImapToken | undefined): RemoteFlags | null {
  if (!Array.isArray(token)) return null
  let seen = false
  let answered = false
  for (const one of token) {
    const flag = valueOf(one)?.toLowerCase()
    if (flag === '\\seen') seen = true
    else if (flag === '\\answered') answered = true
  }
  return { seen, answered }
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** Reads an untagged FETCH. Unknown items are skipped; what is malformed stays null. */
export function readFetch(response: ImapResponse): FetchItem {
  const item: FetchItem = { uid: null, flags: null, modseq: null, internalDate: null, size: null, body: null }
  const list = response.attributes?.[1]
  if (!Array.isArray(list)) return item
  for (let i = 0; i + 1 < list.length; i += 2) {
    const key = valueOf(list[i])?.toUpperCase()
    const value = list[i + 1]
    switch (key) {
      case 'UID':
        item.uid = number(valueOf(value)) || null
        break
      case 'FLAGS':
        item.flags = flagsOf(value)
        break
      case 'RFC822.SIZE':
        item.size = number(valueOf(value))
        break
      case 'INTERNALDATE':
        item.internalDate = parseDateTime(valueOf(value))
        break
      case 'MODSEQ': {
        const modseq = Array.isArray(value) ? valueOf(value[0]) : undefined
        // A mod-sequence has up to 63 bits (RFC 7162 section 1): it stays text.
        item.modseq = modseq !== undefined && /^\d{1,20}$/.test(modseq) ? modseq : null
        break
      }
      case 'BODY':
        if (value && !Array.isArray(value) && value.value !== undefined) {
          // A short or empty body may come as a quoted string, which the parser hands over as text.
          item.body = typeof value.value === 'string' ? Buffer.from(value.value, 'utf8') : value.value
        }
        break
    }
  }
  return item
}
