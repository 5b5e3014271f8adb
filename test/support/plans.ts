import { rmSync } from 'node:fs'
import pino from 'pino'
import { afterAll, beforeAll } from 'vitest'
import type { Params } from '../../src/main/engine/store/statements.ts'
import { Store } from '../../src/main/engine/store/store.ts'
import { emptyDataDir } from './empty-database.ts'

/**
 * An empty store for the tests of a file, and how SQLite goes about a query in it: a line for each step. Parameters that
 * are not given are null.
 */
export function emptyStore(): { readonly store: Store; planOf(sql: string, params?: Params): string[] } {
  let dir: string
  let store: Store
  beforeAll(() => {
    dir = emptyDataDir('anteroom-plans-')
    store = new Store({ dataDir: dir, log: pino({ level: 'silent' }), clock: { now: () => 0 } })
  })
  afterAll(() => {
    store.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return {
    get store() {
      return store
    },
    planOf: (sql, params = nothing(sql)) =>
      store.read.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, params).map(({ detail }) => detail),
  }
}

/** As many nulls as a query has parameters; ?1 is one, however often it stands there. */
function nothing(sql: string): null[] {
  const numbers = Array.from(sql.matchAll(/\?(\d+)/g), ([, number]) => Number(number))
  const count = Math.max(0, ...numbers) + [...sql.matchAll(/\?(?!\d)/g)].length
  return Array.from({ length: count }, () => null)
}
