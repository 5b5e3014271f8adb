import type { Logger } from 'pino'
import { Alarm } from '../lib/alarm.ts'
import { appendOp } from '../store/ops.ts'
import type { Store } from '../store/store.ts'
import { nextSnoozed, snoozedUntil } from '../store/tables/threads.ts'
import type { Clock } from '../types.ts'

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
  readonly #alarm: Alarm
  #off: () => void = () => {}

  constructor(deps: { store: Store; clock: Clock; log: Logger }) {
    this.#store = deps.store
    this.#clock = deps.clock
    this.#log = deps.log
    this.#alarm = new Alarm(deps.clock, () => this.wake())
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
    this.#alarm.set(null)
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
    this.#alarm.set(nextSnoozed(this.#store.read))
  }
}
