import { computed, shallowRef, triggerRef } from 'vue'
import { PageCalls, type Answer, type Fetch, type PageCall } from '@/stores/page-calls.ts'

export type { Answer, Fetch }

type Page<Row> = {
  cursor: string | undefined
  limit: number
  rows: readonly Row[]
  next: string | null
  stale: boolean
}

/** Rows asked for first (the first screen) and after that. */
export const FIRST = 50
const FURTHER = 100
/** Further pages are let go at the other end, so neither memory nor height grows without end. */
const MOST_PAGES = 40
/** Rows that are fetched before they come into sight. */
const AHEAD = 40

/**
 * A window over a list that only the engine knows whole, paged by keyset in both directions.
 *
 * Pages follow each other by cursor. Those that leave the window at its beginning leave their cursor behind
 * and come back by it. A change makes every page stale; the ones in sight are asked again at once, the others
 * when they come into sight, and where a page then ends elsewhere, the next one begins there. Calls run one
 * after the other, and an answer for a list that is no longer shown is dropped.
 */
export class ListWindow<Row extends { key: string }, Extra> {
  readonly #pages = shallowRef<Page<Row>[]>([])
  readonly #extra = shallowRef<Extra | null>(null)
  readonly #fetch: Fetch<Row, Extra>
  readonly #calls = new PageCalls(() => this.#next())
  /** Where the pages before the window begin, the nearest last. */
  #before: { cursor: string | undefined; limit: number }[] = []
  #sight = { first: 0, last: FIRST }

  constructor(fetch: Fetch<Row, Extra>) {
    this.#fetch = fetch
  }

  /** What is in the window, no key twice. */
  readonly rows = computed<readonly Row[]>(() => {
    const seen = new Set<string>()
    return this.#pages.value.flatMap(({ rows }) => rows.filter(({ key }) => !seen.has(key) && seen.add(key)))
  })
  /** What the newest answer for the beginning said besides its rows; null before the first. */
  readonly extra = computed(() => this.#extra.value)
  /** Why the last call failed; null after one that did not. */
  readonly failure = this.#calls.failure
  /** Whether the window begins where the list begins. */
  readonly atStart = computed(() => this.#pages.value[0]?.cursor === undefined)
  readonly atEnd = computed(() => (this.#pages.value.at(-1)?.next ?? null) === null)

  /** Starts over with the beginning of another list, or of the same. `keep` leaves the old rows until then. */
  reset(keep = false): void {
    this.#before = []
    this.#sight = { first: 0, last: FIRST }
    const head: Page<Row> = { cursor: undefined, limit: FIRST, rows: [], next: null, stale: true }
    if (keep && this.#pages.value[0]) head.rows = [...this.rows.value.slice(0, FIRST)]
    else this.#extra.value = null
    this.#pages.value = [head]
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
    const pages = this.#pages.value
    const { first, last } = this.#sight
    let from = 0
    for (const page of pages) {
      const until = from + page.rows.length
      if (page.stale && from <= last + AHEAD && until >= first - AHEAD)
        return (isOld) => this.#refresh(page, isOld)
      from = until
    }
    const end = pages.at(-1)
    if (end && end.next !== null && last + AHEAD >= from) return (isOld) => this.#append(end, isOld)
    if (this.#before.length > 0 && first - AHEAD <= 0) return (isOld) => this.#prepend(isOld)
    return null
  }

  async #refresh(page: Page<Row>, isOld: () => boolean): Promise<void> {
    // Cleared before the call: a change that arrives while it runs makes the page stale again.
    page.stale = false
    let answer: Answer<Row, Extra>
    try {
      answer = await this.#fetch(page.cursor, page.limit)
    } catch (error) {
      page.stale = true
      throw error
    }
    const at = this.#pages.value.indexOf(page)
    if (isOld() || at < 0) return
    page.rows = answer.rows
    page.next = answer.nextCursor
    if (page.cursor === undefined) this.#extra.value = answer.extra
    this.#join(at)
    triggerRef(this.#pages)
  }

  async #append(end: Page<Row>, isOld: () => boolean): Promise<void> {
    const cursor = end.next ?? undefined
    const answer = await this.#fetch(cursor, FURTHER)
    if (isOld() || this.#pages.value.at(-1) !== end || end.next !== cursor) return
    const page = { cursor, limit: FURTHER, rows: answer.rows, next: answer.nextCursor, stale: false }
    const pages = [...this.#pages.value, page]
    if (pages.length > MOST_PAGES) {
      const [gone] = pages.splice(0, 1)
      if (gone) {
        this.#before.push({ cursor: gone.cursor, limit: gone.limit })
        this.#shiftSight(-gone.rows.length)
      }
    }
    this.#pages.value = pages
  }

  async #prepend(isOld: () => boolean): Promise<void> {
    const place = this.#before.at(-1)
    if (!place) return
    const answer = await this.#fetch(place.cursor, place.limit)
    if (isOld() || this.#before.at(-1) !== place) return
    this.#before.pop()
    const page = { ...place, rows: answer.rows, next: answer.nextCursor, stale: false }
    const pages = [page, ...this.#pages.value]
    if (pages.length > MOST_PAGES) {
      pages.pop()
    }
    this.#pages.value = pages
    if (place.cursor === undefined) this.#extra.value = answer.extra
    this.#shiftSight(answer.rows.length)
    this.#join(0)
    triggerRef(this.#pages)
  }

  /** Until the screen tells its new sight, the old one is meant in the new numbering. */
  #shiftSight(by: number): void {
    this.#sight = { first: Math.max(0, this.#sight.first + by), last: Math.max(0, this.#sight.last + by) }
  }

  /** Makes the page after `at` begin where that one ends now. */
  #join(at: number): void {
    const pages = this.#pages.value
    const page = pages[at]
    const follower = pages[at + 1]
    if (!page || !follower) return
    if (page.next === null) pages.splice(at + 1)
    else if (follower.cursor !== page.next) {
      follower.cursor = page.next
      follower.stale = true
    }
  }
}
