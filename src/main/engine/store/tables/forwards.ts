import type { ForwardView } from '../../../../contract/messages.ts'
import { applyHeld } from '../ops.ts'
import { marks, type ReadableDb, type WritableDb } from '../statements.ts'

/** Messages whose subject marks a forward (F1). */
export type ForwardRow = {
  /** The message's. */
  id: string
  forwarder_name: string
  forwarder_address: string
  /** Empty where the text does not say. */
  found_name: string
  found_address: string
  confidence: ForwardView['confidence']
  /** What somebody decided, by ops; null while nobody did. */
  author_name: string | null
  author_address: string | null
}

type Found = Omit<ForwardRow, 'author_name' | 'author_address'>

/** Adds one; what people decided about it before it was here follows from the ops (fault 50). */
export function insertForward(db: WritableDb, row: Found): void {
  const { changes } = db.run(
    `INSERT OR IGNORE INTO forwards (id, forwarder_name, forwarder_address, found_name, found_address, confidence)
     VALUES (@id, @forwarder_name, @forwarder_address, @found_name, @found_address, @confidence)`,
    row,
  )
  if (changes > 0) applyHeld(db, 'forward', row.id)
}

export const forwardById = (db: ReadableDb, id: string): ForwardRow | undefined =>
  db.get<ForwardRow>('SELECT * FROM forwards WHERE id = ?', [id])

export const forwardsOf = (db: ReadableDb, ids: readonly string[]): Map<string, ForwardRow> =>
  new Map(
    ids.length === 0
      ? []
      : db
          .all<ForwardRow>(`SELECT * FROM forwards WHERE id IN (${marks(ids.length)})`, [...ids])
          .map((row) => [row.id, row]),
  )

/** Whom a forwarded message counts as: whom somebody named, else its author where that is sure enough, else the forwarder. */
export function authorOf(row: Found & Partial<ForwardRow>): { name: string; address: string } {
  if (row.author_address) return { name: row.author_name ?? '', address: row.author_address }
  const sure = row.confidence === 'complete' || row.confidence === 'partial'
  return sure && row.found_address !== ''
    ? { name: row.found_name, address: row.found_address }
    : { name: row.forwarder_name, address: row.forwarder_address }
}
