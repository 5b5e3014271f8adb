import {
  clearVerdicts,
  keepKey,
  saveVerdict,
  setImport,
  type ImportRow,
  type ImportVerdictRow,
  type Verdict,
} from '../../store/tables/imports.ts'
import { phoneCountry } from '../records/doing.ts'
import { fileShape, type ImportParts } from './parts.ts'
import { planRow, type Plan, type PlanContext } from './plan.ts'
import { importable, readingOf } from './records.ts'
import { inSlices } from './slices.ts'

/** Rows that come from the file at once. */
const BATCH = 500

export const contextOf = ({ store }: ImportParts, row: ImportRow): PlanContext => ({
  import: row,
  reading: readingOf(store.read, row),
  properties: new Map(importable(store.read, row.record_type).map((property) => [property.key, property])),
  country: phoneCountry(store.read),
})

/** How many of each verdict there are. */
export class Tally {
  created = 0
  updated = 0
  same = 0
  refused = 0
  noted = 0

  constructor(from?: Pick<ImportRow, 'created' | 'updated' | 'same' | 'refused' | 'noted'>) {
    if (!from) return
    this.created = from.created
    this.updated = from.updated
    this.same = from.same
    this.refused = from.refused
    this.noted = from.noted
  }

  add({ verdict, noted }: Pick<Plan, 'verdict' | 'noted'>): void {
    const columns = { create: 'created', update: 'updated', same: 'same', refused: 'refused' } as const
    this[columns[verdict satisfies Verdict]] += 1
    if (noted) this.noted += 1
  }

  values(): Pick<ImportRow, 'created' | 'updated' | 'same' | 'refused' | 'noted'> {
    const { created, updated, same, refused, noted } = this
    return { created, updated, same, refused, noted }
  }
}

/** What is kept of the plan for a row. */
export const verdictOf = (
  importId: string,
  row: number,
  { verdict, text, name, noted, recordId }: Plan,
): ImportVerdictRow => ({
  import_id: importId,
  row,
  verdict,
  text,
  name,
  noted: Number(noted),
  record_id: recordId,
})

/**
 * The dry run: says of every row what it would do. It begins anew whenever it was cut off, since what is there may have
 * changed meanwhile.
 */
export async function checkRows(parts: ImportParts, row: ImportRow): Promise<void> {
  const { store, reader, path, signal } = parts
  const { id } = row
  store.write(({ db }) => clearVerdicts(db, id))
  const context = contextOf(parts, row)
  const shape = fileShape(store.read, row)
  let tally = new Tally()
  let done = 0
  for await (const rows of reader.rows(path, shape, { after: 0, batch: BATCH, signal })) {
    await inSlices(store, rows, signal, (write) => {
      // Counted apart until the transaction is there.
      const counted = new Tally(tally)
      return {
        work(fileRow) {
          const plan = planRow(write.db, context, fileRow)
          for (const key of plan.keys) keepKey(write.db, id, key, fileRow.row)
          saveVerdict(write.db, verdictOf(id, fileRow.row, plan))
          counted.add(plan)
        },
        keep(count) {
          setImport(write.db, id, { done: done + count, ...counted.values() })
          write.changed('imports', id)
          done += count
          tally = counted
        },
      }
    })
  }
}
