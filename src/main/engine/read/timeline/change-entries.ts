import type { ReadableDb } from '../../store/statements.ts'
import type { HistoryEntryRow } from '../../store/queries/timeline/history.ts'
import { contactNames, namesIn } from '../../store/queries/timeline/scope.ts'
import { allUsers } from '../../store/tables/users.ts'
import type { RecordEntryShape } from '../shapes.ts'
import type { TimelineScope } from './scope.ts'
import { blank, excerpt } from './source.ts'

/** What a change was about: a row of a record, and where it is about a part of that, which one. */
export type Subject = { rowId: string; propertyId?: string; phone?: string }

/** Keys of the contract for columns that are named otherwise. */
const KEYS: Record<string, string> = {
  company_id: 'company',
  stage_id: 'stage',
  primary_address: 'email',
}
/** Columns that say who or which, and what their values are names of. */
const REFERENCES: Record<string, 'users' | 'companies' | 'stages'> = {
  company_id: 'companies',
  owner_id: 'users',
  stage_id: 'stages',
}
/** Columns that say the same as another one of the op, or nothing to people. */
const SILENT = new Set(['merged_at', 'closed_at', 'created_at', 'first_seen_at', 'last_seen_at', 'seen_name'])
/** What says that something happened, rather than that a field has another value: set, and set back to null. */
const EVENTS: Record<string, readonly [set: string, unset: string]> = {
  merged_into: ['merged', 'unmerged'],
  removed_at: ['removed', 'restored'],
}

export type ChangeNames = {
  values: ReadonlyMap<string, string>
  contacts: ReadonlyMap<string, { name: string; address: string }>
  companies: ReadonlyMap<string, string>
  properties: ReadonlyMap<string, string>
}

type Values = Record<string, unknown>
const valuesOfChange = (row: HistoryEntryRow): Values => JSON.parse(row.change) as Values

/** The names that the entries of some changes need, each kind read once. */
export function namesOfChanges(
  db: ReadableDb,
  rows: readonly (HistoryEntryRow & { subject: Subject })[],
): ChangeNames {
  const wanted = { users: false, companies: new Set<string>(), stages: new Set<string>() }
  for (const row of rows) {
    for (const [column, value] of Object.entries(valuesOfChange(row))) {
      const kind = REFERENCES[column]
      if (kind === 'users') wanted.users = true
      else if (kind && typeof value === 'string') wanted[kind].add(value)
    }
  }
  const users = wanted.users || rows.some((row) => row.entity === 'property_value') ? allUsers(db) : []
  const subjects = [...new Set(rows.map((row) => row.subject.rowId))]
  return {
    values: new Map([
      ...users.map(({ id, name }): [string, string] => [id, name]),
      ...namesIn(db, 'companies', [...wanted.companies]),
      ...namesIn(db, 'stages', [...wanted.stages]),
    ]),
    contacts: contactNames(db, subjects),
    companies: namesIn(db, 'companies', subjects),
    properties: namesIn(
      db,
      'properties',
      rows.flatMap((row) => row.subject.propertyId ?? []),
    ),
  }
}

/** One entry for each field: `title` is its key in the contract, or the name of a company's own, `detail` the new value. */
export function changeEntries(
  scope: TimelineScope,
  row: HistoryEntryRow,
  subject: Subject,
  names: ChangeNames,
): RecordEntryShape[] {
  const entry = (name: string, kind: string, title: string, detail: string): RecordEntryShape => ({
    ...blank,
    key: `${row.id}-${name}`,
    filter: 'change',
    kind,
    at: row.at,
    actorId: row.actor_id,
    title,
    detail,
    record: scope.recordOfRow(subject.rowId),
  })
  const values = valuesOfChange(row)
  if (subject.propertyId !== undefined) {
    const value = textOf(values.value)
    const property = names.properties.get(subject.propertyId) ?? ''
    return [entry('value', 'field_changed', property, names.values.get(value) ?? value)]
  }
  if (subject.phone !== undefined) {
    const isThere = row.kind === 'create' || values.removed_at === null
    if (!isThere && values.removed_at === undefined) return []
    return [entry('phone', 'field_changed', 'phone', isThere ? subject.phone : '')]
  }
  const contact = names.contacts.get(subject.rowId)
  const nameOf = contact?.name || contact?.address || (names.companies.get(subject.rowId) ?? '')
  // An additional address is a row of contacts that was made, or put, into the contact's.
  const address = addressEvent(values)
  if (address) return [entry('address', address, contact?.address ?? '', '')]
  if (row.kind === 'create') return [entry('created', 'created', nameOf, '')]
  return Object.entries(values).flatMap(([column, value]) => {
    const event = EVENTS[column]
    if (event) return [entry(column, event[value === null ? 1 : 0], nameOf, '')]
    // Without a primary address of its own it has the one that it had.
    if (column === 'primary_address' && value === null) return []
    // A ticket's status has an entry of its own kind.
    if (SILENT.has(column) || (row.entity === 'ticket' && column === 'status')) return []
    const text = textOf(value)
    const detail = REFERENCES[column] ? (names.values.get(text) ?? '') : text
    return [entry(column, 'field_changed', KEYS[column] ?? column, detail)]
  })
}

function addressEvent({ is_alias, address_removed_at }: Values): 'address_added' | 'address_removed' | null {
  if (is_alias !== undefined) return is_alias === 1 ? 'address_added' : 'address_removed'
  if (address_removed_at === undefined) return null
  return address_removed_at === null ? 'address_added' : 'address_removed'
}

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? excerpt(value)
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : ''
