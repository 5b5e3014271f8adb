import { DomainError } from '../../lib/domain-error.ts'
import {
  addImportUndo,
  importById,
  saveVerdict,
  setImport,
  type ImportRow,
} from '../../store/tables/imports.ts'
import { beginDoing, UNGUARDED } from '../records/doing.ts'
import { applyPlan } from './apply.ts'
import { contextOf, Tally, verdictOf } from './check-rows.ts'
import { fileShape, type ImportParts } from './parts.ts'
import { planRow } from './plan.ts'
import type { FileRow } from './protocol.ts'
import { inSlices } from './slices.ts'

/** Rows that come from the file at once. */
const BATCH = 200

/** A row that could not be done after all; its transaction is done again without it. */
class RowRefused extends Error {
  override readonly name = 'RowRefused'
  readonly row: number
  constructor(row: number, message: string) {
    super(message)
    this.row = row
  }
}

/**
 * The import itself: each row is judged anew, by what is there now, and done. Every transaction keeps how far it got and
 * what takes it back, so that one that was cut off goes on behind the last row that is kept (fault 38).
 */
export async function runRows(parts: ImportParts, row: ImportRow): Promise<void> {
  const { store, reader, path, signal } = parts
  const { id } = row
  const context = contextOf(parts, row)
  const shape = fileShape(store.read, row)
  const bad = new Map<number, string>()
  for await (const rows of reader.rows(path, shape, { after: row.done, batch: BATCH, signal })) {
    for (let left: readonly FileRow[] = rows; left.length > 0;) {
      try {
        await doRows(parts, context, left, bad)
        break
      } catch (error) {
        if (!(error instanceof RowRefused)) throw error
        bad.set(error.row, error.message)
        const done = importById(store.read, id)?.done ?? 0
        left = left.filter((each) => each.row > done)
      }
    }
  }
}

async function doRows(
  { store, signal }: ImportParts,
  context: ReturnType<typeof contextOf>,
  rows: readonly FileRow[],
  bad: ReadonlyMap<number, string>,
): Promise<void> {
  const { id, record_type: type, actor_id: actorId } = context.import
  await inSlices(store, rows, signal, (write) => {
    const doing = beginDoing(write, store, actorId, UNGUARDED)
    const tally = new Tally(importById(write.db, id))
    let last = 0
    return {
      work(fileRow) {
        last = fileRow.row
        const problem = bad.get(fileRow.row)
        const plan = planRow(write.db, context, problem === undefined ? fileRow : { ...fileRow, problem })
        let recordId = plan.recordId
        if (plan.verdict === 'create' || plan.verdict === 'update') {
          try {
            recordId = applyPlan(doing, type, plan)
          } catch (error) {
            if (!(error instanceof DomainError)) throw error
            throw new RowRefused(fileRow.row, error.message)
          }
        }
        saveVerdict(write.db, verdictOf(id, fileRow.row, { ...plan, recordId }))
        tally.add(plan)
      },
      keep() {
        const undoId = doing.undo.id()
        if (undoId !== null) addImportUndo(write.db, id, undoId)
        setImport(write.db, id, { done: last, ...tally.values() })
        write.changed('imports', id)
      },
    }
  })
}
