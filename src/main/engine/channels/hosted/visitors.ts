import type { ReceiverLimits } from '../../types.ts'

type Caps = Pick<
  ReceiverLimits,
  'connections' | 'connectionsOfOne' | 'connectionsAMinute' | 'messagesAMinute'
>

const MINUTE = 60_000
/** Addresses remembered; beyond, those whose minute is over are forgotten. */
const REMEMBERED = 10_000

type Counts = { open: number; since: number; connections: number; messages: number }

/** Counts who is connected and how often they come, by IP address (fault 32). */
export class Visitors {
  readonly #caps: Caps
  readonly #now: () => number
  readonly #byAddress = new Map<string, Counts>()
  #open = 0

  /** @param now  ms, monotonic */
  constructor(caps: Caps, now: () => number = () => performance.now()) {
    this.#caps = caps
    this.#now = now
  }

  /** Lets a connection in, or says why not in a reply's words. Whoever was let in has to `leave`. */
  enter(address: string): string | null {
    const counts = this.#counts(address)
    counts.connections += 1
    if (this.#open >= this.#caps.connections) return 'Too many connections; try again later'
    if (counts.open >= this.#caps.connectionsOfOne) return 'Too many connections from your address'
    if (counts.connections > this.#caps.connectionsAMinute)
      return 'Too many connections within a minute from your address'
    counts.open += 1
    this.#open += 1
    return null
  }

  leave(address: string): void {
    const counts = this.#byAddress.get(address)
    if (counts) counts.open -= 1
    this.#open -= 1
  }

  /** Counts a message; says why it cannot be taken now, or null. */
  message(address: string): string | null {
    const counts = this.#counts(address)
    counts.messages += 1
    return counts.messages > this.#caps.messagesAMinute
      ? 'Too many messages within a minute from your address'
      : null
  }

  #counts(address: string): Counts {
    const now = this.#now()
    let counts = this.#byAddress.get(address)
    if (!counts) {
      if (this.#byAddress.size >= REMEMBERED) this.#forget(now)
      counts = { open: 0, since: now, connections: 0, messages: 0 }
      this.#byAddress.set(address, counts)
    }
    if (now - counts.since >= MINUTE) Object.assign(counts, { since: now, connections: 0, messages: 0 })
    return counts
  }

  #forget(now: number): void {
    for (const [address, counts] of this.#byAddress)
      if (counts.open === 0 && now - counts.since >= MINUTE) this.#byAddress.delete(address)
  }
}
