import type { Logger } from 'pino'
import type { ReadableDb } from '../../store/statements.ts'
import type { Store } from '../../store/store.ts'
import { columnsOf, type ImportRow } from '../../store/tables/imports.ts'
import type { FileReader } from './file-reader.ts'
import type { FileShape } from './protocol.ts'

/** What a step of an import works with. */
export type ImportParts = { store: Store; log: Logger; reader: FileReader; path: string; signal: AbortSignal }

/** How the file of an import is read. */
export const fileShape = (db: ReadableDb, row: ImportRow): FileShape => ({
  format: row.format,
  encoding: row.encoding,
  delimiter: row.delimiter,
  headings: columnsOf(db, row.id).map(({ heading }) => heading),
})
