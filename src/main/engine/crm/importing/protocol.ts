import type { DateOrder } from './amounts.ts'

/** What the engine's thread and the thread that reads a file say to each other. */

export type FileFormat = 'csv' | 'vcard'

/** How a file is to be read: found out once, and then the same every time. */
export type FileShape = {
  format: FileFormat
  /** A label of the Encoding Standard. */
  encoding: string
  /** Between the cells of a CSV file; empty for vCard. */
  delimiter: string
  headings: string[]
}

/** What a first reading of a whole file found. */
export type Inspection = FileShape & {
  /** Whether a column writes its days day first or month first, where one of its cells tells. */
  dateOrders: DateOrder[]
  /** Some values of each column, different ones, not empty. */
  samples: string[][]
  /** Rows or cards. */
  rows: number
}

/** One row of a file: its cells in the order of the headings, or what is wrong with it. */
export type FileRow = {
  /** Counted from 1, without the headings. */
  row: number
  cells: string[]
  /** Why it cannot be used, or null. */
  problem: string | null
}

export type ReadJob =
  | { kind: 'inspect'; path: string }
  /** Rows after `after`, in batches; the next one comes when it is asked for. */
  | { kind: 'rows'; path: string; shape: FileShape; after: number; batch: number }

/** From the engine: another batch is wanted. */
export type ReadMore = { more: true }

export type ReadReply =
  | { inspection: Inspection }
  /** The last batch may be empty. */
  | { rows: FileRow[]; last: boolean }
  /** What is wrong with the file as a whole, for the user. */
  | { problem: string }
  /** A sign of life within a long reading. */
  | { alive: true }

/** The file cannot be read as what it says it is; the message is for the user. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem'
}

/** The largest file that is read: 200 MB. */
export const FILE_BYTES = 200 * 1024 * 1024
/** Columns of a table; a table with more is no list of records. */
export const MAX_COLUMNS = 500
/** Characters of a heading that are kept. */
export const HEADING_CHARACTERS = 200
/** Characters of one row or card. */
export const ROW_CHARACTERS = 2_000_000
