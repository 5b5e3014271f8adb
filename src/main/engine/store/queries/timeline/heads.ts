import type { ReadableDb } from '../../statements.ts'

/**
 * The newest rows of many owners together, each owner's read by an index of its own. Merging the walks of 2,000 owners
 * row by row would read a page of each; instead one statement asks each owner for its newest row (one look into the
 * index), and only those that can have a row on the page are read on.
 */

/** An owner and the place of its newest row: a number or a text that falls from row to row. */
export type Head = { owner: string; head: number | string }

/** A place of two parts as one text: a time, and what orders the rows of one moment. */
export const placeSql = (at: string, then: 'rowid' | 'id'): string =>
  then === 'id' ? `printf('%016d', ${at}) || id` : `printf('%016d%016d', ${at}, rowid)`

/** Owners that are read without asking first. */
const FEW = 8

/**
 * Says which owners can have a row on a page: rows that lie before the head of the last owner that the page has room for
 * come no more, and neither do owners whose head lies before it.
 * @param owners  each once
 * @param heads  reads the head of each owner that has a row before the page's beginning
 */
export function ownersOfPage(
  owners: readonly string[],
  limit: number,
  heads: () => readonly Head[],
): readonly string[] {
  if (owners.length <= FEW) return owners
  const found = [...heads()].sort((a, b) => (a.head < b.head ? 1 : a.head > b.head ? -1 : 0))
  let last: Head['head'] | null = null
  let different = 0
  const chosen: string[] = []
  for (const { owner, head } of found) {
    // Owners may share a row, one mail to many: only different heads are different rows.
    if (head !== last) {
      if (different === limit) break
      different += 1
      last = head
    }
    chosen.push(owner)
  }
  return chosen
}

/** Reads the heads of all owners by one statement: `newest` is a query for one number, where `o.value` is the owner. */
export const headsSql = (newest: string): string =>
  `SELECT value AS owner, head FROM (SELECT o.value, (${newest}) AS head FROM json_each(?) o) WHERE head IS NOT NULL`

/** @param params  of `newest`; the owners come last */
export const readHeads = (
  db: ReadableDb,
  newest: string,
  params: readonly (string | number)[],
  owners: readonly string[],
): Head[] => db.all<Head>(headsSql(newest), [...params, JSON.stringify(owners)])
