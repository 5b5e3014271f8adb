import type { RecordType } from '../../../../../contract/records.ts'
import { marks, type ReadableDb } from '../../statements.ts'

/** What belongs to a record: its rows (merged ones are several), its people, its conversations. */

export type PersonRow = { id: string; address: string | null; record_id: string; name: string }

/** Contacts of a company whose entries are read; far more than a company has, so that its timeline is bounded. */
const MOST_PEOPLE = 10_000

export const peopleOfContactSql = `SELECT id, address, record_id, name FROM contacts INDEXED BY contacts_by_record
  WHERE record_id = (SELECT record_id FROM contacts WHERE id = ?)`

/** The rows of a contact: its own, those merged into it, its other addresses. Empty when there is no such contact. */
export const peopleOfContact = (db: ReadableDb, contactId: string): PersonRow[] =>
  db.all<PersonRow>(peopleOfContactSql, [contactId])

export const peopleOfCompanySql = (companies: number): string =>
  `SELECT c.id, c.address, c.record_id, k.name FROM contacts k INDEXED BY contacts_by_company
     CROSS JOIN contacts c INDEXED BY contacts_by_record ON c.record_id = k.id
   WHERE k.company_id IN (${marks(companies)}) AND k.listed = 1 LIMIT ${MOST_PEOPLE}`

/** The rows of all contacts of a company, given all rows of that. */
export const peopleOfCompany = (db: ReadableDb, companyIds: readonly string[]): PersonRow[] =>
  db.all<PersonRow>(peopleOfCompanySql(companyIds.length), [...companyIds])

export const rowsOfCompanySql = `SELECT id, record_id, name FROM companies INDEXED BY companies_by_record
  WHERE record_id = (SELECT record_id FROM companies WHERE id = ?)`

/** The rows of a company: its own and those merged into it. Empty when there is no such company. */
export const rowsOfCompany = (
  db: ReadableDb,
  companyId: string,
): { id: string; record_id: string; name: string }[] => db.all(rowsOfCompanySql, [companyId])

export const dealName = (db: ReadableDb, id: string): string | undefined =>
  db.get<{ name: string }>('SELECT name FROM deals WHERE id = ?', [id])?.name

/** Conversations that are looked through for comments and decisions: the newest ones before a moment. */
const THREADS_LOOKED_AT = 2000

/** @param begun  only those that had begun by a moment; what is said about a conversation is said after it began */
export const threadsOfPeopleSql = (begun: boolean): string =>
  `SELECT t.id FROM json_each(?) o
     CROSS JOIN threads t INDEXED BY threads_by_contact ON t.contact_id = o.value
   ${begun ? 'WHERE t.first_at <= ?' : ''} ORDER BY t.sort_at DESC LIMIT ${THREADS_LOOKED_AT}`

/** @param before  ms; null for the newest of all, which the index alone tells */
export const threadsOfPeople = (
  db: ReadableDb,
  contactIds: readonly string[],
  before: number | null,
): string[] =>
  db
    .all<{ id: string }>(threadsOfPeopleSql(before !== null), [
      JSON.stringify(contactIds),
      ...(before === null ? [] : [before]),
    ])
    .map(({ id }) => id)

export const visibleThreadsSql = (inboxes: number | null): string =>
  `SELECT t.id, t.inbox_id, t.subject, t.status = 'spam' AS is_spam
   FROM json_each(?) o CROSS JOIN threads t ON t.id = o.value
   ${inboxes === null ? '' : `WHERE (t.inbox_id IS NULL OR t.inbox_id IN (${marks(inboxes)}))`}`

/** Of some conversations those that the user can see, with their subjects. */
export const visibleThreads = (
  db: ReadableDb,
  ids: readonly string[],
  inboxIds: readonly string[] | null,
): { id: string; subject: string; is_spam: number }[] =>
  ids.length === 0
    ? []
    : db.all(visibleThreadsSql(inboxIds?.length ?? null), [JSON.stringify(ids), ...(inboxIds ?? [])])

