import type { ListSettings, RecordType } from '../../../contract/records.ts'
import type { ExportedRecord, ExportWords } from '../crm/importing/export-words.ts'
import { propertiesOf, type Property } from '../crm/records/catalogue.ts'
import { isTicket, recordRow } from '../crm/records/doing.ts'
import { pipelinesOf } from '../crm/records/pipelines.ts'
import type { ReadableDb } from '../store/statements.ts'
import { phonesOf } from '../store/tables/contact-phones.ts'
import { contactRecord, contactRows } from '../store/tables/contacts.ts'
import { allUsers } from '../store/tables/users.ts'
import type { Access } from '../team/access.ts'
import { listRecords } from './records/list.ts'
import { recordRows, type RecordRowShape } from './records/rows.ts'
import { seesTicket } from './records/summaries.ts'

/** Records that are read at once. */
const PAGE = 500

/** Which records leave: those with these ids, else what a list shows, else all. */
export type ExportedList = {
  type: RecordType
  ids: readonly string[]
  list: { settings: ListSettings; query: string } | null
}

/** Every record of an export that the user sees, page by page; each is read when it is asked for. */
export function* exportPages(
  db: ReadableDb,
  access: Access,
  wish: ExportedList,
): Generator<ExportedRecord[]> {
  const { type, ids } = wish
  const properties = propertiesOf(db, type)
  if (ids.length > 0) {
    for (let at = 0; at < ids.length; at += PAGE) {
      const page = ids.slice(at, at + PAGE).flatMap((id) => {
        const row = recordRow(db, type, id)
        return row && (!isTicket(row) || seesTicket(db, access, row)) ? [row.id] : []
      })
      yield exported(db, type, recordRows(db, type, page, properties))
    }
    return
  }
  const settings = { ...(wish.list?.settings ?? everything(type)), columns: properties.map(({ key }) => key) }
  let cursor: string | undefined
  do {
    const query = wish.list?.query ?? ''
    const { rows, nextCursor } = listRecords(db, access, { type, settings, query, cursor, limit: PAGE })
    yield exported(db, type, rows)
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}

const everything = (type: RecordType): ListSettings => ({
  columns: [],
  filters: [],
  sort: { key: type === 'ticket' ? 'number' : 'name', descending: false },
})

const exported = (db: ReadableDb, type: RecordType, rows: readonly RecordRowShape[]): ExportedRecord[] =>
  rows.map(({ ref, name, values, names }) => ({
    id: ref.id,
    name,
    values,
    names: names ?? {},
    ...(type === 'contact' ? reachedBy(db, ref.id) : { addresses: [], phones: [] }),
  }))

/** The addresses of a contact, the primary one first, and its phones. */
function reachedBy(db: ReadableDb, id: string): Pick<ExportedRecord, 'addresses' | 'phones'> {
  const primary = contactRecord(db, id)?.email
  const addresses = contactRows(db, id).flatMap(({ address, address_removed_at }) =>
    address === null || address_removed_at !== null ? [] : [address],
  )
  return {
    addresses: addresses.sort((a, b) => Number(b === primary) - Number(a === primary)),
    phones: phonesOf(db, id).map(({ number, label }) => ({ number, label })),
  }
}

/** What the ids in an export stand for. */
export function exportWords(db: ReadableDb): ExportWords {
  const users = new Map(allUsers(db).map(({ id, name }) => [id as string, name]))
  const stages = pipelinesOf(db).flatMap(({ name: pipeline, stages: all }) =>
    all.map((stage) => ({ stage, pipeline })),
  )
  return {
    userName: (id) => users.get(id) ?? '',
    stage(id) {
      const found = stages.find(({ stage }) => stage.id === id)
      if (!found) return null
      const named = stages.filter(({ stage }) => stage.name === found.stage.name)
      return { stage: found.stage, pipeline: found.pipeline, unique: named.length === 1 }
    },
  }
}

/** The columns of an export: every property. */
export const exportedProperties = (db: ReadableDb, type: RecordType): Property[] => propertiesOf(db, type)
