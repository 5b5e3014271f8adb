import type { z } from 'zod'
import type { LibraryItemView, LibraryRowView, MeetingView, TokenView } from '../../../contract/library.ts'
import type { RecordRef, RecordType } from '../../../contract/records.ts'
import { builtInProperties, propertiesOf, propertyName, type Property } from '../crm/records/catalogue.ts'
import type { TokenValues } from '../outbox/insertables/liquid.ts'
import { weeklyTimes } from '../outbox/insertables/meetings/weekly.ts'
import { numberText } from '../outbox/insertables/quotes/number.ts'
import { totalsOfQuote } from '../outbox/insertables/quotes/papers.ts'
import { insertables } from '../outbox/insertables/registry.ts'
import { senderOf } from '../outbox/sender.ts'
import type { ReadableDb } from '../store/statements.ts'
import { channelById } from '../store/tables/channels.ts'
import { contactIdOf, contactRecord } from '../store/tables/contacts.ts'
import { draftRecipients, type DraftRow } from '../store/tables/drafts.ts'
import type { CountedItemRow, LibraryItemRow } from '../store/tables/library.ts'
import { quoteLines, quotesById } from '../store/tables/quotes.ts'
import { stageById } from '../store/tables/pipelines.ts'
import { threadById } from '../store/tables/threads.ts'
import { ticketOfThread } from '../store/tables/tickets.ts'
import { userById } from '../store/tables/users.ts'
import type { Access } from '../team/access.ts'
import { plainStart } from './plain-text.ts'
import { associationsOfRecord, associationsOfThread } from './records/associations.ts'
import { recordRows } from './records/rows.ts'
import { seesTicket } from './records/summaries.ts'
import { recordRow } from '../crm/records/doing.ts'

type RowShape = z.input<typeof LibraryRowView>

/** Entries as lists show them. @param urlOf  the path of an entry's file */
export function libraryRows(
  db: ReadableDb,
  rows: readonly CountedItemRow[],
  urlOf: (row: CountedItemRow) => string,
): RowShape[] {
  const quotes = quotesById(
    db,
    rows.flatMap(({ id, kind }) => (kind === 'quote' ? [id] : [])),
  )
  return rows.map((row) => {
    const quote = quotes.get(row.id)
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      subject: row.subject,
      snippet: snippetOf(row),
      shortcut: row.shortcut,
      folder: row.folder,
      audience: row.owner_id !== null ? 'me' : row.team_id !== null ? 'team' : 'everyone',
      teamId: row.owner_id === null ? row.team_id : null,
      authorId: row.author_id,
      uses: row.uses,
      updatedAt: row.updated_at,
      file: row.hash === null ? null : { mimeType: row.mime_type, size: row.size, url: urlOf(row) },
      url: row.url,
      ways: [...insertables[row.kind].ways(row)],
      quote: quote
        ? {
            number: numberText(quote),
            state: quote.state,
            currency: quote.currency,
            total: totalsOfQuote(quote, quoteLines(db, quote.id)).total,
          }
        : null,
    }
  })
}

/** How its text begins; of an article as it was written, of what lies on the web where. */
function snippetOf({ kind, content, url, place }: CountedItemRow): string {
  if (kind === 'article' || kind === 'quote') return content.replace(/\s+/g, ' ').trim().slice(0, 200)
  return plainStart(content, 200) || url || place
}

export const libraryItem = (
  db: ReadableDb,
  row: CountedItemRow,
  urlOf: (row: CountedItemRow) => string,
): z.input<typeof LibraryItemView> => ({
  ...libraryRows(db, [row], urlOf)[0]!,
  content: row.content,
  meeting: meetingOf(row),
})

/** What a meeting link offers; null for what is none. */
export const meetingOf = (row: LibraryItemRow): z.infer<typeof MeetingView> | null =>
  row.kind !== 'meeting'
    ? null
    : {
        duration: row.duration,
        place: row.place,
        organiser: row.organiser,
        timeZone: row.time_zone || 'UTC',
        weekly: weeklyTimes(row.weekly),
        notice: row.notice,
      }

type TokenShape = z.infer<typeof TokenView>

