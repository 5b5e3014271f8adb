import { DomainError } from '../lib/domain-error.ts'

/** Opaque to clients: a JSON array of numbers and texts. */
export const encodeCursor = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

/**
 * Reads a cursor back. `kinds` says what each part must be.
 * @throws DomainError BAD_INPUT for anything that `encodeCursor` did not make
 */
export function decodeCursor(cursor: string, kinds: readonly ('number' | 'string')[]): (string | number)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(parts) &&
      parts.length === kinds.length &&
      kinds.every((kind, i) => typeof parts[i] === kind)
    ) {
      return parts as (string | number)[]
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new DomainError(
    'BAD_INPUT',
    'The place in the list is not one that Anteroom gave out. Load the list again.',
    {
      field: 'cursor',
    },
  )
}

/** The place after which a page of a list by time and id begins. @param first  before the time of every row, in that order */
export function placeOf(
  cursor: string | undefined,
  first: number = Number.MAX_SAFE_INTEGER,
): { at: number; id: string } {
  if (cursor === undefined) return { at: first, id: '' }
  const [at, id] = decodeCursor(cursor, ['number', 'string'])
  return { at: Number(at), id: String(id) }
}

/**
 * A page and the cursor after it.
 * @param rows  one more than is shown was asked for, to know whether there is a next page
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => (string | number)[],
): { shown: Row[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { shown, nextCursor: rows.length > limit && last ? encodeCursor(position(last)) : null }
}
