import type { Logger } from 'pino'
import { appendOp } from '../store/ops.ts'
import type { Store } from '../store/store.ts'
import { nextSnoozed, snoozedUntil } from '../store/tables/threads.ts'
import type { Clock } from '../types.ts'

/** Timers beyond this wake early and look again: a sleeping machine and a clock that is put right are noticed by then. */
const MAX_TIMER_MS = 15 * 60 * 1000
/** A timer may ring a little before the clock says so. */
const MIN_TIMER_MS = 10
/** Conversations that come back in one transaction. */
const PART = 500

/**
 * Brings snoozed conversations back when their time comes. The times are the threads' own, so what came due while the
 * program was not running comes back when it starts.
 */
export class Snoozes {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Logger
  #off: () => void = () => {}
  #timer: NodeJS.Timeout | null = null

  constructor(deps: { store: Store; clock: Clock; log: Logger }) {
    this.#store = deps.store
    this.#clock = deps.clock
    this.#log = deps.log
  }

  /** Brings back what is due, and from now on what comes due. */
  start(): void {
    this.#off = this.#store.onChange((event) => {
      if (event.changes.some(({ entity }) => entity === 'threads')) this.#plan()
    })
    this.wake()
  }

  /** Looks again at once: the machine was asleep. */
  wake(): void {
    try {
      while (this.#bringBack() === PART);
    } catch (error) {
      this.#log.error(
        { err: error },
        'snoozed conversations could not be brought back; the next change tries again',
      )
      return
    }
    this.#plan()
  }

  stop(): void {
    this.#off()
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** @returns how many came back, PART at most */
  #bringBack(): number {
    const due = snoozedUntil(this.#store.read, this.#clock.now(), PART)
    if (due.length === 0) return 0
    this.#store.write((write) => {
      for (const id of due) {
        const values = { snoozed_until: null }
        appendOp(write, this.#store.hlc, null, { entity: 'thread', id, kind: 'set', values })
        write.changed('threads', id)
      }
    })
    return due.length
  }

  #plan(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const next = nextSnoozed(this.#store.read)
    if (next === null) return
    const wait = Math.max(MIN_TIMER_MS, Math.min(next - this.#clock.now(), MAX_TIMER_MS))
    this.#timer = setTimeout(() => this.wake(), wait)
    // Waiting for it keeps no program running.
    this.#timer.unref()
  }
}
