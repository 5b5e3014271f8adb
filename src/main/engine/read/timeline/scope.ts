import type { RecordType } from '../../../../contract/records.ts'
import { inboxFilter, type Access } from '../../team/access.ts'
import { mustSeeRecord, type ActivityRecord } from '../../team/activity-records.ts'
import type { ReadableDb } from '../../store/statements.ts'
import {
  associatedWith,
  peopleOfCompany,
  peopleOfContact,
  threadsOfPeople,
  visibleThreads,
  type PersonRow,
} from '../../store/queries/timeline/scope.ts'
import { aliasesOfThreads } from '../../store/queries/timeline/conversations.ts'
import { threadById } from '../../store/tables/threads.ts'
import { ticketById } from '../../store/tables/tickets.ts'
import type { RecordEntryShape } from '../shapes.ts'
import { LATEST } from './latest.ts'

export type Conversation = { id: string; subject: string }

/** What one timeline is made of, as far as its reader may see it. Every source reads from it and from nothing else. */
export type TimelineScope = {
  db: ReadableDb
  access: Access
  /** Inboxes that its conversations have to lie in (or in none: logged personal mail); null for all. */
  inboxIds: readonly string[] | null
  record: ActivityRecord
  /** The rows of contacts whose mail, tickets and entries show: the contact's own, or all of the company's people. */
  contactIds: readonly string[]
  addresses: readonly string[]
  /** Every row whose notes, calls, tasks and changes show, the record's own among them. */
  ownerIds: readonly string[]
  /** Conversations that were associated with the record, and a ticket's own; all visible. */
  linkedThreadIds: readonly string[]
  /** Every visible conversation by the ids that it is or was known by. Read when it is first asked for. */
  conversations(): ReadonlyMap<string, Conversation>
  /** The record that a row belongs to, where that is another one than the timeline's. */
  recordOfRow(rowId: string): RecordEntryShape['record']
  recordOfAddress(address: string): RecordEntryShape['record']
}

/** Conversations begin with a mail whose time is its sender's word: what was said about one may seem to be earlier. */
const CLOCK_SLACK_MS = 2 * 24 * 60 * 60 * 1000

/**
 * Opens the timeline of a record for a user.
 * @param until  ms, or LATEST; what is said later about its conversations does not count
 * @throws DomainError NOT_FOUND
 */
export function openScope(
  db: ReadableDb,
  access: Access,
  ref: { type: RecordType; id: string },
  until: number,
): TimelineScope {
  const record = mustSeeRecord(db, access, ref)
  const inboxIds = inboxFilter(access)
  const people: readonly PersonRow[] =
    record.type === 'contact'
      ? peopleOfContact(db, record.id)
      : record.type === 'company'
        ? peopleOfCompany(db, record.rowIds)
        : []
  const byId = new Map(people.map((person) => [person.id, person]))
  const byAddress = new Map(
    people.flatMap((person) => (person.address === null ? [] : [[person.address, person]])),
  )
  const contactIds = [...byId.keys()]
  const own = record.type === 'ticket' ? ticketById(db, record.id)?.thread_id : null
  // A conversation may have been joined to another one since.
  const linked = [...associatedWith(db, record.rowIds, 'thread'), ...(own ? [own] : [])].flatMap(
    (id) => threadById(db, id)?.id ?? [],
  )
  const linkedThreads = visibleThreads(db, [...new Set(linked)], inboxIds)
  let conversations: Map<string, Conversation> | null = null
  const recordOfPerson = (person: PersonRow | undefined): RecordEntryShape['record'] =>
    !person || person.record_id === record.id
      ? null
      : { type: 'contact', id: person.record_id, name: person.name || (person.address ?? '') }
  return {
    db,
    access,
    inboxIds,
    record,
    contactIds,
    addresses: [...byAddress.keys()],
    ownerIds: [...new Set([...record.rowIds, ...contactIds])],
    linkedThreadIds: linkedThreads.map(({ id }) => id),
    conversations() {
      if (conversations) return conversations
      const ids =
        contactIds.length > 0
          ? threadsOfPeople(db, contactIds, until === LATEST ? null : until + CLOCK_SLACK_MS)
          : []
      // What somebody connected with the record shows, whatever it is; of all else no spam.
      const theirs = visibleThreads(db, ids, inboxIds).filter((thread) => thread.is_spam === 0)
      const threads = [...theirs, ...linkedThreads]
      conversations = new Map(threads.map((thread) => [thread.id, thread]))
      for (const { alias_id, thread_id } of aliasesOfThreads(db, [...conversations.keys()])) {
        const thread = conversations.get(thread_id)
        if (thread) conversations.set(alias_id, thread)
      }
      return conversations
    },
    recordOfRow: (rowId) => recordOfPerson(byId.get(rowId)),
    recordOfAddress: (address) => recordOfPerson(byAddress.get(address)),
  }
}
