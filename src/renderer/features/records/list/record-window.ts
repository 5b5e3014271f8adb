import { computed, shallowRef, triggerRef } from 'vue'
import { PageCalls, type Answer, type Fetch, type PageCall } from '@/stores/page-calls.ts'

type Page<Row> = {
  cursor: string | undefined
  /** Rows that belong here, also while they are let go. */
  count: number
  rows: readonly Row[] | null
  next: string | null
  stale: boolean
}

export const PAGE = 100
/** Rows that are fetched before they come into sight. */
const AHEAD = 60
/** Rows further away than this are let go, and fetched again when they come near. */
const KEPT = 2_000

/**
 * A window over a list of records that only the engine knows whole, paged by keyset.
 *
 * Pages follow each other by cursor and keep their place for good, so that a row has one index; only what is in them is
 * let go when it is far from sight. A change makes every page stale: those in sight are asked again at once, the others
 * when they come near. Calls run one after the other; an answer for a list that is no longer shown is dropped.
 */
export class RecordWindow<Row extends { ref: { id: string } }, Extra> {
  readonly #pages = shallowRef<Page<Row>[]>([])
  readonly #extra = shallowRef<Extra | null>(null)
  readonly #fetch: Fetch<Row, Extra>
  readonly #calls = new PageCalls(() => this.#next())
  #sight = { first: 0, last: PAGE }

  constructor(fetch: Fetch<Row, Extra>) {
    this.#fetch = fetch
  }

  /** How many rows there are from the beginning to the end of what was fetched. */
  readonly length = computed(() => this.#pages.value.reduce((sum, { count }) => sum + count, 0))
  readonly atEnd = computed(() => (this.#pages.value.at(-1)?.next ?? null) === null)
  /** What the newest answer for the beginning said besides its rows; null before the first. */
  readonly extra = computed(() => this.#extra.value)
  /** Why the last call failed; null after one that did not. */
  readonly failure = this.#calls.failure

  /** The rows at `first` to `last`; undefined where one is not there now. */
  slice(first: number, last: number): (Row | undefined)[] {
    const found: (Row | undefined)[] = []
    let from = 0
    for (const { count, rows } of this.#pages.value) {
      for (let index = Math.max(first, from); index <= last && index < from + count; index += 1)
        found.push(rows?.[index - from])
      from += count
      if (from > last) break
    }
    return found
  }

  at(index: number): Row | undefined {
    return this.slice(index, index)[0]
  }

  /** Where the record is among what is there now, or -1. */
  indexOf(id: string): number {
    let from = 0
    for (const { count, rows } of this.#pages.value) {
      const at = rows?.findIndex((row) => row.ref.id === id) ?? -1
      if (at >= 0) return from + at
      from += count
    }
    return -1
  }

  /** Starts over with the beginning of another list. `keep` leaves the old rows until the new ones are there. */
  reset(keep: boolean): void {
    this.#sight = { first: 0, last: PAGE }
    const before = keep ? (this.#pages.value[0]?.rows ?? []) : []
    if (!keep) this.#extra.value = null
    this.#pages.value = [{ cursor: undefined, count: before.length, rows: before, next: null, stale: true }]
    this.#calls.restart()
  }

  /** Tells which rows are in sight, by index; fetches what is missing around them. */
  look(first: number, last: number): void {
    this.#sight = { first, last }
    void this.#calls.run()
  }

  /** Something in the list changed. */
  touch(): void {
    this.#pages.value.forEach((page) => (page.stale = true))
    void this.#calls.run()
  }

  #next(): PageCall | null {
    const { first, last } = this.#sight
    let from = 0
    for (const page of this.#pages.value) {
      const until = from + page.count
      const near = from <= last + AHEAD && until >= first - AHEAD
      if (near && (page.stale || page.rows === null)) return (isOld) => this.#refresh(page, isOld)
      from = until
    }
    const end = this.#pages.value.at(-1)
    if (end && end.next !== null && last + AHEAD >= from) return (isOld) => this.#append(end, isOld)
    return null
  }

  async #refresh(page: Page<Row>, isOld: () => boolean): Promise<void> {
    // Cleared before the call: a change that arrives while it runs makes the page stale again.
    page.stale = false
    let answer: Answer<Row, Extra>
    try {
      answer = await this.#fetch(page.cursor, PAGE)
    } catch (error) {
      page.stale = true
      throw error
    }
    const pages = this.#pages.value
    const at = pages.indexOf(page)
    if (isOld() || at < 0) return
    page.rows = answer.rows
    page.count = answer.rows.length
    page.next = answer.nextCursor
    if (page.cursor === undefined) this.#extra.value = answer.extra
    const follower = pages[at + 1]
    if (page.next === null) pages.splice(at + 1)
    else if (follower && follower.cursor !== page.next) {
      follower.cursor = page.next
      follower.stale = true
    }
    triggerRef(this.#pages)
    this.#letGo()
  }

  async #append(end: Page<Row>, isOld: () => boolean): Promise<void> {
    const cursor = end.next ?? undefined
    const { rows, nextCursor: next } = await this.#fetch(cursor, PAGE)
    if (isOld() || this.#pages.value.at(-1) !== end || end.next !== cursor) return
    this.#pages.value = [...this.#pages.value, { cursor, count: rows.length, rows, next, stale: false }]
    this.#letGo()
  }

  #letGo(): void {
    const { first, last } = this.#sight
    let from = 0
    for (const page of this.#pages.value) {
      const until = from + page.count
      if (until < first - KEPT || from > last + KEPT) page.rows = null
      from = until
    }
  }
}
