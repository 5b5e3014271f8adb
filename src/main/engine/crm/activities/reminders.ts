import type { Logger } from 'pino'
import type { Store } from '../../store/store.ts'
import { nextReminderAt, remindersBetween } from '../../store/tables/activities.ts'
import type { Clock } from '../../types.ts'

/** Timers beyond this wake early and look again: a sleeping machine and a clock that is put right are noticed by then. */
const MAX_TIMER_MS = 15 * 60 * 1000
/** A timer may ring a little before the clock says so. */
const MIN_TIMER_MS = 10
/** Reminders that are named one by one. */
const MOST_NAMED = 200

/**
 * Tells the clients when the reminder of a task falls due. What is due is always read from the tasks themselves
 * (`myTasks`), so nothing is lost while the program is not running: this only rings.
 */
export class Reminders {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Logger
  #off: () => void = () => {}
  #timer: NodeJS.Timeout | null = null
  /** Reminders until then have been told. */
  #toldUntil = 0

  constructor(deps: { store: Store; clock: Clock; log: Logger }) {
    this.#store = deps.store
    this.#clock = deps.clock
    this.#log = deps.log
  }

  /** Rings from now on. What fell due earlier, clients find when they first ask. */
  start(): void {
    this.#toldUntil = this.#clock.now()
    this.#off = this.#store.onChange((event) => {
      if (event.changes.some(({ entity }) => entity === 'activities')) this.#plan()
    })
    this.#plan()
  }

  /** Looks again at once: the machine was asleep. */
  wake(): void {
    this.#ring()
  }

  stop(): void {
    this.#off()
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #plan(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const next = nextReminderAt(this.#store.read, this.#toldUntil)
    if (next === null) return
    const wait = Math.max(MIN_TIMER_MS, Math.min(next - this.#clock.now(), MAX_TIMER_MS))
    this.#timer = setTimeout(() => this.#ring(), wait)
    // Waiting for a reminder keeps no program running.
    this.#timer.unref()
  }

  #ring(): void {
    try {
      const now = this.#clock.now()
      const due = remindersBetween(this.#store.read, this.#toldUntil, now, MOST_NAMED)
      this.#toldUntil = Math.max(this.#toldUntil, now)
      for (const id of due) this.#store.notify('activities', id)
      this.#plan()
    } catch (error) {
      this.#log.error({ err: error }, 'reminders could not be looked up; the next change looks again')
    }
  }
}
