import type BetterSqlite3 from 'better-sqlite3'
import type { Logger } from 'pino'

type Bindable = string | number | bigint | Uint8Array | null
export type Params = Bindable[] | Record<string, Bindable>

const SLOW_MS = 40

/**
 * Prepared statements of one handle, each prepared once and timed: what takes over 40 ms is logged with its SQL.
 * The row type is the caller's word: SQL and type stand side by side in store/.
 */
class Statements {
  readonly #db: BetterSqlite3.Database
  readonly #log: Logger
  readonly #cache = new Map<string, BetterSqlite3.Statement>()
  /** Statements with `?1`: better-sqlite3 binds those by name. */
  readonly #numbered = new Set<string>()

  constructor(db: BetterSqlite3.Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  #timed<T>(sql: string, run: (statement: BetterSqlite3.Statement) => T): T {
    let statement = this.#cache.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#cache.set(sql, statement)
      if (/\?\d/.test(sql)) this.#numbered.add(sql)
    }
    const start = performance.now()
    const result = run(statement)
    const tookMs = performance.now() - start
    if (tookMs > SLOW_MS) this.#log.warn({ sql, tookMs: Math.round(tookMs) }, 'slow query')
    return result
  }

  #bindings(sql: string, params: Params): Params {
    if (!Array.isArray(params) || !this.#numbered.has(sql)) return params
    return Object.fromEntries(params.map((value, index) => [String(index + 1), value]))
  }

  all<Row>(sql: string, params: Params = []): Row[] {
    return this.#timed(sql, (statement) => statement.all(this.#bindings(sql, params)) as Row[])
  }

  get<Row>(sql: string, params: Params = []): Row | undefined {
    return this.#timed(sql, (statement) => statement.get(this.#bindings(sql, params)) as Row | undefined)
  }

  run(sql: string, params: Params = []): { changes: number; lastInsertRowid: number | bigint } {
    return this.#timed(sql, (statement) => statement.run(this.#bindings(sql, params)))
  }
}

/** A handle that can only read: what `read/` and `search/` get. */
export type ReadableDb = Pick<Statements, 'all' | 'get'> & { readonly __readable: true }
/** The one handle that can write: given out inside a transaction only. */
export type WritableDb = Statements & { readonly __readable: true; readonly __writable: true }

export const readableDb = (db: BetterSqlite3.Database, log: Logger): ReadableDb =>
  new Statements(db, log) as unknown as ReadableDb
export const writableDb = (db: BetterSqlite3.Database, log: Logger): WritableDb =>
  new Statements(db, log) as unknown as WritableDb

/** `?, ?, ?` for an IN list. */
export const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ')
