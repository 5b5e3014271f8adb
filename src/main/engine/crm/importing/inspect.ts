import { dateOrderOf, type DateOrder } from './amounts.ts'
import { sniffEncoding, textOf } from './encoding.ts'
import { csvRecords, csvShape } from './csv-reader.ts'
import type { FileRow, FileShape, Inspection } from './protocol.ts'
import { looksLikeVcard, vcardRecords, vcardShape } from './vcard-reader.ts'

/** Values of each column that are shown. */
const SAMPLES = 3
/** Characters of a value that are shown. */
const SAMPLE_CHARACTERS = 80

/**
 * Reads a whole file once: what it is, how it is read, its columns with samples, and how many rows there are.
 * @param onPiece called now and then, as a sign of life
 * @throws FileProblem when it cannot be read as CSV or vCard
 */
export function inspect(path: string, onPiece: () => void): Inspection {
  const shape = isVcard(path) ? vcardShape(path, onPiece) : csvShape(path, onPiece)
  const samples = shape.headings.map((): string[] => [])
  const dateOrders = shape.headings.map((): DateOrder | 'both' => null)
  let rows = 0
  for (const { cells, problem } of recordsOf(path, shape, onPiece)) {
    rows += 1
    if (problem !== null) continue
    cells.forEach((cell, i) => {
      const order = dateOrderOf(cell)
      if (order !== null) dateOrders[i] = (dateOrders[i] ?? order) === order ? order : 'both'
      const column = samples[i]!
      const value = cell.trim().slice(0, SAMPLE_CHARACTERS)
      if (value !== '' && column.length < SAMPLES && !column.includes(value)) column.push(value)
    })
  }
  return { ...shape, samples, rows, dateOrders: dateOrders.map((order) => (order === 'both' ? null : order)) }
}

function isVcard(path: string): boolean {
  for (const piece of textOf(path, sniffEncoding(path))) return looksLikeVcard(piece)
  return false
}

/** The rows of a file whose shape is known. */
export const recordsOf = (path: string, shape: FileShape, onPiece: () => void): Generator<FileRow> =>
  shape.format === 'csv' ? csvRecords(path, shape, onPiece) : vcardRecords(path, shape, onPiece)
