import type { Clock } from '../types.ts'

/** Longer waits ring early: a sleeping machine and a clock that is put right are noticed by then. */
const LONGEST_MS = 15 * 60 * 1000
/** A timer may ring a little before the clock says so. */
const SHORTEST_MS = 10

/** Rings at a time that may be far away, or before it; whoever hears it looks what is due. Keeps no program running. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #timer: NodeJS.Timeout | null = null

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** In place of the time that was set before. @param at  ms; null: never */
  set(at: number | null): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (at === null) return
    const wait = Math.max(SHORTEST_MS, Math.min(at - this.#clock.now(), LONGEST_MS))
    this.#timer = setTimeout(this.#ring, wait)
    this.#timer.unref()
  }
}
