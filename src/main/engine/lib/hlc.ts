import type { Clock } from '../types.ts'

/**
 * A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): stays close to wall time, never
 * goes back, and orders what one machine did after what it had seen of the others.
 *
 * A timestamp is text that sorts as it compares: 12 hex digits of milliseconds, 4 of a counter, the node.
 */
export type Hlc = string & { readonly __brand: 'Hlc' }

const MAX_COUNTER = 0xffff
/** A foreign clock further ahead than this does not drag ours along (fault 46). */
const MAX_DRIFT_MS = 24 * 60 * 60 * 1000

const encode = (ms: number, counter: number, node: string): Hlc =>
  `${ms.toString(16).padStart(12, '0')}-${counter.toString(16).padStart(4, '0')}-${node}` as Hlc

/** Milliseconds, counter and node of a timestamp. Throws a RangeError for anything that is not one. */
export function decodeHlc(hlc: string): { ms: number; counter: number; node: string } {
  const match = /^([0-9a-f]{12})-([0-9a-f]{4})-(.+)$/.exec(hlc)
  if (!match) throw new RangeError(`Not a hybrid timestamp: ${hlc.slice(0, 60)}`)
  return { ms: parseInt(match[1]!, 16), counter: parseInt(match[2]!, 16), node: match[3]! }
}

export type HybridClock = {
  /** A timestamp greater than every one given out or observed before. */
  tick(): Hlc
  /** Takes note of a timestamp from elsewhere. */
  observe(hlc: string): void
}

/**
 * @param node  this machine's id, the final tie-breaker
 * @param last  the greatest timestamp known from earlier runs
 */
export function createHybridClock(clock: Clock, node: string, last?: string): HybridClock {
  let { ms, counter } = last ? decodeHlc(last) : { ms: 0, counter: 0 }
  return {
    tick() {
      const now = clock.now()
      if (now > ms) {
        ms = now
        counter = 0
      } else if (counter < MAX_COUNTER) {
        counter += 1
      } else {
        ms += 1
        counter = 0
      }
      return encode(ms, counter, node)
    },
    observe(hlc) {
      const seen = decodeHlc(hlc)
      if (seen.ms > clock.now() + MAX_DRIFT_MS) return
      if (seen.ms > ms || (seen.ms === ms && seen.counter > counter)) {
        ms = seen.ms
        counter = seen.counter
      }
    },
  }
}
