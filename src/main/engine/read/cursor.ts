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