/** What a mail may tell of a record: nothing that is counted or noted for the team. */
const RECORD_KEYS: Record<RecordType, readonly string[]> = {
  contact: ['name', 'first_name', 'last_name', 'email', 'phone', 'job_title'],
  company: ['name', 'domain', 'website', 'phone', 'industry', 'city', 'country'],
  deal: ['name', 'amount', 'stage', 'close_date'],
  ticket: ['number', 'subject', 'status', 'priority', 'category'],
}
const TYPES = Object.keys(RECORD_KEYS) as RecordType[]
/** Of a company's own properties those that are text to a reader. */
const TELLING = ['text', 'long_text', 'number', 'date', 'choice', 'email', 'phone', 'url']

const SAMPLES: Record<string, string> = {
  'contact.name': 'Carla Costa',
  'contact.first_name': 'Carla',
  'contact.last_name': 'Costa',
  'contact.email': 'carla@example.com',
  'contact.phone': '+39 06 1234 5678',
  'contact.job_title': 'Head of Purchasing',
  'company.name': 'Costa Lamps',
  'company.domain': 'example.com',
  'company.website': 'https://example.com',
  'company.phone': '+39 06 1234 5600',
  'company.industry': 'Lighting',
  'company.city': 'Rome',
  'company.country': 'Italy',
  'deal.name': 'Forty lamps',
  'deal.amount': 'EUR 1,200.00',
  'deal.stage': 'Offer sent',
  'deal.close_date': '2026-12-15',
  'ticket.number': '1042',
  'ticket.subject': 'My lamp blinks',
  'ticket.status': 'waiting on us',
  'ticket.priority': 'high',
  'ticket.category': 'Repairs',
  'sender.full_name': 'Ada Agent',
  'sender.first_name': 'Ada',
  'sender.email': 'support@example.com',
  'inbox.name': 'Support',
}

/** A company's own property in a token: "Contract no." is `contact.contract_no`. */
const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '')

/** The properties of a type that are tokens, by their key in the token; a built-in one is never hidden by another. */
function tokenProperties(db: ReadableDb, type: RecordType): Map<string, Property> {
  const own = propertiesOf(db, type).filter(({ id, type: kind }) => id !== null && TELLING.includes(kind))
  const builtIn = builtInProperties(type).filter(({ key }) => RECORD_KEYS[type].includes(key))
  return new Map(
    [...own, ...builtIn]
      .map((property): [string, Property] => [
        property.id === null ? property.key : slug(property.name ?? ''),
        property,
      ])
      .filter(([key]) => /^[\p{L}_]/u.test(key)),
  )
}

/** Every token that there is. */
export function tokensOf(db: ReadableDb): TokenShape[] {
  const ofRecords = TYPES.flatMap((type) => {
    const properties = tokenProperties(db, type)
    const keys = [
      ...RECORD_KEYS[type],
      ...[...properties.keys()].filter((key) => !RECORD_KEYS[type].includes(key)),
    ]
    return keys.map((key): TokenShape => {
      const property = properties.get(key)!
      const token = `${type}.${key}`
      return {
        token,
        group: type,
        name: propertyName(property),
        sample: SAMPLES[token] ?? propertyName(property),
      }
    })
  })
  const other = (group: TokenShape['group'], key: string, name: string): TokenShape => ({
    token: `${group}.${key}`,
    group,
    name,
    sample: SAMPLES[`${group}.${key}`] ?? '',
  })
  return [
    ...ofRecords,
    other('sender', 'full_name', 'Name'),
    other('sender', 'first_name', 'First name'),
    other('sender', 'email', 'Address'),
    other('inbox', 'name', 'Name'),
  ]
}

/** What tokens stand for in a preview. */
export function sampleValues(db: ReadableDb): TokenValues {
  const values: Record<string, Record<string, string>> = {}
  for (const { token, group, sample } of tokensOf(db))
    (values[group] ??= {})[token.slice(group.length + 1)] = sample
  return values
}

