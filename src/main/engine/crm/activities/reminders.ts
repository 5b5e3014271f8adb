import type { Logger } from 'pino'
import { Alarm } from '../../lib/alarm.ts'
import type { Store } from '../../store/store.ts'
import { nextReminderAt, remindersBetween } from '../../store/tables/activities.ts'
import type { Clock } from '../../types.ts'

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
  readonly #alarm: Alarm
  #off: () => void = () => {}
  /** Reminders until then have been told. */
  #toldUntil = 0

  constructor(deps: { store: Store; clock: Clock; log: Logger }) {
    this.#store = deps.store
    this.#clock = deps.clock
    this.#log = deps.log
    this.#alarm = new Alarm(deps.clock, () => this.#ring())
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
    this.#alarm.set(null)
  }

  #plan(): void {
    this.#alarm.set(nextReminderAt(this.#store.read, this.#toldUntil))
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