export const associatedSql = `SELECT b_id AS id FROM associations INDEXED BY associations_a
    WHERE a_id = ?1 AND b_type = ?2 AND removed_at IS NULL
  UNION SELECT a_id FROM associations INDEXED BY associations_b
    WHERE b_id = ?1 AND a_type = ?2 AND removed_at IS NULL`

/** Ids of what a record's rows are associated with, of one type. */
export function associatedWith(
  db: ReadableDb,
  recordIds: readonly string[],
  type: RecordType | 'thread',
): string[] {
  const found = recordIds.flatMap((id) => db.all<{ id: string }>(associatedSql, [id, type]))
  return [...new Set(found.map(({ id }) => id))]
}

export const valuesOfSql = `SELECT v.id, v.property_id, v.of_id FROM json_each(?) o
  CROSS JOIN property_values v INDEXED BY property_values_of ON v.of_id = o.value LIMIT ${MOST_PEOPLE}`

/** The values of own properties that some rows have or had. */
export const valuesOf = (
  db: ReadableDb,
  rowIds: readonly string[],
): { id: string; property_id: string; of_id: string }[] => db.all(valuesOfSql, [JSON.stringify(rowIds)])

export const phonesOfSql = `SELECT p.id, p.contact_id, p.number FROM json_each(?) o
  CROSS JOIN contact_phones p INDEXED BY contact_phones_by_contact ON p.contact_id = o.value LIMIT ${MOST_PEOPLE}`

/** The phone numbers that some contacts have or had. */
export const phonesOf = (
  db: ReadableDb,
  contactIds: readonly string[],
): { id: string; contact_id: string; number: string }[] => db.all(phonesOfSql, [JSON.stringify(contactIds)])

export type AssociationEnd = RecordType | 'thread'

export const associationsOfSql = `SELECT id, b_type AS type, b_id AS other_id FROM associations INDEXED BY associations_a
    WHERE a_id = ?1
  UNION SELECT id, a_type, a_id FROM associations INDEXED BY associations_b WHERE b_id = ?1`

/** Every association that a row has or had, with its other end. */
export const associationsOf = (
  db: ReadableDb,
  rowId: string,
): { id: string; type: AssociationEnd; other_id: string }[] => db.all(associationsOfSql, [rowId])

export const ticketIdsSql = (inboxes: number | null): string =>
  `SELECT k.id FROM json_each(?) o CROSS JOIN tickets k INDEXED BY tickets_by_contact ON k.contact_id = o.value
   WHERE k.removed_at IS NULL AND (k.thread_id IS NULL OR EXISTS (SELECT 1 FROM threads t WHERE t.id = k.thread_id
     AND t.status <> 'spam' ${inboxes === null ? '' : `AND t.inbox_id IN (${marks(inboxes)})`}))
   ORDER BY k.created_at DESC LIMIT ${THREADS_LOOKED_AT}`

/** The newest tickets of some contacts that the user can see. */
export const ticketIdsOf = (
  db: ReadableDb,
  contactIds: readonly string[],
  inboxIds: readonly string[] | null,
): string[] =>
  db
    .all<{ id: string }>(ticketIdsSql(inboxIds?.length ?? null), [
      JSON.stringify(contactIds),
      ...(inboxIds ?? []),
    ])
    .map(({ id }) => id)

/** Names of things by id, of one of the tables that changes refer to. */
export const namesIn = (
  db: ReadableDb,
  table: 'companies' | 'stages' | 'properties',
  ids: readonly string[],
): Map<string, string> =>
  new Map(
    ids.length === 0
      ? []
      : db
          .all<{ id: string; name: string }>(
            `SELECT id, name FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
            [JSON.stringify(ids)],
          )
          .map((row) => [row.id, row.name]),
  )

/** Contacts and their addresses as they are now, by id. */
export const contactNames = (
  db: ReadableDb,
  ids: readonly string[],
): Map<string, { name: string; address: string }> =>
  new Map(
    db
      .all<{ id: string; name: string; address: string }>(
        `SELECT id, name, coalesce(address, '') AS address FROM contacts WHERE id IN (SELECT value FROM json_each(?))`,
        [JSON.stringify(ids)],
      )
      .map((row) => [row.id, row]),
  )