/** What tokens stand for in a draft: of whom it goes to first, of its conversation, of who writes. */
export function draftValues(db: ReadableDb, access: Access, draft: DraftRow): TokenValues {
  const [first] = draftRecipients(db, draft.id).to
  const thread = draft.thread_id === null ? undefined : threadById(db, draft.thread_id)
  const contactId = first ? contactRecord(db, contactIdOf(first.address))?.id : thread?.contact_id
  const contact = contactId ? recordRow(db, 'contact', contactId) : undefined
  const person: Record<string, string> = contact ? recordValues(db, 'contact', contact.id) : {}
  const name = (person['name'] ?? '') || nameIn(first?.name ?? '', first?.address ?? '')
  const channel = channelById(db, draft.channel_id)
  const author = userById(db, draft.user_id) ?? null
  const refs = recordsAround(db, access, draft, contact && { type: 'contact', id: contact.id })
  const of = (type: RecordType): Record<string, string> => {
    const ref = refs.find((each) => each.type === type)
    return { ...nothing(db, type), ...(ref && recordValues(db, type, ref.id)) }
  }
  return {
    contact: {
      ...nothing(db, 'contact'),
      ...person,
      name,
      first_name: person['first_name'] || (name.split(/\s+/)[0] ?? ''),
      last_name: person['last_name'] || name.split(/\s+/).slice(1).join(' '),
      email: first?.address || (person['email'] ?? ''),
    },
    company: of('company'),
    deal: of('deal'),
    ticket: of('ticket'),
    sender: {
      full_name: author?.name ?? '',
      first_name: (author?.name ?? '').trim().split(/\s+/)[0] ?? '',
      email: channel ? senderOf(db, channel, author).fromAddress : '',
    },
    inbox: { name: access.inboxes.get(channel?.inbox_id ?? '')?.row.name ?? '' },
  }
}

/** A display name that is one; mail programs repeat the address there. */
const nameIn = (name: string, address: string): string =>
  name.includes('@') || name.trim().toLowerCase() === address.toLowerCase() ? '' : name.trim()

const nothing = (db: ReadableDb, type: RecordType): Record<string, string> =>
  Object.fromEntries([...tokenProperties(db, type).keys()].map((key) => [key, '']))

/** The company, deal and ticket that a draft is about, those of its conversation first. */
function recordsAround(
  db: ReadableDb,
  access: Access,
  draft: DraftRow,
  contact: RecordRef | undefined,
): RecordRef[] {
  const refs: RecordRef[] = []
  if (draft.thread_id !== null) {
    const ticket = ticketOfThread(db, draft.thread_id)
    if (ticket && seesTicket(db, access, ticket)) refs.push({ type: 'ticket', id: ticket.id })
    refs.push(...associationsOfThread(db, access, draft.thread_id).map(({ ref }) => ref))
  }
  const row = contact && recordRow(db, 'contact', contact.id)
  // A ticket of the contact's that the mail has nothing to do with would be told to the wrong person.
  if (row) {
    const around = associationsOfRecord(db, access, contact, row).map(({ ref }) => ref)
    refs.push(...around.filter(({ type }) => type !== 'ticket'))
  }
  return refs
}

/** The values of a record as a mail says them, by the key of the token. */
function recordValues(db: ReadableDb, type: RecordType, id: string): Record<string, string> {
  const properties = tokenProperties(db, type)
  const [row] = recordRows(db, type, [id])
  if (!row) return {}
  const currency = typeof row.values['currency'] === 'string' ? row.values['currency'] : ''
  return Object.fromEntries(
    [...properties].map(([key, property]) => [
      key,
      wordsFor(db, property, row.values[property.key] ?? null, currency),
    ]),
  )
}

function wordsFor(
  db: ReadableDb,
  { type, id }: Property,
  value: string | number | boolean | null,
  currency: string,
): string {
  if (value === null) return ''
  if (type === 'amount' && typeof value === 'number') return amountText(value, currency)
  if (type === 'stage') return stageById(db, String(value))?.name ?? ''
  if (type === 'choice' && id === null) return String(value).replaceAll('_', ' ')
  return String(value)
}

/** "EUR 1,200.00": the currency by its letters, with as many decimals as it has (ISO 4217). */
function amountText(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', {
    ...(currency === '' ? {} : { style: 'currency', currency, currencyDisplay: 'code' }),
    minimumFractionDigits: currency === '' ? 2 : undefined,
  })
  // A space that breaks nowhere is for typesetters; in a mail it is one that looks odd when it is searched for.
  return format
    .format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
    .replaceAll('\u00a0', ' ')
}
