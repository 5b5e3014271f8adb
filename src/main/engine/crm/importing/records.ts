import { allUsers } from '../../store/tables/users.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { columnsOf, type ImportRow } from '../../store/tables/imports.ts'
import { propertiesOf, type Property } from '../records/catalogue.ts'
import { pipelinesOf } from '../records/pipelines.ts'
import type { Reading } from './interpret.ts'

/** What a file can set: what people can, and a contact's whole name, which is divided. */
export const importable = (db: ReadableDb, type: ImportRow['record_type']): Property[] =>
  propertiesOf(db, type).filter(({ key, readOnly }) => !readOnly || (type === 'contact' && key === 'name'))

/** How the file of an import is understood: its columns as they were mapped, and who and what can be named in it. */
export function readingOf(db: ReadableDb, row: ImportRow): Reading {
  const properties = importable(db, row.record_type)
  const users = new Map<string, string>()
  for (const { id, name, email, active } of allUsers(db)) {
    if (active !== 1) continue
    // Of two of one name the first one is meant by it; addresses are their own.
    if (!users.has(name.toLowerCase())) users.set(name.toLowerCase(), id)
    users.set(email.toLowerCase(), id)
  }
  const stages = new Map<string, string>()
  for (const pipeline of pipelinesOf(db)) {
    for (const { id, name } of pipeline.stages) {
      const key = name.toLowerCase()
      if (!stages.has(key)) stages.set(key, id)
      stages.set(`${pipeline.name.toLowerCase()} / ${key}`, id)
    }
  }
  return {
    type: row.record_type,
    columns: columnsOf(db, row.id).map(({ heading, mapped, date_order }) => ({
      heading,
      property: properties.find(({ key }) => key === mapped) ?? null,
      dateOrder: date_order,
    })),
    userId: (text) => users.get(text.trim().toLowerCase()) ?? null,
    stageId: (text) => stages.get(text.trim().toLowerCase()) ?? null,
  }
}
