import type { z } from 'zod'
import type { ImportRowView, ImportView } from '../../../contract/importing.ts'
import type { ReadableDb } from '../store/statements.ts'
import { columnsOf, type ImportRow, type ImportVerdictRow } from '../store/tables/imports.ts'

/** An import as its page shows it. */
export const importShape = (db: ReadableDb, row: ImportRow): z.input<typeof ImportView> => ({
  id: row.id,
  recordType: row.record_type,
  fileName: row.file_name,
  format: row.format,
  encoding: row.encoding,
  delimiter: row.delimiter,
  state: row.state,
  existing: row.existing,
  columns: columnsOf(db, row.id).map(({ heading, samples, proposed, mapped }) => ({
    heading,
    samples: samples === '' ? [] : samples.split('\n'),
    proposed,
    mapped,
  })),
  rows: row.total,
  done: row.done,
  counts: {
    create: row.created,
    update: row.updated,
    same: row.same,
    refused: row.refused,
    noted: row.noted,
  },
  skipped: row.skipped,
  byId: row.actor_id,
  problem: row.problem,
  at: row.created_at,
})

export const verdictShape = ({
  row,
  verdict,
  text,
  name,
  noted,
}: ImportVerdictRow): z.input<typeof ImportRowView> => ({ row, verdict, text, name, noted: noted === 1 })
