import type { Clock } from '../types.ts'

const TICK_MS = 5_000
/** A tick this late was no busy moment: the machine slept. */
const SLEPT_MS = 20_000

/**
 * Tells when the machine woke from sleep: a timer that should tick every five seconds comes much too late by the wall
 * clock. Needs no window and no desktop, so it works in both shells.
 * @returns the function that ends the watch
 */
export function watchSleep(clock: Clock, onWake: (sleptMs: number) => void): () => void {
  let last = clock.now()
  const timer = setInterval(() => {
    const now = clock.now()
    const slept = now - last - TICK_MS
    last = now
    if (slept >= SLEPT_MS) onWake(slept)
  }, TICK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
