import Papa from 'papaparse'
import { sniffEncoding, textOf } from './encoding.ts'
import {
  FileProblem,
  HEADING_CHARACTERS,
  MAX_COLUMNS,
  ROW_CHARACTERS,
  type FileRow,
  type FileShape,
} from './protocol.ts'

/** Rows that the delimiter is guessed from. */
const GUESSED_FROM = 50
const DELIMITERS = [',', ';', '\t', '|']

/**
 * All rows of a CSV text, one after the other, as papaparse splits them (RFC 4180). Its parser is fed piece by piece and
 * what is left of a piece goes before the next, so that the file never is in memory as a whole.
 * @throws FileProblem when a row does not end
 */
export function* csvRows(pieces: Iterable<string>, delimiter: string): Generator<string[]> {
  const parse = (text: string, isLast: boolean): { data: string[][]; meta: { cursor: number } } =>
    new Papa.Parser({ delimiter, newline: '\n', quoteChar: '"' }).parse(text, 0, !isLast)
  let rest = ''
  let count = 0
  for (const piece of pieces) {
    const text = rest + piece
    const { data, meta } = parse(text, false)
    yield* data
    count += data.length
    rest = text.slice(meta.cursor)
    if (rest.length > ROW_CHARACTERS) {
      throw new FileProblem(
        rest.includes('"')
          ? `Line ${count + 1} of the file does not end: a quotation mark that opens a cell there is never closed. Correct that line and choose the file again.`
          : `Line ${count + 1} of the file does not end; it is no table. Export it as CSV once more.`,
      )
    }
  }
  if (rest !== '') yield* parse(rest, true).data
}

const isEmpty = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '')

/**
 * Encoding, delimiter and headings of a CSV file.
 * @throws FileProblem for a file without a table in it
 */
export function csvShape(path: string, onPiece: () => void): FileShape {
  const encoding = sniffEncoding(path, onPiece)
  const delimiter = guessDelimiter(path, encoding)
  for (const cells of csvRows(textOf(path, encoding), delimiter)) {
    if (isEmpty(cells)) continue
    // Excel's own line about the delimiter.
    if (/^sep=.?$/i.test(cells.join(delimiter).trim())) continue
    while (cells.length > 1 && cells.at(-1)!.trim() === '') cells.pop()
    if (cells.length > MAX_COLUMNS) {
      throw new FileProblem(
        `The first line has ${cells.length} columns, and at most ${MAX_COLUMNS} can be read. Take the ones away that are not needed.`,
      )
    }
    return {
      format: 'csv',
      encoding,
      delimiter,
      headings: cells.map((cell) => cell.trim().slice(0, HEADING_CHARACTERS)),
    }
  }
  throw new FileProblem('This file is empty. A table needs a first line with the names of its columns.')
}

/** The one by which most of the first rows have as many cells as the first one. */
function guessDelimiter(path: string, encoding: string): string {
  let head = ''
  for (const piece of textOf(path, encoding)) {
    head += piece
    if (head.length > 64 * 1024) break
  }
  const told = /^sep=([,;\t|])\n/i.exec(head)
  if (told) return told[1]!
  const isWhole = head.length <= 64 * 1024
  let best = { delimiter: ',', fitting: 0, width: 1 }
  for (const delimiter of DELIMITERS) {
    const rows = [...csvRows([head], delimiter)].filter((cells) => !isEmpty(cells))
    // The beginning may cut the last row in two.
    if (!isWhole) rows.pop()
    const width = rows[0]?.length ?? 0
    if (width < 2) continue
    const looked = rows.slice(0, GUESSED_FROM)
    const fitting = looked.filter((cells) => cells.length === width).length / looked.length
    if (fitting > best.fitting || (fitting === best.fitting && width > best.width)) {
      best = { delimiter, fitting, width }
    }
  }
  return best.delimiter
}

/** An export's protection against formulas taken off again: "'=1+1" is "=1+1". */
const unprotected = (cell: string): string => cell.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, '')

/**
 * The rows below the headings. Empty lines are left out and not counted. A row with more cells than there are headings
 * is a problem of its own, since nobody can know what slipped where; missing cells at the end are empty ones.
 */
export function* csvRecords(path: string, shape: FileShape, onPiece: () => void): Generator<FileRow> {
  const width = shape.headings.length
  let row = 0
  let isHeading = true
  for (const cells of csvRows(textOf(path, shape.encoding, onPiece), shape.delimiter)) {
    if (isEmpty(cells)) continue
    if (isHeading) {
      if (/^sep=.?$/i.test(cells.join(shape.delimiter).trim())) continue
      isHeading = false
      continue
    }
    row += 1
    while (cells.length > width && cells.at(-1)!.trim() === '') cells.pop()
    const problem =
      cells.length > width
        ? `This row has ${cells.length} cells, but there are ${width} columns. A cell that holds the separator has to stand in quotation marks.`
        : null
    while (cells.length < width) cells.push('')
    yield { row, cells: cells.slice(0, width).map(unprotected), problem }
  }
}
