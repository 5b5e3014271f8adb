import { toUSVString } from 'node:util'
import type { Mailbox } from '../../../contract/common.ts'
import type { MessageWarning } from '../../../contract/messages.ts'
import { parseAddresses } from './addresses.ts'
import { parseDate } from './dates.ts'
import { cleanText, decodeText, lastOf } from './fields.ts'
import type { Fields } from './fields.ts'
import { limits } from './limits.ts'
import { addressInName, lookalikeDomain } from './lookalike.ts'
import type { ParsedMessage } from './types.ts'

export type ReadHeaders = Pick<
  ParsedMessage,
  | 'messageId'
  | 'inReplyTo'
  | 'references'
  | 'subject'
  | 'from'
  | 'replyTo'
  | 'to'
  | 'cc'
  | 'bcc'
  | 'date'
  | 'deliveredTo'
  | 'listId'
  | 'originalFrom'
>

/** Turns raw fields into what the engine knows of a message, and says what is odd about them. */
export function readHeaders(fields: Fields, warnings: MessageWarning[]): ReadHeaders {
  const list = (name: string) => readList(fields, name, warnings)
  return {
    messageId: readMessageId(lastOf(fields, 'message-id')),
    inReplyTo: messageIds((fields.get('in-reply-to') ?? []).join(' ')).slice(0, 100),
    references: bounded(messageIds((fields.get('references') ?? []).join(' '))),
    subject: toUSVString(decodeText(lastOf(fields, 'subject') ?? '').slice(0, limits.subject)),
    from: readFrom(fields, warnings),
    replyTo: list('reply-to').filter((mailbox) => mailbox.address !== ''),
    to: list('to'),
    cc: list('cc'),
    bcc: list('bcc'),
    date: readDate(fields, warnings),
    deliveredTo: delivered(fields),
    listId: readListId(lastOf(fields, 'list-id')),
    originalFrom: readOriginalFrom(fields),
  }
}

/**
 * The sender (fault 60). Of several From fields the last one counts, which is the one that signatures cover
 * (RFC 6376 section 5.4.2); of several mailboxes in it, the first.
 */
function readFrom(fields: Fields, warnings: MessageWarning[]): Mailbox {
  const values = fields.get('from') ?? []
  const lists = values.map((value) => parseAddresses(value, 20))
  const usable = lists.findLast(({ mailboxes }) => mailboxes.some(({ address }) => address !== ''))
  const all = lists
    .flatMap(({ mailboxes }) => mailboxes.map(({ address }) => address))
    .filter((address) => address !== '')
  if (new Set(all.map((address) => address.toLowerCase())).size > 1 || values.length > 1)
    warnings.push({ kind: 'two_from', detail: all.join(', ').slice(0, 1_000) })
  if (lists.some(({ group }) => group))
    warnings.push({ kind: 'group_from', detail: cleanText(values.join(', ')).slice(0, 500) })

  const named = lists.findLast(({ mailboxes }) => mailboxes.length > 0)?.mailboxes[0]
  let from = usable?.mailboxes.find(({ address }) => address !== '') ?? null
  if (from === null) {
    from = { name: named?.name ?? '', address: '' }
    // RFC 5322 section 3.6.2: who sent it where nobody wrote it; the envelope knows it last.
    for (const name of ['sender', 'return-path', 'x-envelope-from']) {
      const other = parseAddresses(lastOf(fields, name) ?? '', 1).mailboxes[0]
      if (other === undefined || other.address === '') continue
      from = { name: from.name === '' ? other.name : from.name, address: other.address }
      break
    }
    warnings.push({ kind: 'empty_from', detail: from.address })
  }
  const hidden = addressInName(from.name, from.address)
  if (hidden !== null) warnings.push({ kind: 'name_holds_address', detail: hidden })
  const lookalike = lookalikeDomain(from.address.slice(from.address.lastIndexOf('@') + 1))
  if (lookalike !== null) warnings.push({ kind: 'lookalike_domain', detail: lookalike.slice(0, 500) })
  return from
}

function readList(fields: Fields, name: string, warnings: MessageWarning[]): Mailbox[] {
  const values = fields.get(name)
  if (values === undefined) return []
  const found = parseAddresses(values.join(', '))
  if (found.total > found.mailboxes.length)
    warnings.push({ kind: 'many_recipients', detail: `${name}: ${found.total}` })
  return found.mailboxes
}

function readDate(fields: Fields, warnings: MessageWarning[]): number | null {
  const raw = lastOf(fields, 'date')
  if (raw === null) return null
  const date = parseDate(raw)
  if (date === null) warnings.push({ kind: 'bad_date', detail: cleanText(raw).slice(0, 200) })
  return date
}

/** One id, or null when what stands there identifies nothing (fault 52). */
function readMessageId(raw: string | null): string | null {
  return raw === null ? null : (messageIds(raw)[0] ?? null)
}

/**
 * Message ids in order, without angle brackets and duplicates (RFC 5322 section 3.6.4). Ids without brackets count
 * where they hold an at sign; words and dates that old mailers put there do not.
 */
export function messageIds(raw: string): string[] {
  const ids = new Set<string>()
  const value = raw.length > limits.headerBlock ? raw.slice(0, limits.headerBlock) : raw
  const found = value.includes('<')
    ? Array.from(value.matchAll(/<([^<>]*)/g), (match) => match[1]!)
    : value.split(/[\s,;]+/).filter((word) => word.includes('@'))
  for (const text of found) {
    // Folding inside an id is the transport's doing.
    const id = cleanText(text.replace(/\s+/g, ''))
    if (id !== '' && id.length <= 998 && !/\s/.test(id)) ids.add(id)
  }
  return [...ids]
}

/** The first and the last 50 (fault 53): the root decides the thread, the last ones the place in it. */
function bounded(ids: string[]): string[] {
  return ids.length <= 100 ? ids : [...ids.slice(0, 50), ...ids.slice(-50)]
}

/** Where servers note the address that a copy was delivered or forwarded to. */
const DELIVERY_FIELDS = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-forwarded-to']

function delivered(fields: Fields): string[] {
  const values = DELIVERY_FIELDS.flatMap((name) => fields.get(name) ?? [])
  const found = values.flatMap((value) =>
    parseAddresses(value, 10).mailboxes.map(({ address }) => address.toLowerCase()),
  )
  return [...new Set(found.filter((address) => address.includes('@')))].slice(0, 50)
}

/** Whom a list or group names as the author where it put itself into From. */
function readOriginalFrom(fields: Fields): Mailbox | null {
  for (const name of ['x-original-from', 'x-original-sender']) {
    const found = parseAddresses(lastOf(fields, name) ?? '', 1).mailboxes[0]
    if (found !== undefined && found.address.includes('@')) return found
  }
  return null
}

/** RFC 2919 section 3: the id stands in angle brackets behind an optional phrase. */
function readListId(raw: string | null): string | null {
  if (raw === null) return null
  const open = raw.lastIndexOf('<')
  const id = cleanText(open === -1 ? raw : raw.slice(open + 1).replace(/>.*$/s, ''))
  return id === '' ? null : id.slice(0, 500)
}
