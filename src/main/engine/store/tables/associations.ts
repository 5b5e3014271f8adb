import type { RecordType } from '../../../../contract/records.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import { marks, type ReadableDb } from '../statements.ts'

export type EndType = RecordType | 'thread'
/** One end: a row of records, or a conversation. */
export type End = { type: EndType; id: string }

export type AssociationRow = {
  id: string
  a_type: EndType
  a_id: string
  b_type: EndType
  b_id: string
  created_at: number
  removed_at: number | null
}

const keyOf = ({ type, id }: End): string => `${type}:${id}`

/** The ends in the order in which they are stored, and the id that follows from them. */
export function associationOf(one: End, other: End): { id: string; a: End; b: End } {
  const [a, b] = keyOf(one) < keyOf(other) ? [one, other] : [other, one]
  return { id: uuidV5(NAMESPACE.recordPart, `${keyOf(a)}\n${keyOf(b)}`), a, b }
}

export const associationById = (db: ReadableDb, id: string): AssociationRow | undefined =>
  db.get<AssociationRow>('SELECT * FROM associations WHERE id = ?', [id])

export const associationsSql = (ids: number): string => `
  SELECT * FROM associations INDEXED BY associations_a
    WHERE a_id IN (${marks(ids)}) AND a_type = ? AND removed_at IS NULL
  UNION SELECT * FROM associations INDEXED BY associations_b
    WHERE b_id IN (${marks(ids)}) AND b_type = ? AND removed_at IS NULL
  ORDER BY created_at DESC, id LIMIT ?`

/** Those of some rows of one type (all rows of a record, a conversation under all of its ids), newest first. */
export const associationsOf = (
  db: ReadableDb,
  type: EndType,
  ids: readonly string[],
  limit: number,
): AssociationRow[] =>
  db.all<AssociationRow>(associationsSql(ids.length), [...ids, type, ...ids, type, limit])

/** The end that is not one of these. */
export function otherEnd(row: AssociationRow, type: EndType, ids: ReadonlySet<string>): End {
  const a: End = { type: row.a_type, id: row.a_id }
  const b: End = { type: row.b_type, id: row.b_id }
  return a.type === type && ids.has(a.id) ? b : a
}

/** Those between two groups of rows that stand. */
export function associationsBetween(
  db: ReadableDb,
  one: { type: EndType; ids: readonly string[] },
  other: { type: EndType; ids: readonly string[] },
): AssociationRow[] {
  return one.ids.flatMap((a) =>
    other.ids.flatMap((b) => {
      const row = associationById(
        db,
        associationOf({ type: one.type, id: a }, { type: other.type, id: b }).id,
      )
      return row && row.removed_at === null ? [row] : []
    }),
  )
}
