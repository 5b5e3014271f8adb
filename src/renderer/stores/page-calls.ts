import { computed, shallowRef } from 'vue'

/** What one call answers: rows, and where the next ones begin. */
export type Answer<Row, Extra> = { rows: readonly Row[]; nextCursor: string | null; extra: Extra }
export type Fetch<Row, Extra> = (cursor: string | undefined, limit: number) => Promise<Answer<Row, Extra>>

/** Asks for one page, and keeps the answer unless it is for a list that is no longer shown (`isOld`). */
export type PageCall = (isOld: () => boolean) => Promise<void>

/** The calls of a window over a paged list: one after the other, until nothing is missing or one fails. */
export class PageCalls {
  readonly #failure = shallowRef<unknown>(null)
  readonly #next: () => PageCall | null
  #generation = 0
  #running = false

  /** @param next  what is to be asked for now, or null */
  constructor(next: () => PageCall | null) {
    this.#next = next
  }

  /** Why the last call failed; null after one that did not. */
  readonly failure = computed(() => this.#failure.value)

  /** Another list is shown from now on: what is still answered is for the one before. */
  restart(): void {
    this.#generation += 1
    this.#running = false
    this.#failure.value = null
    void this.run()
  }

  async run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    const generation = this.#generation
    const isOld = () => generation !== this.#generation
    for (let call = this.#next(); call; call = this.#next()) {
      try {
        await call(isOld)
      } catch (error) {
        if (isOld()) return
        this.#failure.value = error
        break
      }
      if (isOld()) return
      this.#failure.value = null
    }
    this.#running = false
  }
}
